namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// Which outputs of an SSD with suppression in its graph are boxes, classes and scores. Exports agree on neither names nor
/// order: names tell where they say it, else shapes and values do, and the order where those leave it open.
/// </summary>
/// <param name="Boxes">[1, n, 4] or [n, 4]: top, left, bottom, right.</param>
/// <param name="Classes">[1, n] or [n].</param>
/// <param name="Scores">[1, n] or [n], 0 to 1.</param>
/// <param name="FirstClass">What the outputs call the first class: 0 or 1.</param>
internal readonly record struct SsdOutputs(ModelOutput Boxes, ModelOutput Classes, ModelOutput Scores, int FirstClass)
{
    /// <summary>Of TensorFlow's object detection, which counts classes from 1; what converters number begins in this order too.</summary>
    private const int OutputsOfTensorFlow = 8;

    /// <summary>Finds them, without allocating; null when there are none.</summary>
    public static SsdOutputs? Find(IReadOnlyList<ModelOutput> outputs) => ByName(outputs) ?? ByShape(outputs);

    /// <summary>True for an output [1, n, 4] or [n, 4].</summary>
    public static bool IsBoxes(ModelOutput output) =>
        output.Shape is [1, _, 4] or [_, 4] && output.Values.Length == 4 * output.FromLast(2);

    /// <summary>True for an output [1, n] or [n].</summary>
    public static bool IsList(ModelOutput output, int count) =>
        output.Shape is [1, _] or [_] && output.FromLast(1) == count && output.Values.Length == count;

    /// <summary>How many of the rows are meant: an output of one number says it, where there is one, and what lies beyond may be anything.</summary>
    public static int RowsThatCount(IReadOnlyList<ModelOutput> outputs, int rows)
    {
        for (var i = 0; rows > 1 && i < outputs.Count; i++)
        {
            if (outputs[i].Values.Length == 1 && outputs[i].Values.Span[0] is var number && float.IsInteger(number) && number <= rows
                && number >= (Has(outputs[i], "num") ? 0 : 1))
            {
                return (int)number;
            }
        }

        return rows;
    }

    private static SsdOutputs? ByName(IReadOnlyList<ModelOutput> outputs)
    {
        ModelOutput? boxes = null, classes = null, scores = null;
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            if (Has(output, "raw") || Has(output, "multiclass"))
            {
                continue; // what suppression began with
            }

            boxes = boxes is null && IsBoxes(output) && (Has(output, "box") || Has(output, "location")) ? output : boxes;
            classes = classes is null && (Has(output, "class") || Has(output, "categor")) ? output : classes;
            scores = scores is null && Has(output, "score") ? output : scores;
        }

        return boxes is not null && classes is not null && scores is not null
            && IsList(classes, boxes.FromLast(2)) && IsList(scores, boxes.FromLast(2))
            ? new SsdOutputs(boxes, classes, scores, Has(classes, "detection_classes") ? 1 : 0)
            : null;
    }

    private static SsdOutputs? ByShape(IReadOnlyList<ModelOutput> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (IsBoxes(outputs[i]) && !Has(outputs[i], "raw") && IsPartOfPicture(outputs[i], RowsThatCount(outputs, outputs[i].FromLast(2))) && ListsOf(outputs, i) is var (classes, scores))
            {
                return new SsdOutputs(outputs[i], classes, scores, outputs.Count >= OutputsOfTensorFlow ? 1 : 0);
            }
        }

        return null;
    }

    /// <summary>
    /// Scores are the one list with numbers that are not whole. Of the others, classes are the one with the smallest numbers:
    /// indices of anchors are larger.
    /// </summary>
    private static (ModelOutput Classes, ModelOutput Scores)? ListsOf(IReadOnlyList<ModelOutput> outputs, int boxes)
    {
        ModelOutput? classes = null, scores = null, first = null, second = null;
        var count = outputs[boxes].FromLast(2);
        if (count == 1)
        {
            return OfOneRow(outputs, boxes);
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            if (i == boxes || !IsList(output, count))
            {
                continue;
            }

            (first, second) =
                first is null ? (output, null)
                : second is null || Largest(second) > Math.Max(Largest(first), Largest(output)) ? (first, output)
                : Largest(first) > Math.Max(Largest(second), Largest(output)) ? (second, output)
                : (first, second);
            if (IsWhole(output))
            {
                classes = classes is null || Largest(output) < Largest(classes) ? output : classes;
            }
            else if (scores is null && IsShare(output))
            {
                scores = output;
            }
            else
            {
                return null; // two of them, or coordinates: something else
            }
        }

        return first is null || second is null ? null
            : scores is not null ? (classes!, scores)
            : OfWholeNumbers(first, second, scoresFirst: boxes > 0);
    }

    /// <summary>The number of rows has the same shape; only the order tells.</summary>
    private static (ModelOutput Classes, ModelOutput Scores)? OfOneRow(IReadOnlyList<ModelOutput> outputs, int boxes)
    {
        if (outputs.Count < 3 || boxes > 1)
        {
            return null;
        }

        var (classes, scores) = boxes == 0 ? (outputs[1], outputs[2]) : (outputs[^1], outputs[0]);
        return IsList(classes, 1) && IsList(scores, 1) && IsShare(scores) ? (classes, scores) : null;
    }

    /// <summary>
    /// As for an empty picture, or with scores of 0 and 1 alone. TensorFlow 2 exports scores, boxes, number, classes; all others
    /// boxes, classes, scores, number.
    /// </summary>
    private static (ModelOutput Classes, ModelOutput Scores) OfWholeNumbers(ModelOutput first, ModelOutput second, bool scoresFirst) =>
        Largest(first) > 1 ? (first, second)
        : Largest(second) > 1 || scoresFirst ? (second, first)
        : (first, second);

    /// <summary>A box may reach a little beyond the picture.</summary>
    private static bool IsPartOfPicture(ModelOutput boxes, int rows)
    {
        foreach (var value in boxes.Values.Span[..(4 * rows)])
        {
            if (value is < -1 or > 2)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(ModelOutput output, string part) => output.Name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool IsWhole(ModelOutput output)
    {
        foreach (var value in output.Values.Span)
        {
            if (!float.IsInteger(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsShare(ModelOutput output)
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

    private static float Largest(ModelOutput output) => output.Values.IsEmpty ? 0 : ArgMax.Of(output.Values.Span).Value;
}
