using Ambianic.Core.Health;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Whether the wall clock is doubtful, as it is after a start and after it was set: one that is a year ahead by mistake would make
/// every event too old.
/// </summary>
internal sealed class ClockDoubt(TimeProvider time)
{
    /// <summary>A clock that moves this far was set.</summary>
    private static readonly TimeSpan SmallestStep = TimeSpan.FromMinutes(1);

    /// <summary>Long enough for a time server, or a person, to correct a clock that is wrong.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);

    private readonly ClockComparison _clocks = new(time);
    private long _since = time.GetTimestamp();

    /// <summary>True for an hour after the start, and after the clock was set.</summary>
    public bool IsDoubted => time.GetElapsedTime(_since) < Duration;

    /// <summary>To be called at least once a minute or so.</summary>
    public void Observe()
    {
        if (_clocks.Observe().Step.Duration() > SmallestStep)
        {
            _since = time.GetTimestamp();
        }
    }
}
