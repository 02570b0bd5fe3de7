using Ambianic.Frames;
using Ambianic.Vision;

namespace Ambianic.Timeline;

/// <summary>Remembers events.</summary>
public interface IEventStore
{
    /// <summary>Stores the pictures and the event; when it returns, both survive a loss of power, and only then is the event announced.</summary>
    /// <param name="detectionEvent">The event, its file names decided.</param>
    /// <param name="frame">Borrowed until the call completes.</param>
    /// <param name="region">The part of the frame to store as the event's picture; null is all of it.</param>
    /// <param name="cancellation">Before anything is written.</param>
    /// <exception cref="IOException">Nothing was announced; whatever was written is ignored and stays.</exception>
    ValueTask AppendAsync(DetectionEvent detectionEvent, Frame frame, Box? region, CancellationToken cancellation);

    /// <summary>Events that match, newest first.</summary>
    IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation);

    /// <summary>Number of events that match, regardless of <see cref="EventQuery.Offset"/> and <see cref="EventQuery.Limit"/>.</summary>
    ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation);
}

/// <summary>Which events; a null matches all.</summary>
public sealed record EventQuery
{
    /// <summary>At or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Of this pipeline.</summary>
    public string? Pipeline { get; init; }

    /// <summary>With at least one detection of this label.</summary>
    public string? Label { get; init; }

    /// <summary>With this id.</summary>
    public string? Id { get; init; }

    /// <summary>Events to pass over.</summary>
    public int Offset { get; init; }

    /// <summary>Events at most.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
