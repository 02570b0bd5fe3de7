namespace Ambianic.Core.Configuration;

/// <summary>The section <c>logging</c>.</summary>
public sealed record LoggingOptions
{
    /// <summary>Log file; none when empty.</summary>
    [ConfigurationPath]
    public string? File { get; init; }

    /// <summary>What goes to the file. The default is <c>INFO</c>.</summary>
    public LoggingLevel Level { get; init; } = LoggingLevel.Info;

    /// <summary>What goes to the console. The default is <c>INFO</c>.</summary>
    public LoggingLevel ConsoleLevel { get; init; } = LoggingLevel.Info;
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

/// <summary>The section <c>timeline</c>.</summary>
public sealed record TimelineOptions
{
    /// <summary>YAML log of events. The default lies in the data directory.</summary>
    [ConfigurationPath]
    public string EventLog { get; init; } = "./data/timeline-event-log.yaml";
}

/// <summary>The section <c>ui</c>.</summary>
public sealed record UiOptions
{
    /// <summary>Base of the links in notifications; empty is this device's own page.</summary>
    public string Baseurl { get; init; } = "";
}

/// <summary>An entry of <c>notifications</c>.</summary>
public sealed record NotificationOptions
{
    /// <summary>False switches it off. The default is true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Sends the pictures along. The default is false: no picture leaves the house unasked.</summary>
    public bool IncludeAttachments { get; init; }

    /// <summary>Title and message.</summary>
    public NotificationTemplates Templates { get; init; } = new();

    /// <summary>URLs in Apprise's scheme syntax; they hold secrets.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];
}

/// <summary>Texts of a notification; <c>${…}</c> is replaced.</summary>
public sealed record NotificationTemplates
{
    /// <summary>The title.</summary>
    public string? Title { get; init; }

    /// <summary>The message.</summary>
    public string? Message { get; init; }
}
