namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for how the posture after a descent is judged. Lengths in heights of the person.</summary>
public sealed record AfterDescentRule
{
    /// <summary>With a sampling period longer than this, in seconds, fewer samples are enough.</summary>
    public double SlowPeriod { get; init; } = 0.7;

    /// <summary>Least number of samples that show the posture.</summary>
    public int LeastSamples { get; init; } = 3;

    /// <summary>The same with a sampling period longer than <see cref="SlowPeriod"/>.</summary>
    public int LeastSlowSamples { get; init; } = 2;

    /// <summary>With a sampling period longer than this, in seconds, the fastest moment lies between two samples: speeds are measured too low.</summary>
    public double SparsePeriod { get; init; } = 0.29;

    /// <summary>What part of <see cref="FallRule.SittingSpeed"/> is enough then.</summary>
    public float SparseSpeedShare { get; init; } = 0.8f;

    /// <summary>What part of the window the person has to be down: its first low sample may come a little late.</summary>
    public double WindowShare { get; init; } = 0.9;

    /// <summary>Shoulders that came up by more than this since they were lowest are rising: breathing and rolling over stay below.</summary>
    public float Rise { get; init; } = 0.15f;

    /// <summary>Low in a smaller part of the window than this is up again, 0 to 1.</summary>
    public float RisenShare { get; init; } = 0.3f;

    /// <summary>With an upright torso in more than this part of the window, 0 to 1, somebody sits.</summary>
    public float SeatedShare { get; init; } = 0.5f;

    /// <summary>Somebody who moves further to the side than this within the window walks.</summary>
    public float Walking { get; init; } = 0.4f;

    /// <summary>Hips at least this far below the feet in the picture are on the floor, seen from behind; somebody who squats has them above.</summary>
    public float HipsBelowFeet { get; init; } = 0.05f;

    /// <summary>A box at least this high around an upright torso is that of somebody who sits; somebody who lies along the camera's axis is lower.</summary>
    public float SittingHeight { get; init; } = 0.5f;

    /// <summary>Feet that moved less than this stayed where they were: the model's own error.</summary>
    public float FeetMoved { get; init; } = 0.1f;
}
