namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>
/// How the evidence becomes one number: a logistic function of how far each piece goes beyond what sitting or lying down on purpose
/// just reaches. The weights are set by hand. Speed weighs most, because somebody who lies down on purpose controls it.
/// </summary>
public sealed record ProbabilityRule
{
    /// <summary>Drop of the shoulders that sitting down just reaches, in heights.</summary>
    public float UsualShoulderDrop { get; init; } = 0.3f;

    /// <summary>Drop of the hips that sitting down just reaches, in heights.</summary>
    public float UsualHipDrop { get; init; } = 0.12f;

    /// <summary>Speed that sitting down just reaches, in heights a second.</summary>
    public float UsualSpeed { get; init; } = 0.5f;

    /// <summary>Part of the samples that show somebody low who bends down, 0 to 1.</summary>
    public float UsualLowShare { get; init; } = 0.6f;

    /// <summary>Weight of the shoulders' drop.</summary>
    public float ShoulderDropWeight { get; init; } = 2.5f;

    /// <summary>Weight of the hips' drop.</summary>
    public float HipDropWeight { get; init; } = 1;

    /// <summary>Weight of the speed.</summary>
    public float SpeedWeight { get; init; } = 5;

    /// <summary>Weight of the part of the samples that show the person low.</summary>
    public float LowShareWeight { get; init; } = 5;

    /// <summary>What the sum must exceed for a probability of one half.</summary>
    public float Bias { get; init; } = 2;
}
