namespace Ambianic.Core.Configuration;

/// <summary>The section <c>ui</c>.</summary>
public sealed record UiOptions
{
    /// <summary>Base of the links in notifications. The default is this device's own page.</summary>
    public string Baseurl { get; init; } = "";
}
