namespace Ambianic.Core.Vision.Tracking;

/// <summary>Thresholds for how people are followed. A body size is the side of a square of the box's area.</summary>
public sealed record TrackingRule
{
    /// <summary>A less certain detection does not start a track, 0 to 1.</summary>
    public float StartScore { get; init; } = 0.15f;

    /// <summary>How long a track outlives its last detection, in seconds, unless its watcher asks for more.</summary>
    public double PatienceSeconds { get; init; } = 3;

    /// <summary>Two boxes that overlap by more than this (IoU, 0 to 1) are one person.</summary>
    public double DuplicateOverlap { get; init; } = 0.6;

    /// <summary>How far from the expected place a person may be, in body sizes...</summary>
    public double Gate { get; init; } = 1.3;

    /// <summary>...further by this for each second unseen: 1.4 m a second...</summary>
    public double GateGrowth { get; init; } = 1.5;

    /// <summary>...and at most this far.</summary>
    public double MaximumGate { get; init; } = 3;

    /// <summary>How far from the middle of somebody who lies the same person is found upright, in body sizes.</summary>
    public double LyingGate { get; init; } = 0.8;

    /// <summary>Seconds after which somebody who lies and is not found is searched for in that place only.</summary>
    public double LyingLostSeconds { get; init; } = 1;

    /// <summary>Cost of a body of another size, for each natural logarithm of the ratio; at 1 it cannot be the person.</summary>
    public double GrowthCost { get; init; } = 0.4;

    /// <summary>A box with a smaller ratio of width to height is that of somebody who stands.</summary>
    public float SlenderAspect { get; init; } = 0.6f;

    /// <summary>How much a person can change their velocity within a second, in body sizes a second: a fall reaches that.</summary>
    public double Acceleration { get; init; } = 3;

    /// <summary>Standard deviation of a measured place, in body sizes.</summary>
    public double PlaceNoise { get; init; } = 0.1;

    /// <summary>Variance of the velocity of somebody new, in squares of the body size, a second.</summary>
    public double StartVelocityVariance { get; init; } = 4;

    /// <summary>Time constant with which the expected velocity of somebody unseen fades, in seconds.</summary>
    public double FadeSeconds { get; init; } = 0.7;

    /// <summary>How much of a track's body size comes from the latest sample, 0 to 1.</summary>
    public double SizeWeight { get; init; } = 0.4;

    /// <summary>A key point older than this, in seconds, says nothing about the present.</summary>
    public double PointSeconds { get; init; } = 1;

    /// <summary>Cut-off frequency of the filter of a key point at rest, in Hz.</summary>
    public double PointCutoff { get; init; } = 1.5;

    /// <summary>Cut-off frequency of the filter of a key point's speed, in Hz.</summary>
    public double PointSpeedCutoff { get; init; } = 1.0;

    /// <summary>Cut-off frequency that a key point gains for each body size a second, in Hz.</summary>
    public double PointSpeedGain { get; init; } = 4;
}
