namespace Ambianic.Vision.Falls;

/// <summary>Why somebody is taken to have fallen. Lengths are parts of the person's height when upright.</summary>
public sealed record FallEvidence
{
    /// <summary>When the person was last upright; time within the medium.</summary>
    public TimeSpan UprightAt { get; init; }

    /// <summary>When the person was down; time within the medium.</summary>
    public TimeSpan DownAt { get; init; }

    /// <summary>How far the shoulders came down.</summary>
    public float ShoulderDrop { get; init; }

    /// <summary>How far the hips came down.</summary>
    public float HipDrop { get; init; }

    /// <summary>Fastest descent of the shoulders over half a second, in heights a second.</summary>
    public float Speed { get; init; }

    /// <summary>Part of the time since then that the person was low, 0 to 1.</summary>
    public float LowShare { get; init; }

    /// <summary>True when the person could not be found after coming down.</summary>
    public bool Vanished { get; init; }

    /// <summary>
    /// All of it in one number, 0 to 1: a logistic function that gives each piece of evidence about one unit for each time it
    /// reaches what <see cref="FallRule"/> asks for at least.
    /// </summary>
    public float Probability
    {
        get
        {
            var drop = (2.5f * ((ShoulderDrop / 0.3f) - 1)) + (1.0f * ((HipDrop / 0.12f) - 1));
            var speed = 2.5f * ((Speed / 0.5f) - 1);
            var low = Vanished ? 0 : 5 * (LowShare - 0.6f);
            return 1 / (1 + MathF.Exp(1.5f - drop - speed - low));
        }
    }
}
