namespace Ambianic.Core.Alerts;

/// <summary>How an attempt to send ended.</summary>
/// <param name="Kind">Whether trying again makes sense.</param>
/// <param name="Reason">What failed and what to do, for people, masked; null when nothing failed.</param>
public sealed record DeliveryOutcome(DeliveryOutcomeKind Kind, string? Reason = null)
{
    /// <summary>The provider has taken it.</summary>
    public static DeliveryOutcome Delivered { get; } = new(DeliveryOutcomeKind.Delivered);

    /// <summary>How long the provider asks to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>By what the provider can be asked whether a person has acknowledged; see <see cref="IReceiptProvider"/>.</summary>
    public string? Receipt { get; init; }

    /// <summary>Trying again later may help: no connection, a timeout, an answer of 408, 425, 429 or 5xx.</summary>
    public static DeliveryOutcome Passing(string reason, TimeSpan? retryAfter = null) => new(DeliveryOutcomeKind.Passing, reason) { RetryAfter = retryAfter };

    /// <summary>Trying again cannot help: a wrong address, token or recipient.</summary>
    public static DeliveryOutcome Permanent(string reason) => new(DeliveryOutcomeKind.Permanent, reason);
}

/// <summary>Whether trying again makes sense.</summary>
public enum DeliveryOutcomeKind
{
    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>It may be taken later.</summary>
    Passing,

    /// <summary>It will never be taken.</summary>
    Permanent,
}
