using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>The attempt to bring one message of one alert to one recipient. Immutable; every change makes a new one.</summary>
public sealed record Delivery
{
    /// <summary>32 hexadecimal digits, derived from what is told to whom: the idempotency key that the receiver sees, the same in every attempt.</summary>
    public required string Id { get; init; }

    /// <summary>Its alert.</summary>
    public required string AlertId { get; init; }

    /// <summary>Who gets it.</summary>
    public required Recipient Recipient { get; init; }

    /// <summary>Why it is sent.</summary>
    public required DeliveryKind Kind { get; init; }

    /// <summary>Of the alert, when it was made.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The earliest time of the next attempt.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Where it is.</summary>
    public DeliveryState State { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When the last attempt ended; null before.</summary>
    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>What the last attempt failed of, masked; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>By what the provider can be asked whether a person has acknowledged; null when it cannot.</summary>
    public string? Receipt { get; init; }

    /// <summary>True for messages that wait to be put together into one with others, for example during quiet hours.</summary>
    public bool IsHeld { get; init; }
}

/// <summary>Why a message is sent.</summary>
public enum DeliveryKind
{
    /// <summary>It has happened.</summary>
    Alert,

    /// <summary>Nobody has answered yet.</summary>
    Reminder,

    /// <summary>Those before on the list have not answered.</summary>
    Escalation,

    /// <summary>Something has changed: it is over, or it goes on.</summary>
    Update,

    /// <summary>Somebody takes care.</summary>
    Taken,

    /// <summary>Several that were held back.</summary>
    Summary,
}

/// <summary>Where a delivery is.</summary>
public enum DeliveryState
{
    /// <summary>To be sent.</summary>
    Waiting,

    /// <summary>The provider has taken it.</summary>
    Delivered,

    /// <summary>The provider will never take it.</summary>
    Failed,

    /// <summary>The provider did not take it for too long.</summary>
    Expired,

    /// <summary>It became pointless before it was sent.</summary>
    Cancelled,
}
