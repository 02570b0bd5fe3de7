namespace Ambianic.Core.Configuration;

/// <summary>The section <c>logging</c>.</summary>
public sealed record LoggingOptions
{
    /// <summary>Log file.</summary>
    [ConfigurationPath]
    public string? File { get; init; }

    /// <summary>What goes to the file. The default is <c>info</c>.</summary>
    public LoggingLevel Level { get; init; } = LoggingLevel.Info;

    /// <summary>What goes to the console. The default is that of <c>level</c>.</summary>
    public LoggingLevel? ConsoleLevel { get; init; }
}

/// <summary>From everything to failures only; written in any case.</summary>
public enum LoggingLevel
{
    /// <summary>What happens per frame.</summary>
    Debug,

    /// <summary>What happens.</summary>
    Info,

    /// <summary>What may need a look.</summary>
    Warning,

    /// <summary>What a person must act on.</summary>
    Error,
}
