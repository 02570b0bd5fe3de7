using System.Threading.Channels;

namespace Ambianic.Core.Timeline;

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

    /// <summary>Listens from this call on until the listener is disposed, by its owner.</summary>
    public EventListener Listen()
    {
        var channel = Channel.CreateBounded<DetectionEvent>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            _listeners = [.. _listeners, channel];
        }

        return new EventListener(channel.Reader, () => Remove(channel));
    }

    private void Remove(Channel<DetectionEvent> channel)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners.Where(listener => listener != channel)];
        }
    }
}

/// <summary>One who listens to an <see cref="EventFeed"/>. Read by one thread at a time.</summary>
public sealed class EventListener : IDisposable
{
    private readonly ChannelReader<DetectionEvent> _events;
    private readonly Action _end;

    internal EventListener(ChannelReader<DetectionEvent> events, Action end) => (_events, _end) = (events, end);

    /// <summary>The next event; waits for it.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public ValueTask<DetectionEvent> NextAsync(CancellationToken cancellation) => _events.ReadAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _end();
}
