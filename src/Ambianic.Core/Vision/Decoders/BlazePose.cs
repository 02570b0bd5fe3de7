using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// BlazePose's landmarks of the one person in the picture: [1, 195] of 39 times x, y, z (pixels of the tensor), visibility and
/// presence (logits), of which 33 are points of the body, and [1, 1], the probability of a person.
/// </summary>
/// <remarks>V. Bazarevsky et al., "BlazePose", 2020; layout as in MediaPipe's pose_landmark models.</remarks>
internal sealed class BlazePose : IDetectionDecoder
{
    private const int Values = 195;
    private const int PerPoint = 5;

    /// <inheritdoc/>
    public string Name => "blazepose";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.DetailedBody;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = [Detection.PersonLabel];

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) => Find(outputs, Values) is not null && Find(outputs, 1) is not null;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (Find(outputs, Values) is not { } landmarks || Find(outputs, 1) is not { } person)
        {
            throw new InferenceException($"the model has no output of {Values} landmark values, so it is not a BlazePose; try another decoder");
        }

        var first = found.Points.Count;
        for (var point = 0; point < PointNames.Count; point++)
        {
            var values = landmarks.Values.Span.Slice(point * PerPoint, PerPoint);
            found.Points.Add(new CandidatePoint(
                values[0], values[1], Math.Min(Activation.Sigmoid(values[3]), Activation.Sigmoid(values[4]))));
        }

        KeypointBounds.Add(found, first, Math.Clamp(person.Values.Span[0], 0, 1), threshold);
    }

    private static ModelOutput? Find(IReadOnlyList<ModelOutput> outputs, int length) =>
        outputs.FirstOrDefault(output => output.Values.Length == length);
}
