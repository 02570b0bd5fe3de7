namespace Ambianic.Core.Alerts;

/// <summary>Reads alerts in the order in which they changed, so that a reader that was away misses no change that still matters. Safe to use from several threads.</summary>
public interface IAlertFollower
{
    /// <summary>Alerts were stored. Raised on the thread that stored them, so that who listens has to return at once.</summary>
    event Action? AlertsStored;

    /// <summary>Behind the last change: what changes later follows, and nothing else.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    AlertCursor End();

    /// <summary>Alerts that changed after a position, in the order of their last changes. One that changed several times is there once, as it is now.</summary>
    /// <param name="cursor">Where the last read ended.</param>
    /// <param name="limit">Alerts at most, from 1.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    AlertBatch ReadAfter(AlertCursor cursor, int limit);
}

/// <summary>A position among the changes of alerts.</summary>
/// <param name="Change">Number of the change that was read last; 0 before the first.</param>
/// <param name="Numbering">The database that gave the number.</param>
public sealed record AlertCursor(long Change, string Numbering);

/// <summary>Alerts that follow a cursor.</summary>
/// <param name="Alerts">Each with the number of its last change.</param>
/// <param name="Cursor">Behind the last of them.</param>
/// <param name="IsOfAnother">True when the position does not belong to this database: what followed it cannot be told.</param>
public sealed record AlertBatch(IReadOnlyList<(long Change, Alert Alert)> Alerts, AlertCursor Cursor, bool IsOfAnother);
