namespace Ambianic.Core.Configuration;

/// <summary>The section <c>ui</c>.</summary>
public sealed record UiOptions
{
    /// <summary>Host of the page of Ambianic Edge, its default: not this device, and not to be told links that are as good as passwords.</summary>
    public const string EdgeHost = "ui.ambianic.ai";

    /// <summary>Address under which recipients reach this device from where they are, for the links in messages. The default is none: messages have no links.</summary>
    public string Baseurl { get; init; } = "";
}
