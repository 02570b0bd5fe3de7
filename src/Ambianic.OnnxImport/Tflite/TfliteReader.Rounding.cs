using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.OnnxImport.Tflite;

/// <content>Which quantised tensors need not be rounded.</content>
internal sealed partial class TfliteReader
{
    private const int MostSweeps = 8;

    /// <summary>
    /// Tensors into which real numbers are quantised only to be moved and dequantised again, as converters do at the end of
    /// a network. No integer kernel works on them, so rounding would cost precision for nothing, and where the range was
    /// chosen badly (an exporter that takes a whole detector head for probabilities) it would cut off the boxes.
    /// </summary>
    private HashSet<int> FindCarried()
    {
        var carried = _file.Operators.Where(item => Packs(item) || Moves(item)).SelectMany(item => Quantised(item.Outputs)).ToHashSet();
        var forwards = _file.Operators;
        var backwards = _file.Operators.Reverse().ToArray();
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var before = carried.Count;
            foreach (var item in sweep % 2 == 0 ? forwards : backwards)
            {
                RemoveRounded(item, carried);
            }

            if (sweep > 0 && carried.Count == before)
            {
                return carried;
            }
        }

        return []; // rounding is always correct
    }

    private void RemoveRounded(TfliteOperator item, HashSet<int> carried)
    {
        var inputs = Quantised(item.Inputs);
        if (Moves(item))
        {
            var touched = inputs.Concat(Quantised(item.Outputs)).ToArray();
            if (!Array.TrueForAll(touched, carried.Contains))
            {
                carried.ExceptWith(touched);
            }
        }
        else if (item.Code != DEQUANTIZE)
        {
            carried.ExceptWith(inputs);
        }
    }

    private bool Packs(TfliteOperator item) =>
        item.Code == QUANTIZE && item.Inputs is [>= 0 and var input, ..] && !TensorOf(input).IsQuantised;

    private static bool Moves(TfliteOperator item) =>
        item.Code is TRANSPOSE or RESHAPE or CONCATENATION or SQUEEZE or EXPAND_DIMS or SPLIT or SPLIT_V or SLICE or STRIDED_SLICE or PACK or UNPACK;

    private IEnumerable<int> Quantised(IReadOnlyList<int> tensors) =>
        tensors.Where(index => index >= 0 && TensorOf(index).IsQuantised);
}
