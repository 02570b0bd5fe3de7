using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>MoveNet Lightning and Thunder: [1, 1, 17, 3] of y, x (relative to the tensor) and score, for the one person in the middle.</summary>
/// <remarks>tfhub.dev/google/movenet/singlepose, model card. The person's box is that of her visible points, her score their mean.</remarks>
internal sealed class MoveNetSingle : IDetectionDecoder
{
    private const int Points = 17;

    /// <inheritdoc/>
    public string Name => "movenet-single";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.Body;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = [Detection.PersonLabel];

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 1 && outputs[0].FromLast(1) == 3 && outputs[0].FromLast(2) == Points;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (outputs[0].Values.Length != Points * 3)
        {
            throw new InferenceException($"the model's output has {outputs[0].Values.Length} values, MoveNet has {Points * 3}; try another decoder");
        }

        var first = found.Points.Count;
        AddPoints(outputs[0].Values.Span, letterbox, found);
        KeypointBounds.AddAround(found, first, threshold);
    }

    /// <summary>Adds 17 points of y, x, score.</summary>
    internal static void AddPoints(ReadOnlySpan<float> values, in Letterbox letterbox, CandidateList found)
    {
        for (var i = 0; i < Points * 3; i += 3)
        {
            found.Points.Add(new CandidatePoint(
                values[i + 1] * letterbox.TensorWidth, values[i] * letterbox.TensorHeight, Math.Clamp(values[i + 2], 0, 1)));
        }
    }
}
