using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// End-to-end detectors, which have suppression in the graph, whose boxes are corners (left, top, right, bottom) in pixels of the tensor, or parts of it: boxes
/// [1, n, 4], scores [1, n] and classes [1, n] with the names of TensorRT's EfficientNMS (<c>det_boxes</c>; YOLO v6 and later) or of
/// YOLO-NAS (<c>pred_boxes</c>), or <c>dets</c> [1, n, 5] with the score last and <c>labels</c> [1, n] (MMDetection).
/// </summary>
internal sealed class EndToEndBoxes : IDetectionDecoder
{
    private static readonly string[] Prefixes = ["det_", "pred_"];

    /// <inheritdoc/>
    public string Name => "finished-boxes";

    /// <summary>True for a name that TensorRT's EfficientNMS or YOLO-NAS gives to its classes.</summary>
    internal static bool IsNameOf(string output) =>
        output.Contains("det_classes", StringComparison.OrdinalIgnoreCase) || output.Contains("pred_classes", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        FindRows(outputs) is not null || (outputs.Any(output => IsNameOf(output.Name)) && FindLists(outputs) is not null);

    /// <summary>Nothing: the graph has suppressed.</summary>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => NonMaximumSuppression.KeepAll;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred, Pad = 114 };

    /// <summary>MMDetection's models want pictures with the mean and deviation of ImageNet.</summary>
    public ModelInput Usual(ModelInput tensor, IReadOnlyList<ModelOutput> outputs) =>
        FindRows(outputs) is null ? Usual(tensor) : tensor.AsInImageNet() with { Placement = LetterboxPlacement.TopLeft };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var first = found.Items.Count;
        if (FindRows(outputs) is var (finished, labels))
        {
            Add(finished.Values.Span, 5, finished.Values.Span[Math.Min(4, finished.Values.Length)..], 5, labels.Values.Span, threshold, found);
        }
        else if (FindLists(outputs) is var (boxes, scores, classes))
        {
            var rows = SsdOutputs.RowsThatCount(outputs, classes.Values.Length);
            Add(boxes.Values.Span, 4, scores.Values.Span, 1, classes.Values.Span[..rows], threshold, found);
        }
        else
        {
            throw new InferenceException($"the outputs {outputs.Describe()} are not boxes [1,n,4], scores [1,n] and classes [1,n]; try another decoder");
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[first..], letterbox);
    }

    private static void Add(
        ReadOnlySpan<float> boxes, int boxStep, ReadOnlySpan<float> scores, int scoreStep, ReadOnlySpan<float> classes, float threshold, CandidateList found)
    {
        for (var i = 0; i < classes.Length; i++)
        {
            if (scores[i * scoreStep] >= threshold && classes[i] >= 0) // rows that stand for nothing have class -1
            {
                var box = boxes.Slice(i * boxStep, 4);
                found.Add((int)classes[i], scores[i * scoreStep], new Box(box[0], box[1], box[2], box[3]));
            }
        }
    }

    private static (ModelOutput Rows, ModelOutput Labels)? FindRows(IReadOnlyList<ModelOutput> outputs) =>
        Find(outputs, "", "dets") is { Shape: [1, var n, 5] } rows && rows.Values.Length == 5 * n
        && Find(outputs, "", "labels") is { } labels && SsdOutputs.IsList(labels, n)
            ? (rows, labels)
            : null;

    private static (ModelOutput Boxes, ModelOutput Scores, ModelOutput Classes)? FindLists(IReadOnlyList<ModelOutput> outputs)
    {
        foreach (var prefix in Prefixes)
        {
            if (Find(outputs, prefix, "boxes") is { } boxes && SsdOutputs.IsBoxes(boxes)
                && Find(outputs, prefix, "scores") is { } scores && SsdOutputs.IsList(scores, boxes.FromLast(2))
                && Find(outputs, prefix, "classes") is { } classes && SsdOutputs.IsList(classes, boxes.FromLast(2)))
            {
                return (boxes, scores, classes);
            }
        }

        return null;
    }

    /// <summary>Exporters put their own names before these, such as <c>graph2_pred_boxes</c>.</summary>
    private static ModelOutput? Find(IReadOnlyList<ModelOutput> outputs, string prefix, string name)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            var called = outputs[i].Name.AsSpan();
            var colon = called.IndexOf(':');
            called = colon > 0 ? called[..colon] : called;
            if (called.EndsWith(name, StringComparison.OrdinalIgnoreCase) && called[..^name.Length].EndsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return outputs[i];
            }
        }

        return null;
    }
}
