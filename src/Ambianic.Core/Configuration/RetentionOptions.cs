using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>retention</c>: what is forgotten, and when. Without it nothing ever is.</summary>
public sealed record RetentionOptions
{
    /// <summary>Days after which an event is removed, 0 to 36500; 0 is never. Falls only when <see cref="MaxAgeDaysByLabel"/> names them.</summary>
    [Range(0.0, 36500)]
    public double MaxAgeDays { get; init; }

    /// <summary>
    /// Days for single labels instead, each 0 to 36500; <c>quiet</c> stands for pictures without detections, <c>sight</c> for events that tell of
    /// an outage. An event of several labels is kept as long as the longest of them; 0 is for ever.
    /// </summary>
    [Range(0.0, 36500)]
    public IReadOnlyDictionary<string, double> MaxAgeDaysByLabel { get; init; } = new Dictionary<string, double>();

    /// <summary>Megabytes (10^6) that the files of all events may take; the oldest make room, falls and pinned events last. 0 is no limit.</summary>
    [Range(0.0, 1e9)]
    public double MaxSizeMb { get; init; }

    /// <summary>Megabytes (10^6) of the disk to be left free; the oldest make room, falls last and pinned events never. 0 is no limit.</summary>
    [Range(0.0, 1e9)]
    public double MinFreeMb { get; init; }
}
