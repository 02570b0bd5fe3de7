using Ambianic.Core.Vision;

namespace Ambianic.Core.Visits;

/// <summary>One stay of one object in front of one camera, from entry to exit.</summary>
public sealed record Visit
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Pipeline that saw it.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Source it was seen on.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its number in the detections: <see cref="Detection.TrackId"/>; null for an event without one that is shown as a visit.</summary>
    public int? TrackId { get; init; }

    /// <summary>When the object was first seen.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it was last seen.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>True while it goes on.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What the object was taken for most.</summary>
    public required string Label { get; init; }

    /// <summary>The most certain detection of it, 0 to 1.</summary>
    public float Confidence { get; init; }

    /// <summary>Seconds of the visit in which it stood still, like a parked car.</summary>
    public double StationarySeconds { get; init; }

    /// <summary>How fast it moved while it moved.</summary>
    public VisitSpeed Speed { get; init; }

    /// <summary>Where it was: the middle of the lower edge of its box, relative to the picture; at most 32 points, oldest first.</summary>
    public IReadOnlyList<PathPoint> Path { get; init; } = [];

    /// <summary>Its pictures, in the order in which they were seen.</summary>
    public IReadOnlyList<VisitPicture> Pictures { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Dwell => End - Start;

    /// <summary>The picture that shows the object best: large, certain, whole; null when there is none.</summary>
    public VisitPicture? BestPicture => Pictures.MaxBy(picture => picture.Score);
}

/// <summary>A picture of a visit: an event, which may show other objects too.</summary>
/// <param name="EventId">The event.</param>
/// <param name="At">When it was seen.</param>
/// <param name="Box">Where the object is, relative to the picture.</param>
/// <param name="Score">How well it shows the object, from 0; only for comparison within a visit.</param>
public sealed record VisitPicture(string EventId, DateTimeOffset At, Box Box, float Score);

/// <summary>A point of a path.</summary>
/// <param name="Seconds">Since the visit began.</param>
/// <param name="X">0 to 1 across the picture.</param>
/// <param name="Y">0 to 1 down the picture.</param>
public readonly record struct PathPoint(double Seconds, float X, float Y);

/// <summary>How fast an object moved, in sizes of its box a second: so near and far objects are alike, and a person who walks makes about two.</summary>
public enum VisitSpeed
{
    /// <summary>Less than 0.3.</summary>
    Still,

    /// <summary>Less than 1.</summary>
    Slow,

    /// <summary>Less than 3.</summary>
    Medium,

    /// <summary>3 and more.</summary>
    Fast,
}
