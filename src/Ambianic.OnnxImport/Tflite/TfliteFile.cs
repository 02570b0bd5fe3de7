using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <summary>A tensor as written in the file.</summary>
/// <param name="Name">As written; may be empty or given twice.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Sizes; empty for a scalar, or when unknown.</param>
/// <param name="Data">Elements of a constant; empty for a computed tensor.</param>
/// <param name="Scales">Per channel or one; empty when it is not quantised. A real value is <c>scale * (q - zero point)</c>.</param>
/// <param name="ZeroPoints">As many.</param>
/// <param name="Axis">The axis of the channels.</param>
/// <param name="Sparsity">How <paramref name="Data"/> is packed; null when it is not.</param>
/// <param name="Signature">As <paramref name="Shape"/>, but -1 for a size that is left open, where that holds any number; empty when the file does not say.</param>
internal sealed record TfliteTensor(
    string Name,
    ElementType Type,
    IReadOnlyList<int> Shape,
    ReadOnlyMemory<byte> Data,
    IReadOnlyList<float> Scales,
    IReadOnlyList<long> ZeroPoints,
    int Axis,
    FlatTable? Sparsity,
    IReadOnlyList<int> Signature)
{
    /// <summary>True when its elements stand for real numbers.</summary>
    public bool IsQuantised => Scales.Count > 0 && Type is ElementType.UInt8 or ElementType.Int8 or ElementType.Int16;

    /// <summary>True when a size other than the batch's is left open, and nobody has filled it in: converters write 1 for it.</summary>
    public bool IsSizeOpen => Signature.Zip(Shape).Skip(1).Any(axis => axis is { First: < 0, Second: <= 1 });
}

/// <summary>The first graph of a TensorFlow Lite file (schema 3), parsed and checked, not interpreted yet.</summary>
internal sealed class TfliteFile
{
    private const int MostAxes = 8;
    private const int MostReferences = 1_000_000;
    private static ReadOnlySpan<byte> Identifier => "TFL3"u8;

    private readonly FlatTable[] _buffers;

    private TfliteFile(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8 || !file.Span.Slice(4, 4).SequenceEqual(Identifier))
        {
            throw new GraphException("it is not a TensorFlow Lite file (its fifth byte does not begin TFL3)");
        }

        var root = FlatTable.Root(file);
        _buffers = root.Tables(4);
        var graph = root.Tables(2) is [var first, ..] ? first : throw new GraphException("it holds no graph");
        Tensors = [.. graph.Tables(0).Select(ReadTensor)];
        var codes = root.Tables(1);
        Operators = [.. graph.Tables(3).Select((table, index) => ReadOperator(table, index, codes))];
        Inputs = graph.Int32s(1);
        Outputs = graph.Int32s(2);
        CheckReferences();
    }

    public IReadOnlyList<TfliteTensor> Tensors { get; }

    public IReadOnlyList<TfliteOperator> Operators { get; }

    /// <summary>Indices of tensors.</summary>
    public IReadOnlyList<int> Inputs { get; }

    /// <summary>Indices of tensors.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>Parses a file.</summary>
    /// <exception cref="GraphException">It is damaged.</exception>
    public static TfliteFile Parse(ReadOnlyMemory<byte> file) => new(file);

    private TfliteTensor ReadTensor(FlatTable table)
    {
        int[] shape = table.Int32s(0);
        if (shape.Length > MostAxes || Array.Exists(shape, size => size < 0))
        {
            throw new GraphException("the file is damaged: a tensor has an impossible shape");
        }

        var type = ReadType(table.Byte(1));
        _ = Tensor.SizeInBytes(type, shape); // also computed ones: the runtime would take memory for them
        var buffer = table.Int32(2);
        var quantisation = table.Table(4);
        var scales = quantisation?.Singles(2) ?? [];
        var zeroPoints = quantisation?.Int64s(3) ?? [];
        if (Array.Exists(scales, scale => !float.IsFinite(scale) || scale < 0) || Array.TrueForAll(scales, scale => scale == 0))
        {
            scales = []; // converters write a scale of zero for "none"
        }

        scales = Array.ConvertAll(scales, scale => scale == 0 ? 1 : scale); // and for a channel in which all is zero

        return new TfliteTensor(
            table.Text(3),
            type,
            shape,
            buffer == 0 ? default : buffer > 0 && buffer < _buffers.Length ? _buffers[buffer].Bytes(0) : throw Damaged("buffer", buffer),
            scales,
            zeroPoints.Length == scales.Length ? zeroPoints : new long[scales.Length],
            quantisation?.Int32(6) ?? 0,
            table.Table(6),
            table.Int32s(7));
    }

    private static ElementType ReadType(byte type) => type switch
    {
        0 => ElementType.Float,
        1 => ElementType.Float16,
        2 => ElementType.Int32,
        3 => ElementType.UInt8,
        4 => ElementType.Int64,
        6 => ElementType.Bool,
        7 => ElementType.Int16,
        9 => ElementType.Int8,
        _ => throw new GraphException($"the tensor type {type} is not supported"),
    };

    private static TfliteOperator ReadOperator(FlatTable table, int index, FlatTable[] codes)
    {
        var code = table.Int32(0);
        if (code < 0 || code >= codes.Length)
        {
            throw Damaged("operator", code);
        }

        // The older field has one byte, so numbers above 127 are in the newer one only.
        var number = Math.Max(codes[code].Byte(0), codes[code].Int32(3));
        return new TfliteOperator(
            index, (TfliteOperatorCode)number, codes[code].Text(1), codes[code].Int32(2, 1),
            table.Int32s(1), table.Int32s(2), table.Table(4), table.Bytes(5));
    }

    /// <summary>Checks that every index names a tensor, and limits their number: a small file must not cause unlimited work.</summary>
    private void CheckReferences()
    {
        var references = Inputs.Count + Outputs.Count;
        foreach (var index in Inputs.Concat(Outputs).Concat(Operators.SelectMany(item => item.Inputs.Concat(item.Outputs))))
        {
            if (index < -1 || index >= Tensors.Count)
            {
                throw Damaged("tensor", index);
            }

            if (references++ > MostReferences)
            {
                throw new GraphException($"it has more than {MostReferences} connections");
            }
        }
    }

    private static GraphException Damaged(string what, int index) => new($"the file is damaged: it has no {what} {index}");
}
