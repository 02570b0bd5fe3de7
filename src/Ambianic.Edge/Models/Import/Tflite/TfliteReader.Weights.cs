namespace Ambianic.Models.Import.Tflite;

/// <content>Operators with weights.</content>
internal sealed partial class TfliteReader
{
    /// <summary>TensorFlow Lite: output channel, row, column, input channel.</summary>
    private string Convolution(TfliteOperator item)
    {
        var filter = Weights(item, [0, 3, 1, 2]);
        var dilations = new long[] { Option(item, 5, 1), Option(item, 4, 1) };
        return Activated(item, 3, _builder.Convolve(In(item, 0), filter, Bias(item), Window(item), dilations, 1));
    }

    /// <summary>TensorFlow Lite: one, row, column, output channel.</summary>
    private string DepthwiseConvolution(TfliteOperator item)
    {
        var filter = Weights(item, [3, 0, 1, 2]);
        var dilations = new long[] { Option(item, 6, 1), Option(item, 5, 1) };
        var multiplier = Math.Max(1, Option(item, 3, 1));
        var groups = RequireConstant(Input(item, 1)).Shape[3] / multiplier;
        return Activated(item, 4, _builder.Convolve(In(item, 0), filter, Bias(item), Window(item), dilations, groups));
    }

    /// <summary>TensorFlow Lite: output, input; everything but the batch is one axis.</summary>
    private string FullyConnected(TfliteOperator item)
    {
        if ((item.Options?.Byte(1) ?? 0) != 0)
        {
            throw new ModelException("shuffled weights are not supported");
        }

        var weights = Weights(item, [0, 1]);
        var rows = _builder.Emit("Reshape", [In(item, 0), _builder.Integers(-1, RequireConstant(Input(item, 1)).Shape[1])]);
        var product = _builder.Emit(
            "Gemm", Bias(item) is { } bias ? [rows, weights, bias] : [rows, weights], ("transB", 1L));
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

    private string? Bias(TfliteOperator item)
    {
        if (item.Inputs.Count < 3 || item.Inputs[2] < 0)
        {
            return null;
        }

        var (stored, tensor) = (RequireConstant(item.Inputs[2]), TensorOf(item.Inputs[2]));
        if (stored.Type == ElementType.Int32 && tensor.Scales.Count == 0)
        {
            throw new ModelException("its bias has no scale");
        }

        return stored.Type == ElementType.Int32 && IsQuantised(item)
            ? Dequantise(stored, tensor, 0)
            : _builder.Constant(Real(stored, tensor));
    }

    private bool IsQuantised(TfliteOperator item) => TensorOf(item.Inputs[0]).IsQuantised && TensorOf(item.Outputs[0]).IsQuantised;

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
