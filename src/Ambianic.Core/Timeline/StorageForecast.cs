using Ambianic.Core.Configuration;

namespace Ambianic.Core.Timeline;

/// <summary>When room runs out at the present rate, and what happens then.</summary>
/// <param name="At">When; null when it does not within ten years, or when age removes events before.</param>
/// <param name="Outcome">What happens then, for people; null without <paramref name="At"/>.</param>
public sealed record StorageForecast(DateTimeOffset? At, string? Outcome)
{
    private const double FarAway = 3650; // days: the rate says nothing of that

    /// <summary>Reckons it.</summary>
    /// <param name="usage">How much is stored.</param>
    /// <param name="retention">What is removed, and when.</param>
    /// <param name="now">The present.</param>
    public static StorageForecast Of(StorageUsage usage, RetentionOptions retention, DateTimeOffset now)
    {
        if (usage.BytesPerDay <= 0)
        {
            return new StorageForecast(null, null);
        }

        var policy = new RetentionPolicy(retention);
        (double Days, string Outcome) full = (usage.FreeBytes / usage.BytesPerDay, "the disk is full, and nothing more can be stored");
        var first = full;
        if (policy.LimitsSize)
        {
            first = Earlier(first, (-policy.OverSize(usage.Bytes) / usage.BytesPerDay, "the oldest events make room (max_size_mb)"));
        }

        if (policy.LimitsSpace)
        {
            first = Earlier(first, (-policy.ShortOfSpace(usage.FreeBytes) / usage.BytesPerDay, "the oldest events make room (min_free_mb)"));
        }

        // With a limit of age as much is removed as comes, from the day on at which the oldest event has that age.
        var settles = retention.MaxAgeDays > 0 ? Math.Max(0, retention.MaxAgeDays - (now - (usage.Oldest ?? now)).TotalDays) : double.PositiveInfinity;
        return first.Days > Math.Min(settles, FarAway)
            ? new StorageForecast(null, null)
            : new StorageForecast(now + TimeSpan.FromDays(Math.Max(0, first.Days)), first.Outcome);
    }

    private static (double Days, string Outcome) Earlier((double Days, string Outcome) one, (double Days, string Outcome) other) => other.Days < one.Days ? other : one;
}
