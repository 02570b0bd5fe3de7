using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// Detection transformers, in the three forms they are exported in: labels, boxes (corners in pixels of the size given as second
/// input) and scores (RT-DETR v2, D-FINE, TorchVision); logits and boxes of centre and size (Transformers, RF-DETR); or one output of such
/// boxes and scores [1, queries, 4 + classes] (Ultralytics). Logits that a sigmoid or softmax has already changed are taken as scores.
/// </summary>
/// <remarks>
/// N. Carion et al., "End-to-End Object Detection with Transformers", 2020, whose logits are for a softmax with a column for "nothing"; Y. Zhao et
/// al., "DETRs Beat YOLOs on Real-time Object Detection", 2023; Y. Peng et al., "D-FINE", 2024; github.com/roboflow/rf-detr.
/// </remarks>
internal sealed class Detr : IDetectionDecoder
{
    private const int UsualQueries = 300;
    private const int MostQueries = 1000;
    private const int MostClasses = 2000;

    /// <inheritdoc/>
    public string Name => "detr";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) => outputs.Count == 1
        ? IsRows(outputs[0]) && outputs[0].FromLast(2) == UsualQueries && outputs[0].FromLast(1) > 6
        : DetrOutputs.Finished(outputs) is not null || DetrOutputs.Logits(outputs) is not null;

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) =>
        outputs.Count == 1 ? outputs[0].FromLast(1) - 4
        : DetrOutputs.Finished(outputs) is null && DetrOutputs.Logits(outputs) is var (_, logits) ? logits.FromLast(1) - (DetrOutputs.ColumnOfNothing(logits) is null ? 0 : 1)
        : 0;

    /// <summary>RF-DETR has a column more than classes, and does not use it.</summary>
    public bool LastClassMayBeUnused(IReadOnlyList<ModelOutput> outputs) =>
        DetrOutputs.Logits(outputs) is var (boxes, logits) && DetrOutputs.IsCalledDets(boxes) && logits.FromLast(1) > 1;

    /// <inheritdoc/>
    public int FirstClass(IReadOnlyList<ModelOutput> outputs) =>
        DetrOutputs.Finished(outputs) is var (_, boxes, _) ? FirstLabel(boxes)
        : DetrOutputs.Logits(outputs) is var (_, logits) && DetrOutputs.ColumnOfNothing(logits) == 0 ? 1
        : 0;

    /// <summary>Nothing: each query stands for a thing of its own, which is what these models are trained for.</summary>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => NonMaximumSuppression.KeepAll;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred };

    /// <summary>RF-DETR, and those that are trained with a softmax, want pictures with the mean and deviation of ImageNet.</summary>
    public ModelInput Usual(ModelInput tensor, IReadOnlyList<ModelOutput> outputs) =>
        DetrOutputs.Finished(outputs) is null && DetrOutputs.Logits(outputs) is var (boxes, logits)
        && (DetrOutputs.IsCalledDets(boxes) || DetrOutputs.ColumnOfNothing(logits) is not null)
            ? tensor.AsInImageNet() with { Placement = LetterboxPlacement.Centred }
            : Usual(tensor);

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var before = found.Items.Count;
        if (outputs.Count == 1 && IsRows(outputs[0]))
        {
            DecodeRows(outputs[0], threshold, found);
        }
        else if (DetrOutputs.Finished(outputs) is var (labels, corners, scores))
        {
            DecodeFinished(labels.Values.Span, corners, scores.Values.Span, threshold, found);
        }
        else if (DetrOutputs.Logits(outputs) is var (boxes, logits))
        {
            DecodeLogits(logits, boxes.Values.Span, threshold, found);
        }
        else
        {
            throw new InferenceException($"the outputs {outputs.Describe()} are not those of a detection transformer; try another decoder");
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[before..], letterbox);
    }

    private static bool IsRows(ModelOutput output) => output.Shape is [1, <= MostQueries, > 4 and < MostClasses];

    private static int FirstLabel(ModelOutput boxes) => boxes.Shape.Count == 2 ? 1 : 0;

    private static void DecodeRows(ModelOutput output, float threshold, CandidateList found)
    {
        var columns = output.FromLast(1);
        for (var rows = output.Values.Span; rows.Length >= columns; rows = rows[columns..])
        {
            var (label, score) = ArgMax.Of(rows[4..columns]);
            if (score >= threshold)
            {
                found.Add(label, score, Centred(rows));
            }
        }
    }

    private static void DecodeLogits(ModelOutput logits, ReadOnlySpan<float> boxes, float threshold, CandidateList found)
    {
        var areScores = !DetrOutputs.HasNegative(logits.Values.Span);
        var nothing = DetrOutputs.ColumnOfNothing(logits);
        var (columns, first) = (logits.FromLast(1), nothing == 0 ? 1 : 0);
        var classes = columns - (nothing is null ? 0 : 1);
        var rows = logits.Values.Span;
        for (var query = 0; query < boxes.Length / 4; query++, rows = rows[columns..])
        {
            var (label, logit) = ArgMax.Of(rows.Slice(first, classes));
            var score = areScores ? logit : nothing is null ? Activation.Sigmoid(logit) : ShareOf(logit, rows[..columns]);
            if (score >= threshold)
            {
                found.Add(label, score, Centred(boxes[(query * 4)..]));
            }
        }
    }

    /// <summary>The softmax of one of the logits.</summary>
    private static float ShareOf(float logit, ReadOnlySpan<float> logits)
    {
        var sum = 0f;
        foreach (var other in logits)
        {
            sum += MathF.Exp(other - logit);
        }

        return 1 / sum;
    }

    private static void DecodeFinished(
        ReadOnlySpan<float> labels, ModelOutput boxes, ReadOnlySpan<float> scores, float threshold, CandidateList found)
    {
        var first = FirstLabel(boxes);
        var corners = boxes.Values.Span;
        for (var query = 0; query < scores.Length; query++)
        {
            if (scores[query] >= threshold)
            {
                var box = corners.Slice(query * 4, 4);
                found.Add((int)labels[query] - first, scores[query], new Box(box[0], box[1], box[2], box[3]));
            }
        }
    }

    private static Box Centred(ReadOnlySpan<float> box) =>
        new(box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2));
}
