using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// PoseNet, one person: heat maps [1, rows, columns, 17] of logits and offsets [1, rows, columns, 34] (17 times y, then 17
/// times x, in pixels of the tensor). Each point lies at the offset from the hottest cell of its map.
/// </summary>
/// <remarks>G. Papandreou et al., "Towards Accurate Multi-person Pose Estimation in the Wild", 2017, and tfjs-models' single-pose decoding.</remarks>
internal sealed class PoseNet : IDetectionDecoder
{
    private const int Points = 17;

    /// <inheritdoc/>
    public string Name => "posenet";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.Body;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = [Detection.PersonLabel];

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) => Find(outputs, Points) is not null && Find(outputs, 2 * Points) is not null;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor.BetweenMinusOneAndOne() with { Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (Find(outputs, Points) is not { } heat || Find(outputs, 2 * Points) is not { } offsets
            || heat.Values.IsEmpty || offsets.Values.Length != 2 * heat.Values.Length)
        {
            throw new InferenceException("the model has no heat maps and offsets of 17 points, so it is not a PoseNet; try another decoder");
        }

        var (rows, columns) = (heat.FromLast(3), heat.FromLast(2));
        var strideX = columns > 1 ? (letterbox.TensorWidth - 1f) / (columns - 1) : letterbox.TensorWidth;
        var strideY = rows > 1 ? (letterbox.TensorHeight - 1f) / (rows - 1) : letterbox.TensorHeight;
        var first = found.Points.Count;
        for (var point = 0; point < Points; point++)
        {
            var (cell, logit) = Hottest(heat.Values.Span, point);
            var offset = offsets.Values.Span.Slice(cell * 2 * Points, 2 * Points);
            found.Points.Add(new CandidatePoint(
                (cell % columns * strideX) + offset[Points + point],
                (cell / columns * strideY) + offset[point],
                Activation.Sigmoid(logit)));
        }

        KeypointBounds.AddAround(found, first, threshold);
    }

    private static ModelOutput? Find(IReadOnlyList<ModelOutput> outputs, int channels) =>
        outputs.FirstOrDefault(output => output.Shape.Count == 4 && output.FromLast(1) == channels);

    private static (int Cell, float Logit) Hottest(ReadOnlySpan<float> heat, int point)
    {
        var best = 0;
        for (var cell = 1; cell < heat.Length / Points; cell++)
        {
            if (heat[(cell * Points) + point] > heat[(best * Points) + point])
            {
                best = cell;
            }
        }

        return (best, heat[(best * Points) + point]);
    }
}
