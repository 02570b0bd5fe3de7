namespace Ambianic.Core.Timeline;

/// <summary>Reads the timeline in the order in which events were stored, so that a reader that was away misses none.</summary>
public interface IEventFollower
{
    /// <summary>Where the timeline ends now: what is stored later follows, and nothing else.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    EventCursor End();

    /// <summary>Events that were stored after a position, in the order in which they were stored.</summary>
    /// <param name="cursor">Where the last read ended.</param>
    /// <param name="limit">Events at most, from 1.</param>
    /// <returns>
    /// Empty at the end. When the position does not belong to this database, the events at or after <see cref="EventCursor.At"/> minus
    /// <see cref="EventCursor.Overlap"/>, some of them for the second time. No event is passed over.
    /// </returns>
    /// <remarks>
    /// Events that are recovered from their files follow in the order in which they are found, however old they are: those of a crash,
    /// those of folders that somebody copied here, and after the loss of the database all of them, read before or not. So a reader of
    /// a batch with <see cref="EventBatch.WasRebuilt"/> tells by id what it has read, and by time what no longer matters.
    /// </remarks>
    /// <exception cref="IOException">It cannot be read.</exception>
    EventBatch ReadAfter(EventCursor cursor, int limit);
}

/// <summary>A position in the timeline that survives when the database is rebuilt.</summary>
/// <param name="Sequence">Number of the event that was read last; 0 before the first.</param>
/// <param name="EventId">Its id; empty before the first.</param>
/// <param name="At">The latest time of all events that were read; not later than the clock was then.</param>
/// <param name="Numbering">The database that gave the number; empty when nobody knows, so that events are read by <paramref name="At"/>.</param>
public sealed record EventCursor(long Sequence, string EventId, DateTimeOffset At, string Numbering = "")
{
    /// <summary>How much of the time before <see cref="At"/> is read again after the database was rebuilt: events are stored in another order than they were seen.</summary>
    public static TimeSpan Overlap { get; } = TimeSpan.FromHours(1);
}

/// <summary>Events that follow a cursor.</summary>
/// <param name="Events">In the order in which they were stored.</param>
/// <param name="Cursor">Behind the last of them.</param>
/// <param name="WasRebuilt">True when events may be among them that were read before, or that are old: recovered from their files, or read by time.</param>
public sealed record EventBatch(IReadOnlyList<DetectionEvent> Events, EventCursor Cursor, bool WasRebuilt)
{
    /// <summary>The number of each event, in their order.</summary>
    public IReadOnlyList<long> Sequences { get; init; } = [];

    /// <summary>The greatest number of an event that was recovered from its file; 0 when none was. Events behind it are new.</summary>
    public long LastRecovered { get; init; }

    /// <summary>True when the position that was read after does not belong to this database: what followed it cannot be told.</summary>
    public bool IsOfAnother { get; init; }
}
