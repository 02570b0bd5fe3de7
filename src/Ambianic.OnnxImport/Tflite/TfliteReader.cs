using System.Buffers.Binary;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <summary>Reads a TensorFlow Lite model.</summary>
/// <remarks>
/// Operators see a quantised tensor as the real numbers that it stands for: what an operator computes is rounded to
/// the tensor's own scale by a pair of QuantizeLinear and DequantizeLinear, the form in which ONNX Runtime finds integer
/// kernels. Rounding cannot be left out, because a quantised model clamps by its ranges alone.
/// Outputs are real numbers; a quantised input takes pixels as they are, 0 to 255.
/// </remarks>
internal sealed partial class TfliteReader
{
    private readonly TfliteFile _file;
    private readonly GraphBuilder _builder;

    /// <summary>The value of each tensor, by index: computed so far, or an input.</summary>
    private readonly Dictionary<int, string> _values = [];

    /// <summary>Constants as they are stored, or computed from others, by index.</summary>
    private readonly Dictionary<int, Tensor> _constants = [];

    /// <summary>Quantised tensors that are not rounded.</summary>
    private readonly HashSet<int> _carried;

    private TfliteReader(ReadOnlyMemory<byte> file)
    {
        _file = TfliteFile.Parse(file);
        _builder = new GraphBuilder(file.Length);
        _carried = FindCarried();
        foreach (var input in _file.Inputs)
        {
            AddInput(input);
        }

        foreach (var item in _file.Operators)
        {
            _builder.From(item.Name, $"operator {item.Index} ({item.Name})", () => Operator(item));
        }

        foreach (var output in _file.Outputs.Where(output => !_postProcessed.Contains(output)))
        {
            var tensor = TensorOf(output);
            _builder.Output(Value(output), tensor.Name, tensor.IsQuantised ? ElementType.Float : Wide(tensor.Type), tensor.Shape);
        }
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="GraphException">It is damaged or uses something that is not supported; the message names the operator.</exception>
    public static Graph Read(ReadOnlyMemory<byte> file) => new TfliteReader(file)._builder.Graph;

    private void AddInput(int index)
    {
        var tensor = TensorOf(index);
        if (tensor.IsQuantised && (tensor.Type == ElementType.Int16 || tensor.Scales.Count != 1))
        {
            throw new GraphException($"input '{tensor.Name}': activations of 16 bits or per channel are not supported");
        }

        if (tensor.IsSizeOpen)
        {
            throw new GraphException(
                $"input '{tensor.Name}' leaves its size open ({Tensor.Sizes(tensor.Signature)}); export the model with a fixed one");
        }

        if (!tensor.IsQuantised)
        {
            _values[index] = _builder.Input(tensor.Name, Wide(tensor.Type), tensor.Shape);
            return;
        }

        // Signed inputs are pixels minus 128, which is the same as another zero point.
        var zeroPoint = tensor.Type == ElementType.Int8 ? tensor.ZeroPoints[0] + 128 : tensor.ZeroPoints[0];
        var name = _builder.Input(tensor.Name, ElementType.UInt8, tensor.Shape);
        _values[index] = _builder.Emit(
            "DequantizeLinear",
            [name, _builder.Scalar(tensor.Scales[0]), _builder.Constant(new Tensor(ElementType.UInt8, [], [(byte)zeroPoint]))]);
    }

    /// <summary>Sets the value of a tensor; rounded when it is quantised.</summary>
    private void Define(int index, string value)
    {
        var tensor = TensorOf(index);
        if (!tensor.IsQuantised || _carried.Contains(index))
        {
            _values[index] = value;
            return;
        }

        if (tensor.Type == ElementType.Int16 || tensor.Scales.Count != 1)
        {
            throw new GraphException("activations of 16 bits or per channel are not supported");
        }

        var scale = _builder.Scalar(tensor.Scales[0]);
        var zeroPoint = _builder.Constant(new Tensor(tensor.Type, [], [(byte)tensor.ZeroPoints[0]]));
        var quantised = _builder.Emit("QuantizeLinear", [value, scale, zeroPoint]);
        _values[index] = _builder.Emit("DequantizeLinear", [quantised, scale, zeroPoint]);
    }

    /// <summary>The value of a tensor: real numbers for a quantised one.</summary>
    private string Value(int index)
    {
        if (_values.TryGetValue(index, out var value))
        {
            return value;
        }

        var constant = ConstantOf(index) ?? throw new GraphException($"the tensor {index} is used before it is computed");
        return _values[index] = _builder.Constant(Real(constant, TensorOf(index)));
    }

    /// <summary>A constant as it is stored, or null when the tensor is computed.</summary>
    private Tensor? ConstantOf(int index)
    {
        if (_constants.TryGetValue(index, out var constant))
        {
            return constant;
        }

        var tensor = TensorOf(index);
        if (tensor.Data.IsEmpty || tensor.Sparsity is not null)
        {
            return null;
        }

        if (tensor.Data.Length != Tensor.SizeInBytes(tensor.Type, tensor.Shape))
        {
            throw new GraphException($"the file is damaged: the constant {index} does not have the size of its shape");
        }

        _builder.Allow(tensor.Data.Length);
        return _constants[index] = new Tensor(tensor.Type, tensor.Shape, tensor.Data.ToArray());
    }

    private Tensor RequireConstant(int index) =>
        ConstantOf(index) ?? throw new GraphException("computed weights are not supported");

    private TfliteTensor TensorOf(int index) => index >= 0 && index < _file.Tensors.Count
        ? _file.Tensors[index]
        : throw new GraphException("an input or output is left out");

    /// <summary>The real numbers that a stored constant stands for.</summary>
    private static Tensor Real(Tensor stored, TfliteTensor tensor)
    {
        if (tensor.Scales.Count == 0 || stored.Type is ElementType.Float or ElementType.Float16)
        {
            return stored.Widen();
        }

        var inner = stored.Shape.Skip(tensor.Axis + 1).Aggregate(1, (product, size) => product * size);
        var real = new float[stored.Count];
        for (var i = 0; i < real.Length; i++)
        {
            var channel = tensor.Scales.Count == 1 ? 0 : i / inner % tensor.Scales.Count;
            var value = stored.Type switch
            {
                ElementType.Int8 => (sbyte)stored.Data[i],
                ElementType.UInt8 => stored.Data[i],
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(stored.Data.AsSpan(4 * i)),
                _ => throw new GraphException($"quantised constants of {stored.Type} are not supported"),
            };
            real[i] = tensor.Scales[channel] * (value - tensor.ZeroPoints[channel]);
        }

        return Tensor.Of(stored.Shape, real);
    }

    private static ElementType Wide(ElementType type) => type == ElementType.Float16 ? ElementType.Float : type;
}
