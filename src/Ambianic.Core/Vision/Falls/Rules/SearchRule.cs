using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for the search for somebody who was lost.</summary>
public sealed record SearchRule
{
    /// <summary>How long somebody lost is searched for, in seconds.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>How near to where they were lost the same person is found, in body sizes.</summary>
    public float Distance { get; init; } = 0.8f;

    /// <summary>A body that overlaps another person by more than this (IoU, 0 to 1) is that person, found twice.</summary>
    public float SameOverlap { get; init; } = 0.3f;

    /// <summary>A body with more than this part within somebody who stands, 0 to 1, is a part of that person: from near, legs look like a body.</summary>
    public float PartOverlap { get; init; } = 0.9f;

    /// <summary>Half the side of the square that is searched, in longer sides of the person's box: room for where they may have fallen.</summary>
    public float RegionReach { get; init; } = 0.75f;

    /// <summary>The square's corners lie on a grid with this many cells across the picture, so that the same place is the same square.</summary>
    public float RegionGrid { get; init; } = 16;

    /// <summary>How far the score of somebody found by searching stays below <see cref="TrackingRule.StartScore"/>: enough to be followed, not to be new.</summary>
    public float ScoreMargin { get; init; } = 0.01f;
}
