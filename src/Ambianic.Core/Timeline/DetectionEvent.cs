using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;

namespace Ambianic.Core.Timeline;

/// <summary>Something that was seen and is remembered. Once announced it is on disk and stays there.</summary>
public sealed record DetectionEvent
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>When it was seen, in the device's local time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Pipeline that saw it.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Source it was seen on.</summary>
    public string Source { get; init; } = "";

    /// <summary>Kind of detection, for people; see <see cref="Sample.Display"/>.</summary>
    public string Display { get; init; } = "";

    /// <summary>What was found; empty for a picture of a quiet scene.</summary>
    public IReadOnlyList<Detection> Detections { get; init; } = [];

    /// <summary>For an event that tells of an outage of the pipeline; it has no detections, and for a picture only a small one, drawn. Else null.</summary>
    public OutageReport? Outage { get; init; }

    /// <summary>For an event that tells of an alert that nobody answered: which; it has no detections and no picture. Else null.</summary>
    public string? UnansweredAlert { get; init; }

    /// <summary>What it can be asked for by, each once: the labels of its detections, <see cref="EventNames.OutageLabel"/> or <see cref="EventNames.AlertLabel"/>.</summary>
    public IEnumerable<string> Labels => Outage is not null ? [EventNames.OutageLabel]
        : UnansweredAlert is not null ? [EventNames.AlertLabel]
        : Detections.Select(detection => detection.Label).Distinct(StringComparer.Ordinal);

    /// <summary>The zones in which something was found, each once.</summary>
    public IEnumerable<string> Zones => Detections.SelectMany(detection => detection.Zones).Distinct(StringComparer.Ordinal);

    /// <summary>Names of <c>notifications</c> that are told of it.</summary>
    public IReadOnlyList<string> Notify { get; init; } = NotifyOptions.Default;

    /// <summary>True when somebody asked to keep it: it does not age, and is among the last to make room.</summary>
    public bool IsPinned { get; init; }

    /// <summary>What people said of it.</summary>
    public EventRemarks Remarks { get; init; }

    /// <summary>Folder of the files, relative to the data directory, with forward slashes.</summary>
    public required string RelDir { get; init; }

    /// <summary>Name of the picture; empty when there is none.</summary>
    public required string ImageFileName { get; init; }

    /// <summary>Name of the small picture; empty when there is none.</summary>
    public required string ThumbnailFileName { get; init; }

    /// <summary>Width and height of the small picture in pixels, of events with a fall; null for others and when it is not known.</summary>
    public (int Width, int Height)? ThumbnailSize { get; init; }

    /// <summary>Names of pictures of the seconds before, oldest first; mostly empty.</summary>
    public IReadOnlyList<string> BeforeFileNames { get; init; } = [];

    /// <summary>The part of the camera's picture that the event's picture is, 0 to 1; null when it is all of it.</summary>
    public Box? Region { get; init; }

    /// <summary>Whether the picture can be trusted; see <see cref="PictureDamage"/>.</summary>
    public PictureDamage Damage { get; init; }

    /// <summary>Name of the JSON file that this event can be read from again.</summary>
    public required string JsonFileName { get; init; }
}
