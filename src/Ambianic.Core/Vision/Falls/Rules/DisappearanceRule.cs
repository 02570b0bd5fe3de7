namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for somebody who came down and is no longer found. Lengths in heights of the person.</summary>
public sealed record DisappearanceRule
{
    /// <summary>How long before the last detection a touch of the left or right edge means leaving there, in seconds.</summary>
    public double LeavingSeconds { get; init; } = 1;

    /// <summary>How near to the left or right edge somebody may have left there.</summary>
    public float NearSide { get; init; } = 0.1f;

    /// <summary>Feet that moved down the picture by at least this approach the camera.</summary>
    public float Approach { get; init; } = 0.3f;

    /// <summary>At the lower edge, less than this is a head with shoulders and arms; somebody who lies there is longer.</summary>
    public float LyingExtent { get; init; } = 0.65f;

    /// <summary>Shortest descent, in seconds: nobody falls faster. A little less than the period of a camera that gives five samples a second.</summary>
    public double DescentSeconds { get; init; } = 0.18;

    /// <summary>The descent starts where the shoulders are lower by this part of <see cref="FallRule.ShoulderDrop"/>, as a divisor.</summary>
    public float StartDivisor { get; init; } = 3;

    /// <summary>What a sample counts, of 1, in which the person was found only by searching: four of them are enough.</summary>
    public float UncertainSample { get; init; } = 0.3f;
}
