namespace Ambianic.Core.Alerts;

/// <summary>Where an alert is in its life; the transitions are in docs/reference/alerts.md.</summary>
public enum AlertState
{
    /// <summary>It is known, and nobody was told yet.</summary>
    Raised,

    /// <summary>Somebody is being told.</summary>
    Delivering,

    /// <summary>At least one recipient has the message.</summary>
    Delivered,

    /// <summary>Somebody takes care.</summary>
    Acknowledged,

    /// <summary>It is over, and nobody has acknowledged it yet.</summary>
    ResolvedUnacknowledged,

    /// <summary>The end: it is over, and those who had to know it know.</summary>
    Closed,

    /// <summary>The end: everybody on the list was told, and nobody answered.</summary>
    Expired,
}
