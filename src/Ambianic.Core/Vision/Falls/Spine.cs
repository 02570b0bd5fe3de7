namespace Ambianic.Core.Vision.Falls;

/// <summary>The line from the hips to the shoulders.</summary>
/// <param name="Shoulders">Mean of the visible shoulders, in the units of the key points.</param>
/// <param name="Hips">Mean of the visible hips.</param>
/// <param name="Score">
/// Mean of the left and the right side, each as certain as the less certain of its two points; when one side alone is visible,
/// 0.9 of that side. 0 to 1.
/// </param>
public readonly record struct Spine((float X, float Y) Shoulders, (float X, float Y) Hips, float Score)
{
    private const int LeftShoulder = 5;
    private const int RightShoulder = 6;
    private const int LeftHip = 11;
    private const int RightHip = 12;

    /// <summary>Names of the four points, in the words of the pose models.</summary>
    public static IReadOnlyList<string> PointNames { get; } = ["left_shoulder", "left_hip", "right_shoulder", "right_hip"];

    /// <summary>Angle to the vertical in degrees: 0 is upright, 90 level, 180 head down.</summary>
    public float Angle =>
        MathF.Atan2(MathF.Abs(Shoulders.X - Hips.X), Hips.Y - Shoulders.Y) * (180 / MathF.PI);

    /// <summary>Length in the units of the key points.</summary>
    public float Length => MathF.Sqrt(
        ((Shoulders.X - Hips.X) * (Shoulders.X - Hips.X)) + ((Shoulders.Y - Hips.Y) * (Shoulders.Y - Hips.Y)));

    /// <summary>The spine of COCO's 17 key points in square units; null when neither side is as certain as <paramref name="threshold"/>.</summary>
    public static Spine? Of(IReadOnlyList<Keypoint> keypoints, float threshold)
    {
        if (keypoints.Count != 17)
        {
            return null;
        }

        var left = MathF.Min(keypoints[LeftShoulder].Confidence, keypoints[LeftHip].Confidence);
        var right = MathF.Min(keypoints[RightShoulder].Confidence, keypoints[RightHip].Confidence);
        return (left >= threshold, right >= threshold) switch
        {
            (true, true) => new Spine(
                Mean(keypoints[LeftShoulder], keypoints[RightShoulder]),
                Mean(keypoints[LeftHip], keypoints[RightHip]),
                (left + right) / 2),
            (true, false) => new Spine(Point(keypoints[LeftShoulder]), Point(keypoints[LeftHip]), 0.9f * left),
            (false, true) => new Spine(Point(keypoints[RightShoulder]), Point(keypoints[RightHip]), 0.9f * right),
            _ => null,
        };
    }

    private static (float X, float Y) Point(Keypoint point) => (point.X, point.Y);

    private static (float X, float Y) Mean(Keypoint a, Keypoint b) => ((a.X + b.X) / 2, (a.Y + b.Y) / 2);
}
