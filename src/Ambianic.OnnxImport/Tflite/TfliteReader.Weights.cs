using System.Runtime.InteropServices;
using Ambianic.OnnxImport.Graphs;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.OnnxImport.Tflite;

/// <content>Operators with weights.</content>
internal sealed partial class TfliteReader
{
    private const int SamePadding = 1, ValidPadding = 2; // of TfLitePadding

    /// <summary>TensorFlow Lite: output channel, row, column, input channel.</summary>
    private string Convolution(TfliteOperator item)
    {
        var filter = Weights(item, [0, 3, 1, 2]);
        var dilations = new long[] { Option(item, 5, 1), Option(item, 4, 1) };
        return Activated(item, 3, _builder.Convolve(In(item, 0), filter, Bias(item, 2), Window(item), dilations, Groups(item)));
    }

    /// <summary>A filter of fewer channels than the picture is applied to one group of channels after the other.</summary>
    private int Groups(TfliteOperator item)
    {
        var (picture, filter) = (TensorOf(Input(item, 0)).Shape, RequireConstant(Input(item, 1)).Shape);
        if (picture.Count != 4)
        {
            return 1; // the file does not say
        }

        var groups = filter[3] > 0 && picture[3] % filter[3] == 0 ? picture[3] / filter[3] : 0;
        return groups > 0 && filter[0] % groups == 0
            ? groups
            : throw new GraphException($"a picture of {picture[3]} channels and {filter[0]} filters of {filter[3]} do not belong together");
    }

    /// <summary>TensorFlow Lite: one, row, column, output channel.</summary>
    private string DepthwiseConvolution(TfliteOperator item)
    {
        var filter = Weights(item, [3, 0, 1, 2]);
        var dilations = new long[] { Option(item, 6, 1), Option(item, 5, 1) };
        var multiplier = Math.Max(1, Option(item, 3, 1));
        var groups = RequireConstant(Input(item, 1)).Shape[3] / multiplier;
        return Activated(item, 4, _builder.Convolve(In(item, 0), filter, Bias(item, 2), Window(item), dilations, groups));
    }

    /// <summary>Shape of the result, filter (output channel, row, column, input channel), picture and, in newer files, a bias.</summary>
    private string TransposedConvolution(TfliteOperator item) =>
        Activated(item, 3, ConvolveTransposed(item, In(item, 2), Bias(item, 3), Window(item)));

    /// <summary>Picture, filter and bias; the options are three integers: 1 for SAME padding, stride of columns, stride of rows.</summary>
    /// <remarks>The structure <c>TfLiteTransposeConvParams</c> of TensorFlow Lite as it is in memory.</remarks>
    private string TransposedConvolutionWithBias(TfliteOperator item)
    {
        if (item.CustomOptions.Length < 3 * sizeof(int))
        {
            throw new GraphException("its options are damaged");
        }

        var options = MemoryMarshal.Cast<byte, int>(item.CustomOptions.Span[..(3 * sizeof(int))]);
        return options[0] is SamePadding or ValidPadding
            ? ConvolveTransposed(item, In(item, 0), Bias(item, 2), new Window(options[0] == SamePadding, options[2], options[1]))
            : throw new GraphException($"the padding {options[0]} is not supported");
    }

    /// <summary>Sizes are those in the file, because only the size of the result says what is cut off.</summary>
    private string ConvolveTransposed(TfliteOperator item, string picture, string? bias, Window window)
    {
        var (from, filter, to) = (
            TensorOf(Picture(item)).Shape, RequireConstant(Input(item, 1)).Shape, TensorOf(item.Outputs[0]).Shape);
        if (from.Count != 4 || filter.Count != 4 || to.Count != 4)
        {
            throw new GraphException($"picture, filter and result have {from.Count}, {filter.Count} and {to.Count} axes, not 4");
        }

        return _builder.ConvolveTransposed(
            picture, Weights(item, [3, 0, 1, 2]), bias, window, Sizes(axis: 1), Sizes(axis: 2));

        TransposedSizes Sizes(int axis) => new(from[axis], filter[axis], to[axis]);
    }

    /// <summary>TensorFlow Lite: output, input; everything but the batch is one axis.</summary>
    private string FullyConnected(TfliteOperator item)
    {
        if ((item.Options?.Byte(1) ?? 0) != 0)
        {
            throw new GraphException("shuffled weights are not supported");
        }

        var weights = Weights(item, [0, 1]);
        var rows = _builder.Emit("Reshape", [In(item, 0), _builder.Integers(-1, RequireConstant(Input(item, 1)).Shape[1])]);
        var product = _builder.Emit(
            "Gemm", Bias(item, 2) is { } bias ? [rows, weights, bias] : [rows, weights], ("transB", 1L));
        var shape = TensorOf(item.Outputs[0]).Shape;
        return Activated(item, 0, shape.Count == 2
            ? product
            : _builder.Emit("Reshape", [product, _builder.Integers([.. shape.Select(size => (long)size)])]));
    }

    /// <summary>
    /// Quantised weights stay integers where the activations are quantised too; where those are real (dynamic-range
    /// quantisation) the weights become real once, here, instead of with every picture.
    /// </summary>
    private string Weights(TfliteOperator item, int[] axes)
    {
        var (index, stored) = (Input(item, 1), RequireConstant(Input(item, 1)));
        var tensor = TensorOf(index);
        if (!IsQuantised(item) || !tensor.IsQuantised)
        {
            return _builder.Constant(Real(stored, tensor).Transpose(axes));
        }

        return Dequantise(stored.Transpose(axes), tensor, Array.IndexOf(axes, tensor.Axis));
    }

    private string? Bias(TfliteOperator item, int index)
    {
        if (item.Inputs.Count <= index || item.Inputs[index] < 0)
        {
            return null;
        }

        var (stored, tensor) = (RequireConstant(item.Inputs[index]), TensorOf(item.Inputs[index]));
        if (stored.Type == ElementType.Int32 && tensor.Scales.Count == 0)
        {
            throw new GraphException("its bias has no scale");
        }

        return stored.Type == ElementType.Int32 && IsQuantised(item)
            ? Dequantise(stored, tensor, 0)
            : _builder.Constant(Real(stored, tensor));
    }

    private bool IsQuantised(TfliteOperator item) => TensorOf(Picture(item)).IsQuantised && TensorOf(item.Outputs[0]).IsQuantised;

    /// <summary>The tensor that the weights work on.</summary>
    private static int Picture(TfliteOperator item) => Input(item, item.Code == TRANSPOSE_CONV ? 2 : 0);

    private string Dequantise(Tensor stored, TfliteTensor tensor, int axis)
    {
        var perChannel = tensor.Scales.Count > 1;
        int[] shape = perChannel ? [tensor.Scales.Count] : [];
        var inputs = new List<string> { _builder.Constant(stored), _builder.Constant(Tensor.Of(shape, [.. tensor.Scales])) };
        if (stored.Type != ElementType.Int32)
        {
            inputs.Add(_builder.Constant(new Tensor(stored.Type, shape, [.. tensor.ZeroPoints.Select(value => (byte)value)])));
        }

        return perChannel
            ? _builder.Emit("DequantizeLinear", inputs, ("axis", (long)axis))
            : _builder.Emit("DequantizeLinear", inputs);
    }
}
