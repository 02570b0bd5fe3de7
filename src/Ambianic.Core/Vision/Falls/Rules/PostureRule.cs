namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for what one sample says of a posture. Aspect is width / height of the box.</summary>
public sealed record PostureRule
{
    /// <summary>Length of the torso of a standing person, in heights (Drillis and Contini: 0.288).</summary>
    public float TorsoToHeight { get; init; } = 0.3f;

    /// <summary>A torso that leans less than this, in degrees from the vertical, is upright.</summary>
    public float UprightAngle { get; init; } = 45;

    /// <summary>Somebody in a box of at least this aspect is not upright, whatever the torso says.</summary>
    public float UprightAspect { get; init; } = 1.1f;

    /// <summary>Without a believed pose, a box of less than this aspect is that of somebody upright.</summary>
    public float UprightBoxAspect { get; init; } = 0.7f;

    /// <summary>A torso that leans more than this, in degrees, is lying...</summary>
    public float LyingAngle { get; init; } = 60;

    /// <summary>...in a box of more than this aspect.</summary>
    public float LyingAspect { get; init; } = 1.1f;

    /// <summary>Without a believed pose, a box of more than this aspect is that of somebody lying.</summary>
    public float LyingBoxAspect { get; init; } = 1.5f;

    /// <summary>Without a believed pose, the shoulders are this part of the box below its top.</summary>
    public float BoxToShoulders { get; init; } = 0.18f;

    /// <summary>Without a believed pose, the hips are this part of the box below its top.</summary>
    public float BoxToHips { get; init; } = 0.48f;

    /// <summary>An ankle at least this certain, 0 to 1, says where the feet are; otherwise the box does.</summary>
    public float AnkleScore { get; init; } = 0.2f;

    /// <summary>An ankle at least this certain, 0 to 1, and above the lower edge proves that the feet are in the picture.</summary>
    public float CertainAnkleScore { get; init; } = 0.5f;

    /// <summary>A box that reaches below this, in picture heights from the top, may be cut off by the lower edge.</summary>
    public float LowerEdge { get; init; } = 0.97f;

    /// <summary>A box nearer to the left or right edge than this, in picture heights, may be the rest of somebody who is leaving.</summary>
    public float RemnantMargin { get; init; } = 0.02f;

    /// <summary>Shoulders below this, in picture heights from the top, leave only a head in the picture.</summary>
    public float RemnantShoulders { get; init; } = 0.95f;

    /// <summary>The rest of somebody who is leaving is smaller than this, in heights.</summary>
    public float RemnantExtent { get; init; } = 0.5f;
}
