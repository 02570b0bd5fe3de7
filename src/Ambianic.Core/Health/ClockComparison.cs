namespace Ambianic.Core.Health;

/// <summary>
/// Compares the wall clock with the monotonic one, which nobody can set and which stands still while the machine sleeps.
/// </summary>
/// <remarks>One user at a time.</remarks>
public sealed class ClockComparison(TimeProvider time)
{
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(1);

    private (DateTimeOffset Wall, long Monotonic) _last = Read(time);

    /// <summary>What the clocks say of the time since the last call, or since this was made.</summary>
    /// <returns>Time that passed on the monotonic clock, and how much further the wall clock moved: below zero when it was set back.</returns>
    public (TimeSpan Passed, TimeSpan Step) Observe()
    {
        var (last, now) = (_last, Read(time));
        _last = now;
        var passed = time.GetElapsedTime(last.Monotonic, now.Monotonic);
        return (passed, now.Wall - last.Wall - passed);
    }

    /// <summary>A thread that is paused between two readings would take the pause for a step, so it reads again.</summary>
    private static (DateTimeOffset Wall, long Monotonic) Read(TimeProvider time)
    {
        while (true)
        {
            var (before, wall, after) = (time.GetTimestamp(), time.GetUtcNow(), time.GetTimestamp());
            if (time.GetElapsedTime(before, after) < LongestReading)
            {
                return (wall, after);
            }
        }
    }
}
