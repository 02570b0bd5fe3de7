using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>A posture in the picture plane: angles from the vertical in degrees, hip height over the ground in body heights.</summary>
public sealed record Posture(float Torso, float Thigh, float Shin, float HipHeight)
{
    public static Posture Standing { get; } = new(0, 0, 0, 0.50f);

    public static Posture Sitting { get; } = new(5, 85, 0, 0.27f);

    public static Posture Bending { get; } = new(95, -5, 5, 0.48f);

    public static Posture TyingShoe { get; } = new(65, 60, -20, 0.40f);

    /// <summary>Something from the floor, with bent knees.</summary>
    public static Posture PickingUp { get; } = new(75, 70, -30, 0.33f);

    /// <summary>On the heels, feet where they were.</summary>
    public static Posture Squatting { get; } = new(25, 110, -18, 0.15f);

    /// <summary>On the floor, legs stretched out towards a camera that looks down a little.</summary>
    public static Posture SittingTowardsTheCamera { get; } = new(0, 60, 60, 0.06f);

    /// <summary>The same seen from behind by a camera that looks down a little: the feet are further away than the hips.</summary>
    public static Posture SittingAwayFromTheCamera { get; } = new(0, 100, 250, -0.10f);

    /// <summary>On the floor, legs stretched out to the side of the picture.</summary>
    public static Posture SittingOnTheFloor { get; } = new(10, 88, 88, 0.08f);

    public static Posture Lying { get; } = new(88, 90, 90, 0.06f);

    public static Posture Between(Posture a, Posture b, float share) => new(
        a.Torso + ((b.Torso - a.Torso) * share),
        a.Thigh + ((Nearest(a.Thigh, b.Thigh) - a.Thigh) * share),
        a.Shin + ((Nearest(a.Shin, b.Shin) - a.Shin) * share),
        a.HipHeight + ((b.HipHeight - a.HipHeight) * share));

    private static float Nearest(float from, float to) => to - (360 * MathF.Round((to - from) / 360));
}

/// <summary>Draws a posture as a detection with COCO's key points. Lengths of limbs: R. Drillis, R. Contini, 1966.</summary>
public static class StickFigure
{
    /// <param name="posture">How the person holds itself.</param>
    /// <param name="x">Where the hips are, in picture widths.</param>
    /// <param name="ground">Where the ground is, in picture heights from the top.</param>
    /// <param name="height">Of the person, in picture heights.</param>
    /// <param name="aspect">Width / height of the picture.</param>
    /// <param name="score">Of the person and of its points.</param>
    public static Detection Draw(Posture posture, float x, float ground, float height, float aspect, float score = 0.6f)
    {
        (float X, float Y) hip = (x * aspect, ground - (posture.HipHeight * height));
        var shoulder = Along(hip, posture.Torso, 0.288f * height);
        var head = Along(shoulder, posture.Torso, 0.13f * height);
        var elbow = Along(shoulder, posture.Torso, -0.186f * height);
        var wrist = Along(elbow, posture.Torso, -0.146f * height);
        var knee = Along(hip, posture.Thigh, -0.245f * height);
        var ankle = Along(knee, posture.Shin, -0.246f * height);
        (float X, float Y)[] points =
        [
            head, head, head, head, head, shoulder, shoulder, elbow, elbow, wrist, wrist, hip, hip, knee, knee, ankle, ankle,
        ];
        for (var i = 0; i < points.Length; i++)
        {
            points[i].Y = MathF.Min(points[i].Y, 1); // where models put what is below the picture
        }

        var margin = 0.04f * height;
        var box = new Box(
            (points.Min(point => point.X) - margin) / aspect,
            points.Min(point => point.Y) - margin,
            (points.Max(point => point.X) + margin) / aspect,
            points.Max(point => point.Y) + margin).Clip();
        return new Detection("person", score, box)
        {
            Keypoints = [.. points.Select((point, i) => new Keypoint(PointNames.Body[i], point.X / aspect, point.Y, score))],
        };
    }

    /// <summary>Up along a limb that leans by an angle; negative lengths lead down.</summary>
    private static (float X, float Y) Along((float X, float Y) from, float degrees, float length)
    {
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        return (from.X + (sin * length), from.Y - (cos * length));
    }
}
