namespace Ambianic.Vision.Decoders;

/// <summary>
/// MoveNet MultiPose: [1, 6, 56], per person 17 key points (y, x, score), then the box (top, left, bottom, right) and its
/// score; coordinates relative to the tensor.
/// </summary>
/// <remarks>Model card "MoveNet.MultiPose", Google, 2021.</remarks>
public sealed class MoveNetMultiPose : IDetectionDecoder
{
    private const int Columns = 56;
    private const int BoxColumn = 51;

    /// <inheritdoc/>
    public string Name => "movenet-multi";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => CocoPoints.Names;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => ["person"];

    /// <inheritdoc/>
    public float Overlap => 0.6f;

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs) => outputs.Count == 1 && outputs[0].FromLast(1) == Columns;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with
    {
        Order = ChannelOrder.Rgb, Placement = LetterboxPlacement.TopLeft, Pad = 0, SizeMultiple = 32,
    };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        for (var rows = outputs[0].Values.Span; rows.Length >= Columns; rows = rows[Columns..])
        {
            var score = rows[BoxColumn + 4];
            if (score < threshold)
            {
                continue;
            }

            found.Add(0, score, new Box(
                rows[BoxColumn + 1] * letterbox.TensorWidth,
                rows[BoxColumn] * letterbox.TensorHeight,
                rows[BoxColumn + 3] * letterbox.TensorWidth,
                rows[BoxColumn + 2] * letterbox.TensorHeight));
            for (var point = 0; point < CocoPoints.Names.Count; point++)
            {
                found.Points.Add(new CandidatePoint(
                    rows[(point * 3) + 1] * letterbox.TensorWidth, rows[point * 3] * letterbox.TensorHeight, rows[(point * 3) + 2]));
            }
        }
    }
}
