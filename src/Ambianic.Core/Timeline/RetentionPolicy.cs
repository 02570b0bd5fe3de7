using Ambianic.Vision.Falls;

namespace Ambianic.Timeline;

/// <summary>Decides what may be forgotten. Pure.</summary>
public sealed class RetentionPolicy(RetentionOptions options)
{
    private const string Quiet = "quiet";
    private static readonly HashSet<string> Falls =
        [FallLabels.Fall, FallLabels.LongLie, FallLabels.Recovered, FallLabels.PersonDown, FallLabels.GotUp];

    /// <summary>What was asked for.</summary>
    public RetentionOptions Options => options;

    /// <summary>True when the size of all files or the free space is limited.</summary>
    public bool LimitsRoom => LimitsSize || options.MinFreeMb > 0;

    /// <summary>True when the size of all files is limited.</summary>
    public bool LimitsSize => options.MaxSizeMb > 0;

    /// <summary>True when age alone removes events.</summary>
    public bool LimitsAge => options.MaxAgeDays > 0 || options.MaxAgeDaysByLabel.Values.Any(days => days > 0);

    /// <summary>No event younger than this has outlived its time; only when <see cref="LimitsAge"/>.</summary>
    public TimeSpan ShortestAge => TimeSpan.FromDays(
        options.MaxAgeDaysByLabel.Values.Append(options.MaxAgeDays).Where(days => days > 0).DefaultIfEmpty(0).Min());

    /// <summary>Bytes that must go so that the limits of size and space are kept; 0 or less when they are.</summary>
    /// <param name="size">Bytes of all event files.</param>
    /// <param name="free">Gives the bytes free on their disk; asked only when they are limited.</param>
    public long Excess(long size, Func<long> free) => Math.Max(
        options.MaxSizeMb > 0 ? size - (long)(options.MaxSizeMb * 1e6) : 0,
        options.MinFreeMb > 0 ? (long)(options.MinFreeMb * 1e6) - free() : 0);

    /// <summary>A fall, or what followed it, and what somebody asked to keep: the last to make room.</summary>
    public static bool IsPrecious(DetectionEvent seen) => seen.IsPinned || seen.Detections.Any(detection => Falls.Contains(detection.Label));

    /// <summary>True when an event has outlived its time: a pinned one never, a fall only when it was asked for by name.</summary>
    public bool IsExpired(DetectionEvent seen, TimeSpan age) =>
        !seen.IsPinned && seen.Labels.DefaultIfEmpty(Quiet).All(label => DaysOf(label) is > 0 and var days && age >= TimeSpan.FromDays(days));

    private double DaysOf(string label) =>
        options.MaxAgeDaysByLabel.TryGetValue(label, out var days) ? days
        : Falls.Contains(label) ? 0
        : options.MaxAgeDays;
}
