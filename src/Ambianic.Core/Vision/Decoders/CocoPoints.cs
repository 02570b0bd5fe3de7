namespace Ambianic.Vision.Decoders;

/// <summary>The key points of a body in COCO's order, which most pose models share.</summary>
public static class CocoPoints
{
    /// <summary>Their names, 17 of them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
        "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    ];
}
