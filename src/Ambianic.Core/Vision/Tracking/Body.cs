namespace Ambianic.Core.Vision.Tracking;

/// <summary>A person in one sample, as seen by a pose model or, without key points, by an object detector.</summary>
/// <param name="Box">
/// In picture heights, horizontally too, so that lengths and angles mean the same in both directions: x reaches from 0 to the
/// picture's width / height.
/// </param>
/// <param name="Score">How certain the detector is that this is a person, 0 to 1.</param>
/// <param name="Keypoints">In picture heights, in the order of COCO's 17 key points; empty when only the box is known.</param>
public sealed record Body(Box Box, float Score, IReadOnlyList<Keypoint> Keypoints)
{
    /// <summary>A length that standing and lying have in common: the side of a square of the box's area, in picture heights.</summary>
    public float Size => MathF.Sqrt(MathF.Max(Box.Area, 1e-6f));

    /// <summary>True when the box is wider than high, like that of somebody who lies.</summary>
    public bool IsWide => Box.Width > Box.Height;

    /// <summary>True when the box has a smaller ratio of width to height than <paramref name="aspect"/>.</summary>
    public bool IsSlender(float aspect) => Box.Width < aspect * Box.Height;

    /// <summary>From middle to middle, in picture heights.</summary>
    public float DistanceTo(Body other)
    {
        var x = (Box.XMin + Box.XMax - other.Box.XMin - other.Box.XMax) / 2;
        var y = (Box.YMin + Box.YMax - other.Box.YMin - other.Box.YMax) / 2;
        return MathF.Sqrt((x * x) + (y * y));
    }

    /// <summary>Takes a detection, which is relative to a picture of the given aspect.</summary>
    /// <param name="detection">A person.</param>
    /// <param name="aspect">Width / height of the picture.</param>
    public static Body From(Detection detection, float aspect) => new(
        Stretch(detection.Box, aspect),
        detection.Confidence,
        [.. detection.Keypoints.Select(point => point with { X = point.X * aspect })]);

    /// <summary>The box relative to a picture of the given aspect again.</summary>
    public Box RelativeBox(float aspect) => Stretch(Box, 1 / aspect).Clip();

    /// <summary>The key points relative to a picture of the given aspect again.</summary>
    public IReadOnlyList<Keypoint> RelativeKeypoints(float aspect) =>
        [.. Keypoints.Select(point => point with { X = point.X / aspect })];

    private static Box Stretch(Box box, float factor) => box with { XMin = box.XMin * factor, XMax = box.XMax * factor };
}
