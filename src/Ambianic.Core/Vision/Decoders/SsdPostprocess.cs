using System.Runtime.InteropServices;

namespace Ambianic.Vision.Decoders;

/// <summary>
/// SSD detectors. Either suppression is part of the graph, as TensorFlow's object detection models end: boxes [1, n, 4] (top,
/// left, bottom, right, relative to the tensor), then classes [1, n] and scores [1, n], and their number. Or the graph
/// was imported from TensorFlow Lite and leaves the end to <see cref="DetectionPostProcess"/>.
/// </summary>
public sealed class SsdPostprocess : IDetectionDecoder
{
    /// <inheritdoc/>
    public string Name => "ssd-postprocess";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        Find(outputs, DetectionPostProcess.Parameters) is not null || (outputs.Count == 4 && FindFinished(outputs) is not null);

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) =>
        Find(outputs, DetectionPostProcess.Parameters) is { } parameters ? DetectionPostProcess.FromTensor(parameters.Values.Span).Classes : 0;

    /// <summary>Nothing: the file's own parameters have said what is suppressed.</summary>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => NonMaximumSuppression.KeepAll;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) =>
        tensor.BetweenMinusOneAndOne() with { Placement = LetterboxPlacement.TopLeft };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (Find(outputs, DetectionPostProcess.Parameters) is { } parameters)
        {
            DecodeRest(DetectionPostProcess.FromTensor(parameters.Values.Span), outputs, letterbox, threshold, found);
        }
        else if (FindFinished(outputs) is var (boxes, classes, scores))
        {
            DecodeFinished(boxes.Values.Span, classes.Values.Span, scores.Values.Span, letterbox, threshold, found);
        }
        else
        {
            throw new InferenceException("the outputs are not boxes, classes and scores; try another decoder");
        }
    }

    private static void DecodeRest(
        DetectionPostProcess postProcess, IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        postProcess.Apply(
            Require(outputs, DetectionPostProcess.Boxes),
            Require(outputs, DetectionPostProcess.Scores),
            Require(outputs, DetectionPostProcess.Anchors),
            found.Items);
        var kept = 0;
        foreach (var candidate in CollectionsMarshal.AsSpan(found.Items))
        {
            if (candidate.Score >= threshold)
            {
                found.Items[kept++] = candidate with { Box = letterbox.FromFraction(candidate.Box) };
            }
        }

        found.Items.RemoveRange(kept, found.Items.Count - kept);
    }

    private static void DecodeFinished(
        ReadOnlySpan<float> boxes, ReadOnlySpan<float> classes, ReadOnlySpan<float> scores, in Letterbox letterbox, float threshold, CandidateList found)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= threshold)
            {
                var box = boxes.Slice(i * 4, 4);
                found.Add((int)classes[i], scores[i], letterbox.FromFraction(new Box(box[1], box[0], box[3], box[2])));
            }
        }
    }

    private static (ModelOutput Boxes, ModelOutput Classes, ModelOutput Scores)? FindFinished(IReadOnlyList<ModelOutput> outputs)
    {
        var boxes = outputs[0];
        var lists = outputs.Where(output => output.Shape.Count == 2 && output.FromLast(1) == boxes.FromLast(2)).ToArray();
        if (boxes.Shape is not [1, _, 4] || lists.Length != 2 || lists.Any(list => list.Shape[0] != 1))
        {
            return null;
        }

        return lists[0].Name.Contains("score", StringComparison.OrdinalIgnoreCase)
            ? (boxes, lists[1], lists[0])
            : (boxes, lists[0], lists[1]);
    }

    private static ReadOnlySpan<float> Require(IReadOnlyList<ModelOutput> outputs, string name) =>
        Find(outputs, name) is { } output ? output.Values.Span : throw new InferenceException($"the model has no output {name}");

    private static ModelOutput? Find(IReadOnlyList<ModelOutput> outputs, string name)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Name == name)
            {
                return outputs[i];
            }
        }

        return null;
    }
}
