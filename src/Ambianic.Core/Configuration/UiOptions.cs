namespace Ambianic.Core.Configuration;

/// <summary>The section <c>ui</c>.</summary>
public sealed record UiOptions
{
    /// <summary>Address under which recipients reach this device from where they are, for the links in messages. The default is none: messages have no links.</summary>
    public string Baseurl { get; init; } = "";
}
