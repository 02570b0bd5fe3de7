using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// NanoDet: per stride 8, 16, 32 one output of class scores [1, cells, classes] and one of box sides [1, cells, 4 x 11];
/// each side's distance from the cell's centre is the expectation over 11 bins, in strides.
/// </summary>
/// <remarks>R. Lyu, github.com/RangiLyu/nanodet; the box coding is X. Li et al., "Generalized Focal Loss", 2020.</remarks>
internal sealed class NanoDet : IDetectionDecoder
{
    private const int Bins = 11;
    private static readonly int[] Strides = [8, 16, 32];

    /// <inheritdoc/>
    public string Name => "nanodet";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 2 * Strides.Length && outputs.Count(IsSides) == Strides.Length;

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) => outputs.FirstOrDefault(output => !IsSides(output))?.FromLast(1) ?? 0;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with
    {
        Order = ChannelOrder.Bgr,
        Mean = [103.53f, 116.28f, 123.675f],
        Scale = [1 / 57.375f, 1 / 57.12f, 1 / 58.395f],
        Placement = LetterboxPlacement.Centred,
        Pad = 0,
    };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        foreach (var stride in Strides)
        {
            var width = (letterbox.TensorWidth + stride - 1) / stride;
            var cells = width * ((letterbox.TensorHeight + stride - 1) / stride);
            var scores = Find(outputs, cells, sides: false);
            Decode(scores.Values.Span, cells, Find(outputs, cells, sides: true).Values.Span, stride, width, threshold, found);
        }
    }

    private static bool IsSides(ModelOutput output) => output.FromLast(1) == 4 * Bins;

    private static ModelOutput Find(IReadOnlyList<ModelOutput> outputs, int cells, bool sides)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].FromLast(2) == cells && IsSides(outputs[i]) == sides && outputs[i].Values.Length == cells * outputs[i].FromLast(1) && !outputs[i].Values.IsEmpty)
            {
                return outputs[i];
            }
        }

        throw new InferenceException($"the model has no output of {cells} cells, so it is not a NanoDet; try another decoder");
    }

    private static void Decode(
        ReadOnlySpan<float> scores, int cells, ReadOnlySpan<float> sides, int stride, int width, float threshold, CandidateList found)
    {
        var classes = scores.Length / cells;
        for (var cell = 0; cell < cells; cell++)
        {
            var (label, score) = ArgMax.Of(scores.Slice(cell * classes, classes));
            if (score < threshold)
            {
                continue;
            }

            var x = ((cell % width) + 0.5f) * stride;
            var y = ((cell / width) + 0.5f) * stride;
            var bins = sides.Slice(cell * 4 * Bins, 4 * Bins);
            found.Add(label, score, new Box(
                x - (stride * Expectation(bins[..Bins])),
                y - (stride * Expectation(bins.Slice(Bins, Bins))),
                x + (stride * Expectation(bins.Slice(2 * Bins, Bins))),
                y + (stride * Expectation(bins.Slice(3 * Bins, Bins)))));
        }
    }

    /// <summary>The mean of the bins' numbers under the softmax of their values.</summary>
    private static float Expectation(ReadOnlySpan<float> bins)
    {
        var (_, largest) = ArgMax.Of(bins);
        float sum = 0, weighted = 0;
        for (var bin = 0; bin < bins.Length; bin++)
        {
            var weight = MathF.Exp(bins[bin] - largest);
            sum += weight;
            weighted += weight * bin;
        }

        return weighted / sum;
    }
}
