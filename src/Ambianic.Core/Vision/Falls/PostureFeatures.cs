using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>What one sample says of a person's posture. Lengths in picture heights, downwards positive.</summary>
/// <param name="Rule">What counts.</param>
/// <param name="Time">Of the sample.</param>
/// <param name="Box">Around the person.</param>
/// <param name="Shoulders">Height of the shoulders.</param>
/// <param name="Hips">Height of the hips.</param>
/// <param name="Feet">Height of the lower foot; of the lower edge of the box when no foot is seen.</param>
/// <param name="Score">How certain it is that this is a person, 0 to 1.</param>
/// <param name="Spine">Null when the pose is not believed and the heights are guessed from the box.</param>
internal readonly record struct PostureFeatures(
    FallRule Rule, TimeSpan Time, Box Box, float Shoulders, float Hips, float Feet, float Score, Spine? Spine)
{
    private const int LeftAnkle = 15;
    private const int RightAnkle = 16;

    /// <summary>True when the box reaches down to the lower edge of the picture, or nearly: the feet may be below it, wherever the model puts them.</summary>
    public bool IsCutBelow => Box.YMax > Rule.Posture.LowerEdge;

    /// <summary>True when a foot is seen for certain, and above the lower edge.</summary>
    public bool HasFeetInside { get; init; }

    /// <summary>The longer side of the box, in picture heights.</summary>
    public float Extent => MathF.Max(Box.Width, Box.Height);

    /// <summary>Width / height of the box.</summary>
    public float Aspect => Box.Width / MathF.Max(Box.Height, 1e-4f);

    /// <summary>Angle of the spine in degrees, 0 to 180; when it is not seen, that of the box.</summary>
    public float Angle => Spine?.Angle ?? MathF.Atan(Aspect) * (180 / MathF.PI);

    /// <summary>The person's height if upright: of the box, or what the torso tells when legs are hidden.</summary>
    public float Stature => MathF.Max(Box.Height, (Spine?.Length ?? 0) / Rule.Posture.TorsoToHeight);

    /// <summary>True when the person stands or sits straight.</summary>
    public bool IsUpright => Spine is { } spine
        ? spine.Angle < Rule.Posture.UprightAngle && Aspect < Rule.Posture.UprightAspect
        : Aspect < Rule.Posture.UprightBoxAspect;

    /// <summary>True when the torso is seen upright, wherever the legs are.</summary>
    public bool HasUprightTorso => Spine?.Angle < Rule.Posture.UprightAngle;

    /// <summary>True when the person is stretched out on the ground, as far as one picture can tell; never when kneeling or sitting.</summary>
    public bool IsLying => Spine is { } spine
        ? spine.Angle > Rule.Posture.LyingAngle && Aspect > Rule.Posture.LyingAspect
        : Aspect > Rule.Posture.LyingBoxAspect;

    /// <summary>Horizontal middle of the box, in picture heights.</summary>
    public float Middle => (Box.XMin + Box.XMax) / 2;

    /// <summary>Reads the posture of a body.</summary>
    public static PostureFeatures Of(Body body, TimeSpan time, FallRule rule)
    {
        var (box, posture) = (body.Box, rule.Posture);
        return Falls.Spine.Of(body.Keypoints, rule.SpineScore) is { } spine
            ? new PostureFeatures(rule, time, box, spine.Shoulders.Y, spine.Hips.Y, FeetOf(body, posture), body.Score, spine)
            {
                HasFeetInside = IsInside(body.Keypoints[LeftAnkle], posture) || IsInside(body.Keypoints[RightAnkle], posture),
            }
            : new PostureFeatures(
                rule,
                time,
                box,
                box.YMin + (posture.BoxToShoulders * box.Height),
                box.YMin + (posture.BoxToHips * box.Height),
                box.YMax,
                body.Score,
                null);
    }

    /// <summary>True when the person is bent, but on their feet: hips as high above them as those of somebody who stands.</summary>
    /// <param name="stature">The person's height when upright, 0 when not known.</param>
    public bool IsStooped(float stature) =>
        Spine is { } spine
        && spine.Angle >= Rule.Posture.UprightAngle
        && spine.Angle < Rule.StoopedAngle
        && Aspect < Rule.Posture.UprightAspect
        && Feet - Hips >= Rule.StandingHips * MathF.Max(stature, Stature);

    /// <summary>True when the box reaches out of the picture on the left or the right, or nearly.</summary>
    /// <param name="pictureWidth">In picture heights.</param>
    /// <param name="margin">How near is nearly, in picture heights.</param>
    public bool IsCutBeside(float pictureWidth, float margin) => Box.XMin < margin || Box.XMax > pictureWidth - margin;

    /// <summary>
    /// True for the rest of somebody who is leaving the picture, at a side or, only the head, at the lower edge: its shape says nothing.
    /// </summary>
    /// <param name="pictureWidth">In picture heights.</param>
    /// <param name="stature">The person's height when upright.</param>
    public bool IsRemnant(float pictureWidth, float stature) =>
        (IsCutBeside(pictureWidth, Rule.Posture.RemnantMargin) || (IsCutBelow && Shoulders > Rule.Posture.RemnantShoulders))
        && Extent < Rule.Posture.RemnantExtent * stature;

    /// <summary>True when lying, crouching or on all fours, for a person of that height.</summary>
    public bool IsLow(float stature) =>
        Spine?.Angle > Rule.LowAngle
        || Aspect > Rule.LowAspect
        || (Box.Height < Rule.LowHeight * stature && Aspect > Rule.SlenderAspect);

    private static bool IsInside(Keypoint foot, PostureRule rule) => foot.Confidence >= rule.CertainAnkleScore && foot.Y < rule.LowerEdge;

    private static float FeetOf(Body body, PostureRule rule)
    {
        var (left, right) = (body.Keypoints[LeftAnkle], body.Keypoints[RightAnkle]);
        return (left.Confidence >= rule.AnkleScore, right.Confidence >= rule.AnkleScore) switch
        {
            (true, true) => MathF.Max(left.Y, right.Y),
            (true, false) => left.Y,
            (false, true) => right.Y,
            _ => body.Box.YMax,
        };
    }
}
