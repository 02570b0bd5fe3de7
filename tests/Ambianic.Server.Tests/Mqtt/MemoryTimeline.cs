using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>Events in memory.</summary>
internal sealed class MemoryTimeline : IEventStore
{
    private readonly ConcurrentQueue<DetectionEvent> _events = new();

    public string? Fault { get; set; }

    public void Add(DetectionEvent seen) => _events.Enqueue(seen);

    public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) => ValueTask.FromResult("folder");

    public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        Add(detectionEvent);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => ValueTask.FromResult(false);

    public async IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var seen in _events.Reverse().Where(seen => (query.Label is null || seen.Labels.Contains(query.Label)) && (query.From is null || seen.At >= query.From)).Take(query.Limit))
        {
            yield return seen;
        }
    }

    public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => ValueTask.FromResult((long)_events.Count);
}
