namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for how a descent is measured.</summary>
public sealed record DescentRule
{
    /// <summary>Height of the shoulders of somebody who stands, in heights (Drillis and Contini).</summary>
    public float StandingShoulders { get; init; } = 0.82f;

    /// <summary>When samples are rare, a descent may take this many sampling periods: they do not come quite evenly.</summary>
    public double PeriodFactor { get; init; } = 1.2;

    /// <summary>Speeds are taken over more than this, in seconds: half a second of a camera that gives five samples a second.</summary>
    public float SpeedSeconds { get; init; } = 0.35f;

    /// <summary>A descent does not start from a box nearer to the left or right edge than this, in picture heights.</summary>
    public float SideMargin { get; init; } = 0.01f;

    /// <summary>How long after the upright sample the descent may still become a fall, in seconds.</summary>
    public double GiveUpSeconds { get; init; } = 4;
}
