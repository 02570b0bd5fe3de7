namespace Ambianic.Core.Configuration;

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
