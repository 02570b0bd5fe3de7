using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// YuNet: per stride 8, 16, 32 the outputs <c>cls_S</c> and <c>obj_S</c> [1, cells, 1], <c>bbox_S</c> [1, cells, 4] (centre offset
/// and logarithm of the size, in strides) and <c>kps_S</c> [1, cells, 10] (five points, in strides).
/// </summary>
/// <remarks>W. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023; as OpenCV's FaceDetectorYN decodes it.</remarks>
internal sealed class YuNet : IDetectionDecoder
{
    private static readonly (int Stride, string Class, string Objectness, string Box, string Points)[] Levels =
    [
        (8, "cls_8", "obj_8", "bbox_8", "kps_8"), (16, "cls_16", "obj_16", "bbox_16", "kps_16"), (32, "cls_32", "obj_32", "bbox_32", "kps_32"),
    ];

    /// <inheritdoc/>
    public string Name => "yunet";

    /// <inheritdoc/>
    public IReadOnlyList<string> PointNames => Decoders.PointNames.FaceWithMouthCorners;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; } = ["face"];

    /// <inheritdoc/>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => 0.3f;

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        Levels.All(level => new[] { level.Class, level.Objectness, level.Box, level.Points }.All(name => outputs.Any(output => output.Name == name)));

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Order = ChannelOrder.Bgr, Placement = LetterboxPlacement.TopLeft };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        foreach (var level in Levels)
        {
            var classes = Find(outputs, level.Class);
            var objectness = Find(outputs, level.Objectness);
            var boxes = Find(outputs, level.Box);
            var points = Find(outputs, level.Points);
            var columns = letterbox.TensorWidth / level.Stride;
            var cells = columns * (letterbox.TensorHeight / level.Stride);
            if (classes.Length != cells || objectness.Length != cells || boxes.Length != 4 * cells || points.Length != 10 * cells)
            {
                throw new InferenceException($"the model's outputs for stride {level.Stride} are not of {cells} cells, so it is not a YuNet; try another decoder");
            }

            for (var cell = 0; cell < cells; cell++)
            {
                var score = MathF.Sqrt(Math.Clamp(classes[cell], 0, 1) * Math.Clamp(objectness[cell], 0, 1));
                if (score >= threshold)
                {
                    Add(score, boxes.Slice(cell * 4, 4), points.Slice(cell * 10, 10), cell % columns, cell / columns, level.Stride, found);
                }
            }
        }
    }

    private static void Add(
        float score, ReadOnlySpan<float> box, ReadOnlySpan<float> points, int column, int row, int stride, CandidateList found)
    {
        var (x, y) = ((box[0] + column) * stride, (box[1] + row) * stride);
        var (halfWidth, halfHeight) = (MathF.Exp(box[2]) * stride / 2, MathF.Exp(box[3]) * stride / 2);
        found.Add(0, score, new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight));
        for (var i = 0; i < points.Length; i += 2)
        {
            found.Points.Add(new CandidatePoint((points[i] + column) * stride, (points[i + 1] + row) * stride, score));
        }
    }

    private static ReadOnlySpan<float> Find(IReadOnlyList<ModelOutput> outputs, string name)
    {
        foreach (var output in outputs)
        {
            if (output.Name == name)
            {
                return output.Values.Span;
            }
        }

        throw new InferenceException($"the model has no output {name}, so it is not a YuNet; try another decoder");
    }
}
