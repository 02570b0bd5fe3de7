using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>What one sample says of a person's posture. Lengths in picture heights, downwards positive.</summary>
/// <param name="Time">Of the sample.</param>
/// <param name="Box">Around the person.</param>
/// <param name="Shoulders">Height of the shoulders.</param>
/// <param name="Hips">Height of the hips.</param>
/// <param name="Feet">Height of the lower foot; of the lower edge when no foot is seen.</param>
/// <param name="Score">How certain it is that this is a person, 0 to 1.</param>
/// <param name="Spine">Null when the pose is not believed and the heights are guessed from the box.</param>
internal readonly record struct Moment(TimeSpan Time, Box Box, float Shoulders, float Hips, float Feet, float Score, Spine? Spine)
{
    private const float TorsoToHeight = 0.3f;
    private const float UprightAngle = 45;
    private const float UprightAspect = 1.1f;
    private const int LeftAnkle = 15;
    private const int RightAnkle = 16;
    private const float AnkleScore = 0.2f;
    private const float CertainAnkleScore = 0.5f;
    private const float LowerEdge = 0.97f;

    /// <summary>Reaches down to the lower edge of the picture, or nearly: the feet may be below it, wherever the model puts them.</summary>
    public bool IsCutBelow => Box.YMax > LowerEdge;

    /// <summary>True when a foot is seen for certain, and above the lower edge.</summary>
    public bool HasFeetInside { get; init; }

    /// <summary>The longer side of the box, in picture heights.</summary>
    public float Extent => MathF.Max(Box.Width, Box.Height);

    /// <summary>Width of the box in heights of the box.</summary>
    public float Aspect => Box.Width / MathF.Max(Box.Height, 1e-4f);

    /// <summary>Angle of the spine in degrees, 0 to 180; when it is not seen, that of the box.</summary>
    public float Angle => Spine?.Angle ?? MathF.Atan(Aspect) * (180 / MathF.PI);

    /// <summary>The person's height if upright: of the box, or what the torso tells when legs are hidden.</summary>
    public float Stature => MathF.Max(Box.Height, (Spine?.Length ?? 0) / TorsoToHeight);

    /// <summary>Standing, or sitting straight.</summary>
    public bool IsUpright => Spine is { } spine ? spine.Angle < UprightAngle && Aspect < UprightAspect : Aspect < 0.7f;

    /// <summary>Seen with an upright torso, wherever the legs are.</summary>
    public bool HasUprightTorso => Spine is { Angle: < UprightAngle };

    /// <summary>Bent, but on his feet: hips as high above them as those of somebody who stands.</summary>
    /// <param name="rule">What counts.</param>
    /// <param name="stature">The person's height when upright, 0 when not known.</param>
    public bool IsStooped(FallRule rule, float stature) =>
        Spine is { Angle: >= UprightAngle } spine && spine.Angle < rule.StoopedAngle && Aspect < UprightAspect
        && Feet - Hips >= rule.StandingHips * MathF.Max(stature, Stature);

    /// <summary>Stretched out on the ground, as far as one picture can tell; never somebody who kneels or sits.</summary>
    public bool IsLying => Spine is { } spine ? spine.Angle > 60 && Aspect > 1.1f : Aspect > 1.5f;

    /// <summary>Reads the posture of a body.</summary>
    public static Moment Of(Body body, TimeSpan time, float spineScore)
    {
        var box = body.Box;
        return Falls.Spine.Of(body.Keypoints, spineScore) is { } spine
            ? new Moment(time, box, spine.Shoulders.Y, spine.Hips.Y, FeetOf(body), body.Score, spine)
            {
                HasFeetInside = IsInside(body.Keypoints[LeftAnkle]) || IsInside(body.Keypoints[RightAnkle]),
            }
            : new Moment(time, box, box.YMin + (0.18f * box.Height), box.YMin + (0.48f * box.Height), box.YMax, body.Score, null);
    }

    /// <summary>Reaches out of the picture on the left or the right, or nearly.</summary>
    /// <param name="pictureWidth">In picture heights.</param>
    /// <param name="margin">How near is nearly, in picture heights.</param>
    public bool IsCut(float pictureWidth, float margin) => Box.XMin < margin || Box.XMax > pictureWidth - margin;

    /// <summary>The little that still reaches into the picture of somebody who is leaving it, at a side or, a head alone, below: its shape says nothing.</summary>
    /// <param name="pictureWidth">In picture heights.</param>
    /// <param name="stature">The person's height when upright.</param>
    public bool IsRemnant(float pictureWidth, float stature) =>
        (IsCut(pictureWidth, 0.02f) || (IsCutBelow && Shoulders > 0.95f)) && Extent < 0.5f * stature;

    /// <summary>Lying, crouching or on all fours, for a person of that height.</summary>
    public bool IsLow(FallRule rule, float stature) =>
        Spine?.Angle > rule.LowAngle
        || Aspect > rule.LowAspect
        || (Box.Height < rule.LowHeight * stature && Aspect > rule.SlenderAspect);

    private static bool IsInside(Keypoint foot) => foot.Confidence >= CertainAnkleScore && foot.Y < LowerEdge;

    private static float FeetOf(Body body)
    {
        var (left, right) = (body.Keypoints[LeftAnkle], body.Keypoints[RightAnkle]);
        return (left.Confidence >= AnkleScore, right.Confidence >= AnkleScore) switch
        {
            (true, true) => MathF.Max(left.Y, right.Y),
            (true, false) => left.Y,
            (false, true) => right.Y,
            _ => body.Box.YMax,
        };
    }
}
