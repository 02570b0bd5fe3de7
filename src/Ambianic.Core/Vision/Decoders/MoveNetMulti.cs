using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>MoveNet MultiPose: [1, 6, 56], per person 17 times y, x, score, then top, left, bottom, right and score, all relative to the tensor.</summary>
/// <remarks>tfhub.dev/google/movenet/multipose/lightning, model card.</remarks>
internal sealed class MoveNetMulti : IDetectionDecoder
{
    private const int Columns = 56;

    /// <inheritdoc/>
    public string Name => "movenet-multi";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.Body;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = [Detection.PersonLabel];

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) => outputs.Count == 1 && outputs[0].FromLast(1) == Columns && outputs[0].FromLast(2) <= 20;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Width = 256, Height = 256, Placement = LetterboxPlacement.TopLeft, SizeMultiple = 32 };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (outputs[0].FromLast(1) != Columns)
        {
            throw new InferenceException($"the model's output has {outputs[0].FromLast(1)} columns, MoveNet MultiPose has {Columns}; try another decoder");
        }

        for (var rows = outputs[0].Values.Span; rows.Length >= Columns; rows = rows[Columns..])
        {
            if (rows[55] >= threshold)
            {
                found.Add(0, rows[55], letterbox.FromFraction(new Box(rows[52], rows[51], rows[54], rows[53])));
                MoveNetSingle.AddPoints(rows, letterbox, found);
            }
        }
    }
}
