namespace Ambianic.Core.Health;

/// <summary>
/// How long to wait before trying again: exponential, capped, with full jitter in its upper half so that many cameras that
/// lost one router do not come back in one instant.
/// </summary>
/// <param name="First">Wait after the first failure.</param>
/// <param name="Longest">No wait is longer.</param>
/// <remarks>Method: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("equal jitter").</remarks>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>0.5 s, doubling to 30 s.</summary>
    public static Backoff Default { get; } = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

    /// <summary>The wait after <paramref name="failures"/> failures in a row, from 1.</summary>
    public TimeSpan After(int failures, Random random)
    {
        var doublings = Math.Clamp(failures - 1, 0, 30);
        var full = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, doublings));
        return TimeSpan.FromSeconds((full / 2) + (random.NextDouble() * full / 2));
    }
}
