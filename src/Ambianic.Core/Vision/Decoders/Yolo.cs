using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// The YOLO family as Ultralytics exports it; which head it is, the shape says: v8, v9, v11 [1, 4 + classes, cells] with
/// centre, size and class scores in columns; v5, v6, v7 [1, cells, 5 + classes] with objectness; v10 and every export with
/// suppression in the graph [1, n, 6] of corners, score and class. Boxes are in pixels of the tensor in ONNX exports, and
/// parts of it, 0 to 1, in TensorFlow's; which, the boxes say.
/// </summary>
/// <remarks>docs.ultralytics.com, export format of detection models.</remarks>
internal sealed class Yolo : IDetectionDecoder
{
    private const int EndToEndColumns = 6;
    private const int MostEndToEndRows = 1000;
    private const int AnchorsPerCell = 3;

    private enum Head
    {
        None,
        EndToEnd,
        Columns,
        Rows,
    }

    /// <inheritdoc/>
    public string Name => "yolo";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height) => HeadOf(outputs, width, height) != Head.None;

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs)
    {
        var (rows, columns) = (outputs[0].FromLast(2), outputs[0].FromLast(1));
        return rows < columns ? rows - 4 : columns == EndToEndColumns ? 0 : columns - 5;
    }

    /// <inheritdoc/>
    public float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        HeadOf(outputs, width, height) == Head.EndToEnd ? NonMaximumSuppression.KeepAll : 0.5f;

    /// <inheritdoc/>
    public ModelInput Usual(ModelInput tensor) => tensor with
    {
        Scale = ModelInput.UnitScale,
        Placement = LetterboxPlacement.Centred,
        Pad = 114,
    };

    /// <inheritdoc/>
    public void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found)
    {
        var (rows, columns) = (outputs[0].FromLast(2), outputs[0].FromLast(1));
        var values = outputs[0].Values.Span;
        var first = found.Items.Count;
        switch (HeadOf(outputs, letterbox.TensorWidth, letterbox.TensorHeight))
        {
            case Head.EndToEnd:
                DecodeEndToEnd(values, threshold, found);
                break;
            case Head.Columns:
                DecodeColumns(values, rows - 4, columns, threshold, found);
                break;
            case Head.Rows:
                DecodeRows(values, columns, threshold, found);
                break;
            default:
                throw new InferenceException(columns == 5 && rows > 5
                    ? $"in an output [{string.Join(",", outputs[0].Shape)}] each row is a box and one number, and nothing says of which class; export the model as Ultralytics does: [1,5,{rows}]"
                    : $"an output [{string.Join(",", outputs[0].Shape)}] is not a YOLO's; try another decoder");
        }

        BoxUnits.ToPixels(CollectionsMarshal.AsSpan(found.Items)[first..], letterbox);
    }

    /// <summary>Six columns are version 5 with one class where there are as many rows as that has anchors.</summary>
    private static Head HeadOf(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        outputs[0].Shape is not [1, var rows, var columns] || !IsAlone(outputs) ? Head.None
        : columns == EndToEndColumns && rows <= MostEndToEndRows && rows != AnchorsPerCell * Yolox.Cells(width, height) ? Head.EndToEnd
        : rows < columns && rows > 4 ? Head.Columns
        : columns < rows && columns > 5 ? Head.Rows
        : Head.None;

    /// <summary>Early exports of version 5 repeat the first output by scale, in tensors of five axes.</summary>
    private static bool IsAlone(IReadOnlyList<ModelOutput> outputs)
    {
        for (var i = 1; i < outputs.Count; i++)
        {
            if (outputs[i].Shape.Count != 5)
            {
                return false;
            }
        }

        return true;
    }

    private static void DecodeEndToEnd(ReadOnlySpan<float> rows, float threshold, CandidateList found)
    {
        for (; rows.Length >= EndToEndColumns; rows = rows[EndToEndColumns..])
        {
            if (rows[4] >= threshold)
            {
                found.Add((int)rows[5], rows[4], new Box(rows[0], rows[1], rows[2], rows[3]));
            }
        }
    }

    private static void DecodeColumns(ReadOnlySpan<float> values, int classes, int cells, float threshold, CandidateList found)
    {
        for (var label = 0; label < classes; label++)
        {
            var scores = values.Slice((4 + label) * cells, cells);
            for (var cell = scores.IndexOfAnyInRange(threshold, float.MaxValue); cell >= 0;)
            {
                if (IsBestOfCell(values, label, classes, cells, cell))
                {
                    found.Add(label, scores[cell], Centred(values[cell], values[cells + cell], values[(2 * cells) + cell], values[(3 * cells) + cell]));
                }

                var next = scores[(cell + 1)..].IndexOfAnyInRange(threshold, float.MaxValue);
                cell = next < 0 ? -1 : cell + 1 + next;
            }
        }
    }

    private static bool IsBestOfCell(ReadOnlySpan<float> values, int label, int classes, int cells, int cell)
    {
        var score = values[((4 + label) * cells) + cell];
        for (var other = 0; other < classes; other++)
        {
            var rival = values[((4 + other) * cells) + cell];
            if (rival > score || (rival == score && other < label))
            {
                return false;
            }
        }

        return true;
    }

    private static void DecodeRows(ReadOnlySpan<float> rows, int columns, float threshold, CandidateList found)
    {
        for (; rows.Length >= columns; rows = rows[columns..])
        {
            if (rows[4] < threshold)
            {
                continue;
            }

            var (label, score) = ArgMax.Of(rows[5..columns]);
            if (score * rows[4] >= threshold)
            {
                found.Add(label, score * rows[4], Centred(rows[0], rows[1], rows[2], rows[3]));
            }
        }
    }

    private static Box Centred(float x, float y, float width, float height) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
}
