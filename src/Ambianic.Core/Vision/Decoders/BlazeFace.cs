using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// BlazeFace: per anchor a logit and 16 values, in pixels of the tensor relative to the anchor: centre, size, and six key
/// points. Outputs may be split by scale. Anchors: 2 on a grid of 16x16 and 6 on 8x8 (short range, back), or 1 on 48x48 (full range).
/// </summary>
/// <remarks>V. Bazarevsky et al., "BlazeFace", 2019; anchors as in MediaPipe's face detection graphs.</remarks>
internal sealed class BlazeFace : IDetectionDecoder
{
    private const int Values = 16;

    /// <summary>Grid side and anchors per cell, one after the other, by the number of all anchors.</summary>
    private static readonly Dictionary<int, (int Side, int PerCell)[]> Grids = new()
    {
        [896] = [(16, 2), (8, 6)],
        [2304] = [(48, 1)],
    };

    /// <inheritdoc/>
    public string Name => "blazeface";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.Face;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = ["face"];

    /// <inheritdoc/>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => 0.3f;

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        Grids.ContainsKey(outputs.Where(output => output.FromLast(1) == Values).Sum(output => output.FromLast(2)));

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor.BetweenMinusOneAndOne() with { Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var anchors = 0;
        foreach (var output in outputs)
        {
            anchors += output.FromLast(1) == Values ? output.FromLast(2) : 0;
        }

        if (!Grids.TryGetValue(anchors, out var grids))
        {
            throw new InferenceException($"the model has {anchors} anchors, a BlazeFace has {string.Join(" or ", Grids.Keys)}; try another decoder");
        }

        var start = 0;
        foreach (var grid in grids)
        {
            var count = grid.Side * grid.Side * grid.PerCell;
            var logits = Slice(outputs, 1, start, count);
            var boxes = Slice(outputs, Values, start, count);
            Decode(logits, boxes, grid.Side, grid.PerCell, letterbox, threshold, found);
            start += count;
        }
    }

    /// <summary>The values of some anchors; the larger of two outputs is the finer grid and comes first.</summary>
    private static ReadOnlySpan<float> Slice(IReadOnlyList<ModelOutput> outputs, int columns, int start, int count)
    {
        foreach (var output in outputs)
        {
            if (output.FromLast(1) == columns)
            {
                var rows = output.Values.Length / columns;
                if (rows == count)
                {
                    return output.Values.Span;
                }

                if (rows >= start + count)
                {
                    return output.Values.Span.Slice(start * columns, count * columns);
                }
            }
        }

        throw new InferenceException($"the model has no output of {columns} values for {count} anchors, so it is not a BlazeFace");
    }

    private static void Decode(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> values, int side, int perCell, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var lowest = Activation.Logit(threshold);
        for (var anchor = 0; anchor < logits.Length; anchor++)
        {
            if (logits[anchor] < lowest)
            {
                continue;
            }

            var cell = anchor / perCell;
            var x = ((cell % side) + 0.5f) / side * letterbox.TensorWidth;
            var y = ((cell / side) + 0.5f) / side * letterbox.TensorHeight;
            var face = values.Slice(anchor * Values, Values);
            var (halfWidth, halfHeight) = (face[2] / 2, face[3] / 2);
            var score = Activation.Sigmoid(logits[anchor]);
            found.Add(0, score, new Box(x + face[0] - halfWidth, y + face[1] - halfHeight, x + face[0] + halfWidth, y + face[1] + halfHeight));
            for (var point = 4; point < Values; point += 2)
            {
                found.Points.Add(new CandidatePoint(x + face[point], y + face[point + 1], score));
            }
        }
    }
}
