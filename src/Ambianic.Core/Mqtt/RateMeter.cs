namespace Ambianic.Core.Mqtt;

/// <summary>Averages of what only counts up. One call at a time.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private (long Count, TimeSpan Busy, long At)? _before;

    /// <summary>How many a second, and the time that one took in ms, since the call before.</summary>
    /// <param name="count">So many until now.</param>
    /// <param name="busy">The time that these took.</param>
    /// <returns>Nothing in the first call; the time of one is null when there was none.</returns>
    public (double PerSecond, double? Milliseconds)? Measure(long count, TimeSpan busy)
    {
        var (before, now) = (_before, time.GetTimestamp());
        _before = (count, busy, now);
        if (before is not { } last || time.GetElapsedTime(last.At, now).TotalSeconds is not (> 0 and var seconds))
        {
            return null;
        }

        var many = count - last.Count;
        return (Math.Round(many / seconds, 1), many <= 0 ? null : Math.Round((busy - last.Busy).TotalMilliseconds / many, 1));
    }
}
