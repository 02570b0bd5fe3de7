namespace Ambianic.Core.Health;

/// <summary>Remembers when something last showed that it is alive, on the monotonic clock.</summary>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class Heartbeat(TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private long _count;

    /// <summary>Beats so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Time since the last beat, or since the start when there was none. A clock step does not change it.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref _last));

    /// <summary>Shows that it is alive.</summary>
    public void Beat()
    {
        Interlocked.Exchange(ref _last, time.GetTimestamp());
        Interlocked.Increment(ref _count);
    }

    /// <summary>Starts a new life: silence counts from now, without a beat.</summary>
    public void Restart() => Interlocked.Exchange(ref _last, time.GetTimestamp());

    /// <summary>Excludes a time from the silence in which nothing could have beaten, because the whole program stood still.</summary>
    public void Exclude(TimeSpan pause)
    {
        var ticks = (long)(pause.TotalSeconds * time.TimestampFrequency);
        var last = Interlocked.Read(ref _last);
        Interlocked.CompareExchange(ref _last, Math.Min(last + ticks, time.GetTimestamp()), last); // a beat meanwhile is better
    }
}
