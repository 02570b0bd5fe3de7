using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ambianic.OnnxImport.Graphs;

/// <summary>Type of a tensor's elements; the numbers are those of ONNX (<c>TensorProto.DataType</c>).</summary>
internal enum ElementType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}

/// <summary>A constant: row-major, little-endian. A scalar has no dimensions.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Sizes, all known.</param>
/// <param name="Data">Of the length that type and shape need.</param>
internal sealed record Tensor(ElementType Type, IReadOnlyList<int> Shape, byte[] Data)
{
    private const int MostIntegers = 4096;

    /// <summary>Number of elements.</summary>
    public int Count => Data.Length / SizeOf(Type);

    /// <summary>A shape for people, for example <c>[1, ?, ?, 3]</c>; -1 is a size that is open, null an open number of axes.</summary>
    public static string Sizes(IReadOnlyList<int>? shape) =>
        $"[{(shape is null ? "..." : string.Join(", ", shape.Select(size => size < 0 ? "?" : $"{size}")))}]";

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.Int64 => 8,
        ElementType.Float or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Bytes that a tensor of this type and shape has.</summary>
    /// <exception cref="GraphException">A size is negative, or the tensor is larger than 1 GiB.</exception>
    public static int SizeInBytes(ElementType type, IReadOnlyList<int> shape)
    {
        long size = SizeOf(type);
        foreach (var dimension in shape)
        {
            size *= dimension;
            if (dimension < 0 || size > 1 << 30)
            {
                throw new GraphException($"the file is damaged, or a tensor of shape [{string.Join(", ", shape)}] too large");
            }
        }

        return (int)size;
    }

    public static Tensor Of(IReadOnlyList<int> shape, params ReadOnlySpan<float> values) =>
        new(ElementType.Float, shape, MemoryMarshal.AsBytes(values).ToArray());

    public static Tensor Of(IReadOnlyList<int> shape, params ReadOnlySpan<long> values) =>
        new(ElementType.Int64, shape, MemoryMarshal.AsBytes(values).ToArray());

    public static Tensor Of(IReadOnlyList<int> shape, params ReadOnlySpan<int> values) =>
        new(ElementType.Int32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements of an integer tensor that holds axes or sizes.</summary>
    /// <exception cref="GraphException">It does not hold 32- or 64-bit integers, or holds more than there can be axes.</exception>
    public long[] ToIntegers()
    {
        if (Count > MostIntegers)
        {
            throw new GraphException($"the file is damaged: {Count} numbers where axes or sizes belong");
        }

        var values = new long[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Type switch
            {
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Data.AsSpan(i * 4)),
                ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Data.AsSpan(i * 8)),
                _ => throw new GraphException($"the file is damaged: {Type} where integers belong"),
            };
        }

        return values;
    }

    /// <summary>The same elements in another shape of the same size.</summary>
    public Tensor Reshape(params IReadOnlyList<int> shape) => SizeInBytes(Type, shape) == Data.Length
        ? this with { Shape = shape }
        : throw new GraphException($"the file is damaged: [{string.Join(", ", Shape)}] cannot become [{string.Join(", ", shape)}]");

    /// <summary>Axis <c>i</c> of the result is axis <c>axes[i]</c> of this tensor.</summary>
    /// <exception cref="GraphException">This tensor has another number of axes.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> axes)
    {
        if (axes.Length != Shape.Count)
        {
            throw new GraphException($"the file is damaged: a constant has {Shape.Count} axes where {axes.Length} belong");
        }

        var shape = new int[axes.Length];
        var strides = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            shape[i] = Shape[axes[i]];
            strides[i] = Shape.Skip(axes[i] + 1).Aggregate(SizeOf(Type), (product, size) => product * size);
        }

        var size = SizeOf(Type);
        var data = new byte[Data.Length];
        var index = new int[axes.Length];
        var from = 0;
        for (var to = 0; to < data.Length; to += size)
        {
            Data.AsSpan(from, size).CopyTo(data.AsSpan(to));
            for (var axis = axes.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return new Tensor(Type, shape, data);
    }

    /// <summary>Half-precision elements widened to single precision; others unchanged.</summary>
    public Tensor Widen()
    {
        if (Type != ElementType.Float16)
        {
            return this;
        }

        var wide = new float[Count];
        var narrow = MemoryMarshal.Cast<byte, Half>(Data);
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = (float)narrow[i];
        }

        return Of(Shape, wide);
    }
}
