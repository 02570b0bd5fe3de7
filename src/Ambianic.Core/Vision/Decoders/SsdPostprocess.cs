namespace Ambianic.Vision.Decoders;

/// <summary>
/// SSD with suppression in the graph, as TensorFlow's object detection models end: boxes [1, n, 4] (top, left, bottom,
/// right, relative to the tensor), classes [1, n] and scores [1, n], in this order, and their number.
/// </summary>
public sealed class SsdPostprocess : IDetectionDecoder
{
    /// <inheritdoc/>
    public string Name => "ssd-postprocess";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs) =>
        outputs.Count == 4 && Find(outputs, out var boxes, out _, out _) && boxes.FromLast(1) == 4;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor.Type == TensorType.Float
        ? tensor.BetweenMinusOneAndOne() with { Placement = LetterboxPlacement.TopLeft }
        : tensor with { Placement = LetterboxPlacement.TopLeft };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (!Find(outputs, out var boxes, out var classes, out var scores))
        {
            throw new InferenceException("the outputs are not boxes, classes and scores; try another decoder");
        }

        for (var i = 0; i < scores.Values.Length; i++)
        {
            var score = scores.Values.Span[i];
            if (score >= threshold)
            {
                var box = boxes.Values.Span.Slice(i * 4, 4);
                found.Add((int)classes.Values.Span[i], score, letterbox.FromFraction(new Box(box[1], box[0], box[3], box[2])));
            }
        }
    }

    private static bool Find(IReadOnlyList<ModelOutput> outputs, out ModelOutput boxes, out ModelOutput classes, out ModelOutput scores)
    {
        (boxes, classes, scores) = (outputs[0], outputs[0], outputs[0]);
        var count = boxes.FromLast(2);
        var lists = outputs.Where(output => output.Shape.Count == 2 && output.FromLast(1) == count).ToArray();
        if (boxes.Shape.Count != 3 || boxes.FromLast(1) != 4 || lists.Length != 2)
        {
            return false;
        }

        (classes, scores) = lists[0].Name.Contains("score", StringComparison.OrdinalIgnoreCase) ? (lists[1], lists[0]) : (lists[0], lists[1]);
        return true;
    }
}
