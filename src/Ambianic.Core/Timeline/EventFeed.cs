using System.Threading.Channels;

namespace Ambianic.Timeline;

/// <summary>Tells everyone who listens about new events, after they are safe. Safe to use from several threads.</summary>
public sealed class EventFeed
{
    private const int Capacity = 256;
    private readonly Lock _gate = new();
    private Channel<DetectionEvent>[] _listeners = [];

    /// <summary>Announces an event; never waits. A listener that is 256 events behind misses the oldest.</summary>
    public void Announce(DetectionEvent detectionEvent)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            listener.Writer.TryWrite(detectionEvent);
        }
    }

    /// <summary>Listens from this call on until <paramref name="cancellation"/>.</summary>
    public IAsyncEnumerable<DetectionEvent> ListenAsync(CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<DetectionEvent>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            _listeners = [.. _listeners, channel];
        }

        return ReadAsync(channel, cancellation);
    }

    private async IAsyncEnumerable<DetectionEvent> ReadAsync(
        Channel<DetectionEvent> channel,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            await foreach (var detectionEvent in channel.Reader.ReadAllAsync(cancellation))
            {
                yield return detectionEvent;
            }
        }
        finally
        {
            lock (_gate)
            {
                _listeners = [.. _listeners.Where(listener => listener != channel)];
            }
        }
    }
}
