namespace Ambianic.Vision.Decoders;

/// <summary>
/// The YOLO family as Ultralytics exports it; which head it is, the shape says: v8, v9, v11 [1, 4 + classes, cells] with
/// centre, size and class scores in columns; v5, v7 [1, cells, 5 + classes] with objectness; v10 and every export with
/// suppression in the graph [1, n, 6] of corners, score and class. All boxes are in pixels of the tensor.
/// </summary>
/// <remarks>docs.ultralytics.com, export format of detection models.</remarks>
public sealed class Yolo : IDetectionDecoder
{
    private const int EndToEndColumns = 6;
    private const int MostEndToEndRows = 1000;

    /// <inheritdoc/>
    public string Name => "yolo";

    /// <inheritdoc/>
    public bool Reads(IReadOnlyList<ModelOutput> outputs) =>
        outputs.Count == 1 && outputs[0].Shape.Count == 3
        && (IsEndToEnd(outputs[0].FromLast(2), outputs[0].FromLast(1)) || Math.Min(outputs[0].FromLast(1), outputs[0].FromLast(2)) > 4);

    /// <inheritdoc/>
    public int Classes(IReadOnlyList<ModelOutput> outputs)
    {
        var (rows, columns) = (outputs[0].FromLast(2), outputs[0].FromLast(1));
        return IsEndToEnd(rows, columns) ? 0 : rows < columns ? rows - 4 : columns - 5;
    }

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
        if (!Reads(outputs))
        {
            throw new InferenceException($"an output [{string.Join(",", outputs[0].Shape)}] is not a YOLO's; try another decoder");
        }

        if (IsEndToEnd(rows, columns))
        {
            DecodeEndToEnd(values, threshold, found);
        }
        else if (rows < columns)
        {
            DecodeColumns(values, rows - 4, columns, threshold, found);
        }
        else
        {
            DecodeRows(values, columns, threshold, found);
        }
    }

    private static bool IsEndToEnd(int rows, int columns) => columns == EndToEndColumns && rows <= MostEndToEndRows;

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

            var (label, score) = Best.Of(rows[5..columns]);
            if (score * rows[4] >= threshold)
            {
                found.Add(label, score * rows[4], Centred(rows[0], rows[1], rows[2], rows[3]));
            }
        }
    }

    private static Box Centred(float x, float y, float width, float height) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
}
