using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Why somebody is taken to have fallen, or to lie: of the latter only <see cref="DownAt"/>, <see cref="LowShare"/> and
/// <see cref="WindowSeconds"/> are known. Lengths are parts of the person's height when upright.
/// </summary>
public sealed record FallEvidence
{
    /// <summary>When the person was last upright; time within the medium. Null when nobody was seen to come down.</summary>
    public TimeSpan? UprightAt { get; init; }

    /// <summary>When the person was down; time within the medium.</summary>
    public TimeSpan DownAt { get; init; }

    /// <summary>How far the shoulders came down.</summary>
    public float ShoulderDrop { get; init; }

    /// <summary>How far the hips came down.</summary>
    public float HipDrop { get; init; }

    /// <summary>Fastest descent of the shoulders over half a second, in heights a second.</summary>
    public float Speed { get; init; }

    /// <summary>Part of the samples of the last <see cref="WindowSeconds"/> that showed the person low, 0 to 1.</summary>
    public float LowShare { get; init; }

    /// <summary>How long the posture was judged for: <see cref="FallRule.ConfirmSeconds"/>, or more when samples are rare. 0 when <see cref="Vanished"/>.</summary>
    public double WindowSeconds { get; init; }

    /// <summary>True when the person could not be found after coming down.</summary>
    public bool Vanished { get; init; }

    /// <summary>All of it in one number, 0 to 1, see <see cref="ProbabilityRule"/>. Null when nobody was seen to come down.</summary>
    public float? Probability { get; init; }

    /// <summary>The same with its probability; unchanged when nobody was seen to come down.</summary>
    internal FallEvidence Judged(ProbabilityRule weights)
    {
        if (UprightAt is null)
        {
            return this;
        }

        var drop = (weights.ShoulderDropWeight * ((ShoulderDrop / weights.UsualShoulderDrop) - 1))
            + (weights.HipDropWeight * ((HipDrop / weights.UsualHipDrop) - 1));
        var speed = weights.SpeedWeight * ((Speed / weights.UsualSpeed) - 1);
        var low = Vanished ? 0 : weights.LowShareWeight * (LowShare - weights.UsualLowShare);
        return this with { Probability = 1 / (1 + MathF.Exp(weights.Bias - drop - speed - low)) };
    }
}
