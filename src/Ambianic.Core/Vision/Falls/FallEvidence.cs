namespace Ambianic.Vision.Falls;

/// <summary>Why somebody is taken to have fallen. Lengths are parts of the person's height when upright.</summary>
public sealed record FallEvidence
{
    /// <summary>When the person was last upright.</summary>
    public TimeSpan UprightAt { get; init; }

    /// <summary>When the person was down.</summary>
    public TimeSpan DownAt { get; init; }

    /// <summary>How far the shoulders came down.</summary>
    public float ShoulderDrop { get; init; }

    /// <summary>How far the hips came down.</summary>
    public float HipDrop { get; init; }

    /// <summary>Fastest descent of the shoulders over half a second, in heights a second.</summary>
    public float Speed { get; init; }

    /// <summary>Angle of the spine to the vertical, 0 to 180 degrees; 90 when it could not be seen.</summary>
    public float LeaningAngle { get; init; }

    /// <summary>Width / height of the person's box.</summary>
    public float Aspect { get; init; }

    /// <summary>Part of the time since then that the person was low, 0 to 1.</summary>
    public float LowShare { get; init; }

    /// <summary>True when the person could not be found after coming down.</summary>
    public bool Vanished { get; init; }

    /// <summary>All of it in one number, 0 to 1.</summary>
    public float Probability { get; init; }
}
