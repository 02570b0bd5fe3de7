using Ambianic.Core.Timeline;

namespace Ambianic.Tests.Core.Visits;

/// <summary>Keeps events in memory.</summary>
internal sealed class EventList : IEventStore
{
    public List<DetectionEvent> Events { get; } = [];

    /// <summary>Thrown as long as it is not null.</summary>
    public IOException? Failure { get; set; }

    public string? Fault => null;

    public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) => ValueTask.FromResult("detections/a");

    public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        if (Failure is { } failure)
        {
            return ValueTask.FromException(failure);
        }

        Events.Add(detectionEvent);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation) => Events.ToAsyncEnumerable();

    public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => ValueTask.FromResult<long>(Events.Count);
}
