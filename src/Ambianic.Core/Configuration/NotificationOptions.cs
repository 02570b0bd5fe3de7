namespace Ambianic.Core.Configuration;

/// <summary>An entry of <c>notifications</c>.</summary>
public sealed record NotificationOptions
{
    /// <summary><c>false</c> switches it off. The default is true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Sends the pictures along; without it no picture leaves the house. The default is false.</summary>
    public bool IncludeAttachments { get; init; }

    /// <summary>What a notification says.</summary>
    public NotificationTemplates Templates { get; init; } = new();

    /// <summary>Addresses in the syntax of Apprise; they hold secrets.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];
}

/// <summary>Texts of a notification.</summary>
public sealed record NotificationTemplates
{
    /// <summary>The title. <c>${event_source}</c>, <c>${event_type}</c>, <c>${event_labels}</c> and <c>${event_details_url}</c> are kept for it.</summary>
    public string? Title { get; init; }

    /// <summary>The message, with the same names.</summary>
    public string? Message { get; init; }
}
