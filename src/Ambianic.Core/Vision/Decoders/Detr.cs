namespace Ambianic.Vision.Decoders;

/// <summary>
/// Real-time detection transformers, in the three forms they are exported in: labels, boxes (corners in pixels of the size
/// given as second input) and scores (RT-DETR v2, D-FINE); logits and relative boxes (Transformers); or one output of
/// relative boxes and scores [1, queries, 4 + classes] (Ultralytics).
/// </summary>
/// <remarks>Y. Zhao et al., "DETRs Beat YOLOs on Real-time Object Detection", 2023; Y. Peng et al., "D-FINE", 2024.</remarks>
public sealed class Detr : IDetectionDecoder
{
    private const int UsualQueries = 300;
    private const int MostQueries = 1000;
    private const int MostClasses = 2000;

    /// <inheritdoc/>
    public string Name => "detr";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 1
            ? IsRows(outputs[0]) && outputs[0].FromLast(2) == UsualQueries && outputs[0].FromLast(1) > 6
            : outputs.Count is 2 or 3 && Find(outputs, "boxes") is { } boxes && boxes.FromLast(1) == 4 && (Find(outputs, "logits") ?? Find(outputs, "scores")) is not null;

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) =>
        outputs.Count == 1 ? outputs[0].FromLast(1) - 4 : Find(outputs, "logits")?.FromLast(1) ?? 0;

    /// <summary>Nothing: each query stands for a thing of its own, which is what these models are trained for.</summary>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => NonMaximumSuppression.KeepAll;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var boxes = Find(outputs, "boxes");
        var queries = boxes is { Shape.Count: > 1 } && boxes.FromLast(1) == 4 && boxes.FromLast(2) * 4 == boxes.Values.Length ? boxes.FromLast(2) : -1;
        if (outputs.Count == 1 && IsRows(outputs[0]))
        {
            DecodeRows(outputs[0], letterbox, threshold, found);
        }
        else if (Find(outputs, "logits") is { Shape.Count: > 1 } logits && logits.FromLast(1) > 0 && logits.FromLast(1) * queries == logits.Values.Length)
        {
            DecodeLogits(logits, boxes!.Values.Span, letterbox, threshold, found);
        }
        else if (Find(outputs, "labels") is { } labels && Find(outputs, "scores") is { } scores && labels.Values.Length == queries && scores.Values.Length == queries)
        {
            DecodeFinished(labels.Values.Span, boxes!.Values.Span, scores.Values.Span, threshold, found);
        }
        else
        {
            throw new InferenceException(
                $"the outputs {string.Join(", ", outputs.Select(output => $"{output.Name} [{string.Join(",", output.Shape)}]"))} are not those of a detection transformer; try another decoder");
        }
    }

    private static bool IsRows(ModelOutput output) => output.Shape is [1, <= MostQueries, > 4 and < MostClasses];

    private static ModelOutput? Find(IReadOnlyList<ModelOutput> outputs, string name)
    {
        foreach (var output in outputs)
        {
            if (output.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            {
                return output;
            }
        }

        return null;
    }

    private static void DecodeRows(ModelOutput output, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var columns = output.FromLast(1);
        for (var rows = output.Values.Span; rows.Length >= columns; rows = rows[columns..])
        {
            var (label, score) = Best.Of(rows[4..columns]);
            if (score >= threshold)
            {
                found.Add(label, score, Relative(rows, letterbox));
            }
        }
    }

    private static void DecodeLogits(
        ModelOutput logits, ReadOnlySpan<float> boxes, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var classes = logits.FromLast(1);
        var values = logits.Values.Span;
        for (var query = 0; query < boxes.Length / 4; query++)
        {
            var (label, logit) = Best.Of(values.Slice(query * classes, classes));
            var score = Activation.Sigmoid(logit);
            if (score >= threshold)
            {
                found.Add(label, score, Relative(boxes[(query * 4)..], letterbox));
            }
        }
    }

    private static void DecodeFinished(
        ReadOnlySpan<float> labels, ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, float threshold, CandidateList found)
    {
        for (var query = 0; query < scores.Length; query++)
        {
            if (scores[query] >= threshold)
            {
                var box = boxes.Slice(query * 4, 4);
                found.Add((int)labels[query], scores[query], new Box(box[0], box[1], box[2], box[3]));
            }
        }
    }

    private static Box Relative(ReadOnlySpan<float> box, in Letterbox letterbox)
    {
        var (x, y) = (box[0] * letterbox.TensorWidth, box[1] * letterbox.TensorHeight);
        var (halfWidth, halfHeight) = (box[2] * letterbox.TensorWidth / 2, box[3] * letterbox.TensorHeight / 2);
        return new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    }
}
