namespace Ambianic.Storage.Files;

/// <summary>
/// Treats the wall clock as doubtful after a start, and detects by the monotonic clock that it was set: a clock that is a year
/// ahead by mistake would make every event too old.
/// </summary>
internal sealed class ClockWatch(TimeProvider time)
{
    /// <summary>A clock that jumps this far was set.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(1);

    /// <summary>Long enough for a time server, or a person, to correct a clock that is wrong.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    private (DateTimeOffset Wall, long Monotonic) _last = (time.GetUtcNow(), time.GetTimestamp());
    private long _doubtedSince = time.GetTimestamp();

    /// <summary>True for an hour after the start, and after the clock was set.</summary>
    public bool IsDoubted => time.GetElapsedTime(_doubtedSince) < Doubt;

    /// <summary>To be called at least once a minute or so.</summary>
    public void Look()
    {
        var (before, wall, monotonic) = (time.GetTimestamp(), time.GetUtcNow(), time.GetTimestamp());
        if (time.GetElapsedTime(before, monotonic) > Jump)
        {
            return; // this thread was paused between the two readings, which proves nothing about the clock
        }

        if ((wall - _last.Wall - time.GetElapsedTime(_last.Monotonic, monotonic)).Duration() > Jump)
        {
            _doubtedSince = monotonic;
        }

        _last = (wall, monotonic);
    }
}
