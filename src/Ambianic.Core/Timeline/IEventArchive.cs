namespace Ambianic.Core.Timeline;

/// <summary>What was stored, for people: pages that stay stable while events come and go, removal, and remarks.</summary>
public interface IEventArchive
{
    /// <summary>A page of the events that match.</summary>
    /// <param name="query">Which; <see cref="EventQuery.Limit"/> is the size of the page, from 1, and <see cref="EventQuery.Offset"/> is not used.</param>
    /// <param name="order">In which order.</param>
    /// <param name="after">Only events behind this place, which <see cref="EventPage.Next"/> of the page before said; null begins.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    ValueTask<EventPage> PageAsync(EventQuery query, EventOrder order, long? after, CancellationToken cancellation);

    /// <summary>One event; null when there is none of this id.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    ValueTask<DetectionEvent?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>Removes an event and its files, also a pinned one; when it returns, that survives a loss of power.</summary>
    /// <returns>False when there is no such event.</returns>
    /// <exception cref="IOException">It could not be removed and is still there, perhaps without its pictures; the message says what to do.</exception>
    ValueTask<bool> DeleteAsync(string id, CancellationToken cancellation);

    /// <summary>Changes what people said of an event; when it returns, that survives a loss of power and a lost database.</summary>
    /// <param name="id">The event.</param>
    /// <param name="change">Gives the new remarks; called on another thread.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The event as it is now; null when there is none.</returns>
    /// <exception cref="IOException">It could not be stored; the message says what to do.</exception>
    ValueTask<DetectionEvent?> RemarkAsync(string id, Func<EventRemarks, EventRemarks> change, CancellationToken cancellation);
}

/// <summary>The order of a page.</summary>
public enum EventOrder
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,
}

/// <summary>A page of events.</summary>
/// <param name="Events">In the order that was asked for.</param>
/// <param name="Next">Where the next page begins; null when no event follows.</param>
public sealed record EventPage(IReadOnlyList<DetectionEvent> Events, long? Next);
