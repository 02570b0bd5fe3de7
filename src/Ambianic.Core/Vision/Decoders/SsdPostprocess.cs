using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// SSD detectors. Either suppression is part of the graph, as TensorFlow's object detection models end: boxes [1, n, 4] (top,
/// left, bottom, right, relative to the tensor), classes [1, n], scores [1, n] and their number, see <see cref="SsdOutputs"/>. Or the
/// graph was imported from TensorFlow Lite and leaves the end to <see cref="DetectionPostProcess"/>.
/// </summary>
internal sealed class SsdPostprocess : IDetectionDecoder
{
    /// <inheritdoc/>
    public string Name => "ssd-postprocess";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        Find(outputs, DetectionPostProcess.Parameters) is not null
        || (outputs.Count > 2 && !outputs.Any(output => IsOfAnotherFamily(output.Name)) && SsdOutputs.Find(outputs) is not null);

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) =>
        Find(outputs, DetectionPostProcess.Parameters) is { } parameters ? DetectionPostProcess.FromTensor(parameters.Values.Span).Classes : 0;

    /// <inheritdoc/>
    public int FirstClass(IReadOnlyList<ModelOutput> outputs) =>
        Find(outputs, DetectionPostProcess.Parameters) is null && SsdOutputs.Find(outputs) is { } found ? found.FirstClass : 0;

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
        else if (SsdOutputs.Find(outputs) is { } finished)
        {
            DecodeFinished(finished, SsdOutputs.RowsThatCount(outputs, finished.Scores.Values.Length), letterbox, threshold, found);
        }
        else
        {
            throw new InferenceException($"the outputs {outputs.Describe()} are not boxes [1,n,4], classes [1,n] and scores [1,n]; try another decoder");
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

    private static void DecodeFinished(in SsdOutputs outputs, int rows, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var boxes = outputs.Boxes.Values.Span;
        var classes = outputs.Classes.Values.Span;
        var scores = outputs.Scores.Values.Span;
        var first = found.Items.Count;
        for (var i = 0; i < rows; i++)
        {
            if (scores[i] >= threshold)
            {
                var box = boxes.Slice(i * 4, 4);
                found.Add((int)classes[i] - outputs.FirstClass, scores[i], new Box(box[1], box[0], box[3], box[2]));
            }
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[first..], letterbox);
    }

    /// <summary>Names of families whose outputs have the same shapes and whose boxes begin with the left side.</summary>
    private static bool IsOfAnotherFamily(string name) =>
        name.Contains("label", StringComparison.OrdinalIgnoreCase) || EndToEndBoxes.IsNameOf(name);

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
