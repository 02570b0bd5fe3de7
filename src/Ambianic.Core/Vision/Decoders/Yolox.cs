using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// YOLOX: [1, cells of strides 8, 16, 32, 5 + classes] of box, objectness and class scores. A box is the centre's offset in
/// its cell and the logarithm of the size, in strides; where the graph has decoded them, centre and size in pixels.
/// </summary>
/// <param name="isDecoded">True: the graph has decoded the boxes.</param>
/// <remarks>
/// Z. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", 2021; export of github.com/Megvii-BaseDetection/YOLOX, which decodes
/// when told <c>--decode_in_inference</c>.
/// </remarks>
internal sealed class Yolox(bool isDecoded) : IDetectionDecoder
{
    private static readonly int[] Strides = [8, 16, 32];

    /// <inheritdoc/>
    public string Name => isDecoded ? "yolox-decoded" : "yolox";

    /// <inheritdoc/>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => 0.45f;

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        HasShape(outputs, width, height) && !IsCertainOfAllCells(outputs[0]) && IsDecoded(outputs[0], width, height) == isDecoded;

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs) => outputs[0].FromLast(1) - 5;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with { Order = ChannelOrder.Bgr, Placement = LetterboxPlacement.TopLeft, Pad = 114 };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var columns = outputs[0].FromLast(1);
        var rows = outputs[0].Values.Span;
        if (!HasShape(outputs, letterbox.TensorWidth, letterbox.TensorHeight))
        {
            throw new InferenceException(
                $"an output [{string.Join(",", outputs[0].Shape)}] is not that of a YOLOX of {letterbox.TensorWidth}x{letterbox.TensorHeight}; try another decoder");
        }

        foreach (var stride in Strides)
        {
            var width = letterbox.TensorWidth / stride;
            var cells = width * (letterbox.TensorHeight / stride);
            for (var cell = 0; cell < cells; cell++)
            {
                Decode(rows.Slice(cell * columns, columns), cell % width, cell / width, stride, threshold, found);
            }

            rows = rows[(cells * columns)..];
        }
    }

    private static bool HasShape(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs.Count == 1 && outputs[0].Shape.Count == 3 && outputs[0].FromLast(1) > 5
        && outputs[0].FromLast(2) == Cells(width, height);

    /// <summary>YOLO v6 has the same shape, boxes in pixels, and an objectness that is 1 everywhere.</summary>
    private static bool IsCertainOfAllCells(ModelOutput output)
    {
        var columns = output.FromLast(1);
        var rows = output.Values.Span;
        var isCertain = rows.Length >= columns;
        for (; isCertain && rows.Length >= columns; rows = rows[columns..])
        {
            isCertain = rows[4] == 1;
        }

        return isCertain;
    }

    /// <summary>
    /// All cells together tell, also of an empty picture: decoded centres lie near their own cells and no size is below zero,
    /// offsets lie near half a stride.
    /// </summary>
    private static bool IsDecoded(ModelOutput output, int width, int height)
    {
        var columns = output.FromLast(1);
        var rows = output.Values.Span;
        double fromCell = 0, fromHalf = 0;
        foreach (var stride in Strides)
        {
            var across = width / stride;
            for (var cell = 0; cell < across * (height / stride) && rows.Length >= columns; cell++, rows = rows[columns..])
            {
                if (rows[2] < 0 || rows[3] < 0)
                {
                    return false;
                }

                fromCell += Math.Abs((rows[0] / stride) - (cell % across) - 0.5) + Math.Abs((rows[1] / stride) - (cell / across) - 0.5);
                fromHalf += Math.Abs(rows[0] - 0.5) + Math.Abs(rows[1] - 0.5);
            }
        }

        return fromCell < fromHalf;
    }

    private void Decode(ReadOnlySpan<float> row, int column, int line, int stride, float threshold, CandidateList found)
    {
        var objectness = row[4];
        if (objectness < threshold)
        {
            return;
        }

        var (label, score) = ArgMax.Of(row[5..]);
        if (score * objectness < threshold)
        {
            return;
        }

        var (x, y, halfWidth, halfHeight) = isDecoded
            ? (row[0], row[1], row[2] / 2, row[3] / 2)
            : ((row[0] + column) * stride, (row[1] + line) * stride, MathF.Exp(row[2]) * stride / 2, MathF.Exp(row[3]) * stride / 2);
        found.Add(label, score * objectness, new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight));
    }

    /// <summary>Cells of all strides together; a model with three anchors to a cell has three times as many rows.</summary>
    internal static int Cells(int width, int height)
    {
        var cells = 0;
        foreach (var stride in Strides)
        {
            cells += width / stride * (height / stride);
        }

        return cells;
    }
}
