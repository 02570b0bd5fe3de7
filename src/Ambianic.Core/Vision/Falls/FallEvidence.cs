namespace Ambianic.Vision.Falls;

/// <summary>
/// Why somebody is taken to have fallen, or to lie: of the latter only <see cref="DownAt"/> and <see cref="LowShare"/> are known.
/// Lengths are parts of the person's height when upright.
/// </summary>
public sealed record FallEvidence
{
    /// <summary>What sitting or lying down on purpose just reaches: drops of a person's height, heights a second, part of the samples.</summary>
    private const float UsualShoulderDrop = 0.3f, UsualHipDrop = 0.12f, UsualSpeed = 0.5f, UsualLowShare = 0.6f;

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

    /// <summary>
    /// All of it in one number, 0 to 1: a logistic function of how far each piece of evidence goes beyond what is usual when
    /// people sit or lie down on purpose. Speed weighs most, for that is what a person who lets himself down controls. Null when
    /// nobody was seen to come down.
    /// </summary>
    public float? Probability
    {
        get
        {
            if (UprightAt is null)
            {
                return null;
            }

            var drop = (2.5f * ((ShoulderDrop / UsualShoulderDrop) - 1)) + (1f * ((HipDrop / UsualHipDrop) - 1));
            var speed = 5 * ((Speed / UsualSpeed) - 1);
            var low = Vanished ? 0 : 5 * (LowShare - UsualLowShare);
            return 1 / (1 + MathF.Exp(2 - drop - speed - low));
        }
    }
}
