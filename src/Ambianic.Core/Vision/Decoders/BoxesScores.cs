using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// Detectors that say a box and a score of each class for every cell and suppress nothing: boxes [1, n, 4] or [1, n, 1, 4] of left, top,
/// right, bottom, in pixels of the tensor or parts of it, and scores [1, n, classes], 0 to 1 (YOLO-NAS, DAMO-YOLO, YOLO v4, SSD of PyTorch). Where
/// the scores of each row add up to 1, their first is the background's.
/// </summary>
internal sealed class BoxesScores : IDetectionDecoder
{
    private const int RowsToTell = 16;

    /// <inheritdoc/>
    public string Name => "boxes-scores";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 2 && Find(outputs) is var (boxes, scores) && AreScores(scores) && AreCorners(boxes);

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) =>
        Find(outputs) is var (_, scores) ? scores.FromLast(1) - (HasBackground(scores) ? 1 : 0) : 0;

    /// <inheritdoc/>
    public int FirstClass(IReadOnlyList<ModelOutput> outputs) => Find(outputs) is var (_, scores) && HasBackground(scores) ? 1 : 0;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Scale = ModelInput.UnitScale, Placement = LetterboxPlacement.Centred, Pad = 114 };

    /// <summary>PyTorch's SSD wants (pixel - 127) / 128.</summary>
    public ModelInput Usual(ModelInput tensor, IReadOnlyList<ModelOutput> outputs) => FirstClass(outputs) == 1
        ? tensor with { Mean = [127, 127, 127], Scale = [1 / 128f, 1 / 128f, 1 / 128f], Placement = LetterboxPlacement.Centred }
        : Usual(tensor);

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        if (Find(outputs) is not var (boxes, scores))
        {
            throw new InferenceException($"the outputs {outputs.Describe()} are not boxes [1,n,4] and scores [1,n,classes]; try another decoder");
        }

        var (columns, background) = (scores.FromLast(1), HasBackground(scores) ? 1 : 0);
        var first = found.Items.Count;
        var corners = boxes.Values.Span;
        var values = scores.Values.Span;
        for (var row = 0; row < corners.Length / 4; row++)
        {
            var (label, score) = ArgMax.Of(values.Slice((row * columns) + background, columns - background));
            if (score >= threshold)
            {
                var box = corners.Slice(row * 4, 4);
                found.Add(label, score, new Box(box[0], box[1], box[2], box[3]));
            }
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[first..], letterbox);
    }

    /// <summary>Where both have four columns, the names tell.</summary>
    private static (ModelOutput Boxes, ModelOutput Scores)? Find(IReadOnlyList<ModelOutput> outputs) =>
        outputs.Count != 2 ? null
        : Match(outputs[0], outputs[1]) && (outputs[1].FromLast(1) != 4 || !outputs[1].Name.Contains("box", StringComparison.OrdinalIgnoreCase)) ? (outputs[0], outputs[1])
        : Match(outputs[1], outputs[0]) ? (outputs[1], outputs[0])
        : null;

    private static bool Match(ModelOutput boxes, ModelOutput scores) =>
        boxes.Shape is [1, _, 4] or [1, _, 1, 4] && scores.Shape is [1, _, > 0]
        && boxes.Shape[1] == scores.Shape[1] && boxes.Values.Length == 4 * boxes.Shape[1] && scores.Values.Length == scores.Shape[1] * scores.Shape[2];

    private static bool AreScores(ModelOutput output)
    {
        foreach (var value in output.Values.Span)
        {
            if (value is not (>= 0 and <= 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Most boxes end right of and below where they begin; a centre and a size look otherwise.</summary>
    private static bool AreCorners(ModelOutput output)
    {
        var (corners, others) = (0, 0);
        for (var rows = output.Values.Span; rows.Length >= 4; rows = rows[4..])
        {
            var isCorners = rows[2] > rows[0] && rows[3] > rows[1];
            corners += isCorners ? 1 : 0;
            others += !isCorners && (rows[2] != rows[0] || rows[3] != rows[1]) ? 1 : 0;
        }

        return corners > others;
    }

    /// <summary>Rows of a softmax add up to 1; a row of scores that stand for themselves does so by chance.</summary>
    private static bool HasBackground(ModelOutput scores)
    {
        var columns = scores.FromLast(1);
        var rows = scores.Values.Span;
        for (var row = 0; row < RowsToTell && rows.Length >= columns; row++, rows = rows[columns..])
        {
            float sum = 0;
            foreach (var score in rows[..columns])
            {
                sum += score;
            }

            if (MathF.Abs(sum - 1) > 0.01f)
            {
                return false;
            }
        }

        return columns > 1 && !scores.Values.IsEmpty;
    }
}
