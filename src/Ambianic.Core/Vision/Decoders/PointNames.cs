namespace Ambianic.Core.Vision.Decoders;

/// <summary>Names of key points, in the order of the models that give them.</summary>
public static class PointNames
{
    /// <summary>The 17 points of COCO's key-point task, which MoveNet and PoseNet give. Left and right are the person's own.</summary>
    public static IReadOnlyList<string> Body { get; } =
    [
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
        "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    ];

    /// <summary>The 33 points of BlazePose.</summary>
    public static IReadOnlyList<string> DetailedBody { get; } =
    [
        "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer", "left_ear",
        "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
        "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
        "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index",
        "right_foot_index",
    ];

    /// <summary>The six points of BlazeFace.</summary>
    public static IReadOnlyList<string> Face { get; } = ["right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear"];

    /// <summary>The five points of YuNet.</summary>
    public static IReadOnlyList<string> FaceWithMouthCorners { get; } = ["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"];
}
