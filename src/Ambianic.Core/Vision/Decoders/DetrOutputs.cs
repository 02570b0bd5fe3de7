namespace Ambianic.Core.Vision.Decoders;

/// <summary>Finds the outputs of a detection transformer, without allocating. Others, such as masks, are left alone.</summary>
internal static class DetrOutputs
{
    private const int MostQueries = 1000;

    /// <summary>Boxes [1, n, 4] of centre and size, and logits [1, n, classes]; by name, or two nameless outputs that look so. Null when there are none.</summary>
    public static (ModelOutput Boxes, ModelOutput Logits)? Logits(IReadOnlyList<ModelOutput> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            for (var j = 0; j < outputs.Count && IsBoxes(outputs[i]) && IsCalledBoxes(outputs[i]); j++)
            {
                if (j != i && AreLogits(outputs[j], outputs[i]) && IsCalledLogits(outputs[j]))
                {
                    return (outputs[i], outputs[j]);
                }
            }
        }

        return outputs.Count < 2 ? null
            : LookSo(outputs[0], outputs[1]) ? (outputs[0], outputs[1])
            : LookSo(outputs[1], outputs[0]) ? (outputs[1], outputs[0])
            : null;
    }

    /// <summary>Labels, scores [1, n] and boxes [1, n, 4] of corners; without the first axis in TorchVision's exports, which count labels from 1. Null when there are none.</summary>
    public static (ModelOutput Labels, ModelOutput Boxes, ModelOutput Scores)? Finished(IReadOnlyList<ModelOutput> outputs)
    {
        ModelOutput? labels = null, boxes = null, scores = null;
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            boxes ??= IsBoxes(output) && IsCalledBoxes(output) ? output : null;
            labels ??= Has(output, "label") ? output : null;
            scores ??= Has(output, "score") ? output : null;
        }

        return boxes is not null && labels is not null && scores is not null
            && SsdOutputs.IsList(labels, boxes.FromLast(2)) && SsdOutputs.IsList(scores, boxes.FromLast(2))
            ? (labels, boxes, scores)
            : null;
    }

    /// <summary>
    /// The column of "nothing", which a model that was trained with a softmax says of most of its queries: the last one, or the first. Null
    /// for a model whose classes stand for themselves: it is certain of few.
    /// </summary>
    public static int? ColumnOfNothing(ModelOutput logits)
    {
        var columns = logits.FromLast(1);
        var (queries, first, last) = (0, 0, 0);
        var half = HasNegative(logits.Values.Span) ? 0 : 0.5f; // a logit of 0 is a score of a half
        for (var rows = logits.Values.Span; columns > 1 && rows.Length >= columns; rows = rows[columns..], queries++)
        {
            var (column, logit) = ArgMax.Of(rows[..columns]);
            first += logit > half && column == 0 ? 1 : 0;
            last += logit > half && column == columns - 1 ? 1 : 0;
        }

        return 2 * last > queries ? columns - 1 : 2 * first > queries ? 0 : null;
    }

    /// <summary>A name that RF-DETR alone gives to boxes.</summary>
    public static bool IsCalledDets(ModelOutput output) => Has(output, "dets");

    private static bool IsCalledBoxes(ModelOutput output) => Has(output, "boxes") || IsCalledDets(output);

    private static bool IsCalledLogits(ModelOutput output) => Has(output, "logits") || Has(output, "labels");

    private static bool IsBoxes(ModelOutput output) => SsdOutputs.IsBoxes(output);

    private static bool AreLogits(ModelOutput output, ModelOutput boxes) =>
        output.Shape is [1, var queries, > 0 and var columns] && queries == boxes.FromLast(2) && output.Values.Length == queries * columns;

    private static bool LookSo(ModelOutput boxes, ModelOutput logits) =>
        IsBoxes(boxes) && boxes.FromLast(2) <= MostQueries && AreLogits(logits, boxes) && AreParts(boxes.Values.Span) && HasNegative(logits.Values.Span);

    private static bool AreParts(ReadOnlySpan<float> boxes)
    {
        foreach (var value in boxes)
        {
            if (value is not (> -0.5f and < 1.5f))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False for scores, 0 to 1: a logit is below zero for all classes that are not there.</summary>
    public static bool HasNegative(ReadOnlySpan<float> logits)
    {
        foreach (var logit in logits)
        {
            if (logit < 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(ModelOutput output, string part) => output.Name.Contains(part, StringComparison.OrdinalIgnoreCase);
}
