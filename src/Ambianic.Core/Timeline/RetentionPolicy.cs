using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Timeline;

/// <summary>Decides what may be forgotten. Pure.</summary>
public sealed class RetentionPolicy(RetentionOptions options)
{
    private const string Quiet = "quiet";
    private static readonly HashSet<string> Falls =
        [FallLabels.Fall, FallLabels.LongLie, FallLabels.Recovered, FallLabels.PersonDown, FallLabels.GotUp];

    /// <summary>What was asked for.</summary>
    public RetentionOptions Options => options;

    /// <summary>True when the size of all events or the free space is limited.</summary>
    public bool LimitsRoom => LimitsSize || LimitsSpace;

    /// <summary>True when the size of all events is limited.</summary>
    public bool LimitsSize => options.MaxSizeMb > 0;

    /// <summary>True when the free space is limited.</summary>
    public bool LimitsSpace => options.MinFreeMb > 0;

    /// <summary>True when age alone removes events.</summary>
    public bool LimitsAge => options.MaxAgeDays > 0 || options.MaxAgeDaysByLabel.Values.Any(days => days > 0);

    /// <summary>No event younger than this has outlived its time; only when <see cref="LimitsAge"/>.</summary>
    public TimeSpan ShortestAge => TimeSpan.FromDays(
        options.MaxAgeDaysByLabel.Values.Append(options.MaxAgeDays).Where(days => days > 0).DefaultIfEmpty(0).Min());

    /// <summary>Bytes that must go so that the limit of size, when there is one, is kept; 0 or less when it is.</summary>
    /// <param name="size">Bytes of the files of all events.</param>
    public long OverSize(long size) => LimitsSize ? size - Bytes(options.MaxSizeMb) : 0;

    /// <summary>Bytes that must go so that the limit of free space, when there is one, is kept; 0 or less when it is.</summary>
    /// <param name="free">Bytes free on the disk.</param>
    public long ShortOfSpace(long free) => LimitsSpace ? Bytes(options.MinFreeMb) - free : 0;

    /// <summary>A fall, or what followed it, and what somebody asked to keep: the last to make room.</summary>
    public static bool IsPrecious(DetectionEvent seen) => seen.IsPinned || seen.Detections.Any(detection => Falls.Contains(detection.Label));

    /// <summary>True when an event has outlived its time: a pinned one never, a fall only when it was asked for by name.</summary>
    public bool IsExpired(DetectionEvent seen, TimeSpan age) =>
        !seen.IsPinned && seen.Labels.DefaultIfEmpty(Quiet).All(label => DaysOf(label) is > 0 and var days && age >= TimeSpan.FromDays(days));

    private static long Bytes(double megabytes) => (long)(megabytes * 1e6);

    private double DaysOf(string label) =>
        options.MaxAgeDaysByLabel.TryGetValue(label, out var days) ? days
        : Falls.Contains(label) ? 0
        : options.MaxAgeDays;
}
