using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ambianic.Core.Health;

/// <summary>
/// Hands each snapshot to everybody who subscribed, once, and never waits for them: what a subscriber does slowly holds up
/// neither the supervisor nor other subscribers. Safe to use from several threads.
/// </summary>
public sealed class HealthFeed
{
    /// <summary>Snapshots that wait for a slow subscriber: ten minutes of them; beyond that it loses the oldest.</summary>
    private const int MostWaiting = 600;

    private readonly Lock _gate = new();
    private readonly List<Channel<HealthSnapshot>> _subscribers = [];
    private volatile HealthSnapshot _latest = HealthSnapshot.None;

    /// <summary>The latest snapshot, a second old at most while the supervisor runs; <see cref="HealthSnapshot.None"/> before the first.</summary>
    public HealthSnapshot Latest => _latest;

    /// <summary>The latest snapshot, if there is one, and then each that follows, until cancelled.</summary>
    public async IAsyncEnumerable<HealthSnapshot> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<HealthSnapshot>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            _subscribers.Add(channel);
            if (_latest != HealthSnapshot.None)
            {
                channel.Writer.TryWrite(_latest);
            }
        }

        try
        {
            await foreach (var snapshot in channel.Reader.ReadAllAsync(cancellation))
            {
                yield return snapshot;
            }
        }
        finally
        {
            lock (_gate)
            {
                _subscribers.Remove(channel);
            }
        }
    }

    /// <summary>Tells everybody; returns at once.</summary>
    internal void Publish(HealthSnapshot snapshot)
    {
        lock (_gate)
        {
            _latest = snapshot;
            _subscribers.ForEach(subscriber => subscriber.Writer.TryWrite(snapshot));
        }
    }
}
