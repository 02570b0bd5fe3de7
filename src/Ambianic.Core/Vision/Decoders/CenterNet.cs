using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>CenterNet with its peaks already found in the graph: [1, n, 6] of left, top, right, bottom (pixels of the tensor), score, class.</summary>
/// <remarks>X. Zhou et al., "Objects as Points", 2019.</remarks>
internal sealed class CenterNet : IDetectionDecoder
{
    private const int Columns = 6;

    /// <inheritdoc/>
    public string Name => "centernet";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 1 && outputs[0].FromLast(1) == Columns && outputs[0].Name.Contains("detections", StringComparison.Ordinal);

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (outputs[0].FromLast(1) != Columns)
        {
            throw new InferenceException($"the model's output has {outputs[0].FromLast(1)} columns, a CenterNet's has {Columns}; try another decoder");
        }

        var rows = outputs[0].Values.Span;
        for (; rows.Length >= Columns; rows = rows[Columns..])
        {
            if (rows[4] >= threshold)
            {
                found.Add((int)rows[5], rows[4], new Box(rows[0], rows[1], rows[2], rows[3]));
            }
        }
    }
}
