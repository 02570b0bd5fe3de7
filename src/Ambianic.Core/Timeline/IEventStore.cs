namespace Ambianic.Core.Timeline;

/// <summary>Stores events.</summary>
public interface IEventStore
{
    /// <summary>Why the latest event could not be stored, events cannot be read, or old ones cannot be removed, and what to do; null when all is well. May be read from any thread.</summary>
    string? Fault { get; }

    /// <summary>Creates a folder for one saver alone, named after the moment or, when that is taken, after the next free microsecond.</summary>
    /// <returns>Its path relative to the data directory, with forward slashes: <see cref="DetectionEvent.RelDir"/>.</returns>
    /// <exception cref="IOException">It could not be created; the message says where and what to do.</exception>
    ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation);

    /// <summary>
    /// Stores the pictures, if any, and the event; when it returns, both survive a loss of power, and only then is the event announced.
    /// An event whose id is stored already is not stored again.
    /// </summary>
    /// <param name="detectionEvent">The event, its file names decided.</param>
    /// <param name="picture">What it looked like, borrowed until this returns its task; null when there is nothing to see.</param>
    /// <param name="cancellation">Stops waiting; what is being written is still completed.</param>
    /// <exception cref="IOException">
    /// It was not announced; the message says what to do. Files that were complete stay, and are on the timeline after the next start.
    /// When the disk does not answer, it is not waited for: the event may be stored and announced when it does.
    /// </exception>
    ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation);

    /// <summary>Pins an event, or unpins it; when it returns, that survives a loss of power and a lost database.</summary>
    /// <param name="id">The event.</param>
    /// <param name="isPinned">True to keep it whatever its age. A call that changes nothing does nothing.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False when there is no such event.</returns>
    /// <exception cref="IOException">It could not be stored; the message says where and what to do.</exception>
    ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation);

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

    /// <summary>With a detection at least this certain, 0 to 1, and of <see cref="Label"/> when that is given; compared in whole hundredths.</summary>
    public double? MinConfidence { get; init; }

    /// <summary>With a report of this fall state, or of this visibility: a word of <see cref="EventStates"/>.</summary>
    public string? State { get; init; }

    /// <summary>With a detection in this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>With all these words, whole, in letters of any size and with any accents, in pipeline, source, labels, states, zones, reason of an outage or note.</summary>
    public string? Text { get; init; }

    /// <summary>Of which a person said this.</summary>
    public EventFeedback? Feedback { get; init; }

    /// <summary>With this id.</summary>
    public string? Id { get; init; }

    /// <summary>Events to pass over.</summary>
    public int Offset { get; init; }

    /// <summary>Events at most.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
