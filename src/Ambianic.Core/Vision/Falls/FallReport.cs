using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>What a detection of <c>detect_falls</c> says beyond its label and box.</summary>
public sealed record FallReport
{
    /// <summary>Number of the person within this run of the pipeline, from 1; 0 in events of the reference system.</summary>
    public required int Track { get; init; }

    /// <summary>What the person is doing now.</summary>
    public required FallState State { get; init; }

    /// <summary>Angle of the spine to the vertical in degrees, 0 to 180.</summary>
    public required float LeaningAngle { get; init; }

    /// <summary>Seconds that the person has been down.</summary>
    public required double DownSeconds { get; init; }

    /// <summary>Why.</summary>
    public required FallEvidence Evidence { get; init; }

    /// <summary>What the evidence was held against; null in events that were saved without it.</summary>
    public FallRule? Rule { get; init; }
}

/// <summary>Something to be reported about a person.</summary>
/// <param name="Label">One of <see cref="FallLabels"/>.</param>
/// <param name="Body">The person as last seen.</param>
/// <param name="Report">The rest.</param>
public sealed record FallNews(string Label, Body Body, FallReport Report)
{
    /// <summary>That somebody fell, or, where no fall was seen, that somebody is there; 0 to 1.</summary>
    public float Confidence => Report.Evidence.Probability ?? Body.Score;
}
