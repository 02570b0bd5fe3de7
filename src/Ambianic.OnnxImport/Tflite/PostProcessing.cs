namespace Ambianic.OnnxImport.Tflite;

/// <summary>
/// Parameters of TensorFlow Lite's custom operator <c>TFLite_Detection_PostProcess</c>. ONNX has no such operator, so an imported
/// model ends before it and has these four outputs instead; the README of this package says what to do with them.
/// </summary>
internal sealed record PostProcessing
{
    /// <summary>Output of encoded boxes: [1, anchors, 4] of y, x, height, width.</summary>
    public const string Boxes = "postprocess/boxes";

    /// <summary>Output of scores: [1, anchors, classes], those of a background class first when there is one more than <see cref="Classes"/>.</summary>
    public const string Scores = "postprocess/scores";

    /// <summary>Output of anchors: [anchors, 4] of centre y, centre x, height, width, relative to the picture.</summary>
    public const string Anchors = "postprocess/anchors";

    /// <summary>Output of this record's values, in the order of <see cref="ToTensor"/>.</summary>
    public const string Parameters = "postprocess/parameters";

    /// <summary>Boxes in the result at most.</summary>
    public required int MostDetections { get; init; }

    /// <summary>In fast mode, how many of its best classes a box is reported with.</summary>
    public required int ClassesPerDetection { get; init; }

    /// <summary>In regular mode, boxes of one class at most.</summary>
    public required int DetectionsPerClass { get; init; }

    /// <summary>True: boxes are suppressed class by class. False: only the best score of each box counts.</summary>
    public required bool IsRegular { get; init; }

    /// <summary>Lower scores are left out, 0 to 1.</summary>
    public required float ScoreThreshold { get; init; }

    /// <summary>A box that overlaps a better one by more is suppressed; intersection over union, 0 to 1.</summary>
    public required float OverlapThreshold { get; init; }

    /// <summary>Number of classes without background.</summary>
    public required int Classes { get; init; }

    /// <summary>Encoded y is divided by it.</summary>
    public required float ScaleY { get; init; }

    /// <summary>Encoded x is divided by it.</summary>
    public required float ScaleX { get; init; }

    /// <summary>Encoded height is divided by it.</summary>
    public required float ScaleHeight { get; init; }

    /// <summary>Encoded width is divided by it.</summary>
    public required float ScaleWidth { get; init; }

    /// <summary>The eleven values of the output <see cref="Parameters"/>.</summary>
    public float[] ToTensor() =>
    [
        MostDetections, ClassesPerDetection, DetectionsPerClass, IsRegular ? 1 : 0, ScoreThreshold, OverlapThreshold, Classes,
        ScaleY, ScaleX, ScaleHeight, ScaleWidth,
    ];
}
