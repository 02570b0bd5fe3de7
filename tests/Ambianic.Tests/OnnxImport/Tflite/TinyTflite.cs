using System.Globalization;
using System.Runtime.InteropServices;
using Ambianic.OnnxImport.Tflite;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Writes small TensorFlow Lite models.</summary>
internal sealed class TinyTflite
{
    public const byte Float = 0, Half = 1, Int32 = 2, UInt8 = 3, Int64 = 4, Bool = 6, Int16 = 7, Int8 = 9;

    private readonly List<FlatNode> _tensors = [];
    private readonly List<FlatNode> _buffers = [new()];
    private readonly List<FlatNode> _codes = [];
    private readonly List<FlatNode> _operators = [];

    /// <summary>Adds a tensor and returns its index; one with data is a constant.</summary>
    public int Tensor(
        string name, byte type, int[] shape, byte[]? data = null, float[]? scales = null, long[]? zeroPoints = null, int axis = 0, FlatNode? sparsity = null, int[]? signature = null)
    {
        List<(int, object)> fields = [(0, shape), (1, type), (3, name)];
        if (data is not null)
        {
            _buffers.Add(new FlatNode((0, data)));
            fields.Add((2, _buffers.Count - 1));
        }

        if (scales is not null)
        {
            fields.Add((4, new FlatNode((2, scales), (3, zeroPoints ?? new long[scales.Length]), (6, axis))));
        }

        if (sparsity is not null)
        {
            fields.Add((6, sparsity));
        }

        if (signature is not null)
        {
            fields.Add((7, signature));
        }

        _tensors.Add(new FlatNode([.. fields]));
        return _tensors.Count - 1;
    }

    public int Constant(int[] shape, params float[] values) => Tensor("", Float, shape, Bytes(values));

    public int Constant(params int[] values) => Tensor("", Int32, [values.Length], Bytes(values));

    public TinyTflite Operator(TfliteOperatorCode code, int[] inputs, int[] outputs, FlatNode? options = null, string custom = "", byte[]? customOptions = null, int version = 1)
    {
        _codes.Add(new FlatNode((0, (byte)Math.Min(127, (int)code)), (1, custom), (2, version), (3, (int)code)));
        List<(int, object)> fields = [(0, _codes.Count - 1), (1, inputs), (2, outputs)];
        if (customOptions is not null)
        {
            fields.Add((5, customOptions));
        }

        if (options is not null)
        {
            fields.Add((3, OptionsType(code)));
            fields.Add((4, options));
        }

        _operators.Add(new FlatNode([.. fields]));
        return this;
    }

    /// <summary>Numbers of the union <c>BuiltinOptions</c> in TensorFlow Lite's schema.</summary>
    private static byte OptionsType(TfliteOperatorCode code) => code switch
    {
        TfliteOperatorCode.CONV_2D => 1,
        TfliteOperatorCode.DEPTHWISE_CONV_2D => 2,
        TfliteOperatorCode.MAX_POOL_2D or TfliteOperatorCode.AVERAGE_POOL_2D => 5,
        TfliteOperatorCode.FULLY_CONNECTED => 8,
        TfliteOperatorCode.SOFTMAX => 9,
        TfliteOperatorCode.CONCATENATION => 10,
        TfliteOperatorCode.ADD => 11,
        TfliteOperatorCode.RESIZE_BILINEAR => 15,
        TfliteOperatorCode.RESHAPE => 17,
        TfliteOperatorCode.MUL => 21,
        TfliteOperatorCode.GATHER => 23,
        TfliteOperatorCode.MEAN or TfliteOperatorCode.REDUCE_MIN or TfliteOperatorCode.REDUCE_PROD => 27,
        TfliteOperatorCode.STRIDED_SLICE => 32,
        TfliteOperatorCode.SPLIT => 35,
        TfliteOperatorCode.CAST => 37,
        TfliteOperatorCode.TRANSPOSE_CONV => 49,
        TfliteOperatorCode.ARG_MIN => 57,
        TfliteOperatorCode.RESIZE_NEAREST_NEIGHBOR => 74,
        TfliteOperatorCode.MIRROR_PAD => 77,
        TfliteOperatorCode.BATCH_MATMUL => 101,
        TfliteOperatorCode.GELU => 116,
        _ => throw new NotSupportedException($"{code}"),
    };

    public byte[] Build(int[] inputs, int[] outputs)
    {
        var graph = new FlatNode((0, _tensors.ToArray()), (1, inputs), (2, outputs), (3, _operators.ToArray()));
        return FlatWriter.Write(
            new FlatNode((0, 3), (1, _codes.ToArray()), (2, new[] { graph }), (3, "tiny"), (4, _buffers.ToArray())), "TFL3");
    }

    /// <summary>Options of a custom operator: a FlexBuffer that holds a map of floats and lists of integers. Names must be sorted.</summary>
    public static byte[] FlexMap(params (string Name, object Value)[] entries)
    {
        const byte FloatOf4Bytes = (3 << 2) | 2, MapOf4Bytes = (9 << 2) | 2, ListOf4Bytes = (11 << 2) | 2;
        List<byte> bytes = [];
        var names = entries.Select(entry =>
        {
            var at = bytes.Count;
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(entry.Name + "\0"));
            return at;
        }).ToArray();
        var lists = entries.Select(entry =>
        {
            var list = entry.Value as int[] ?? [];
            Number(list.Length);
            var at = bytes.Count;
            bytes.AddRange(Bytes(list));
            return at;
        }).ToArray();
        Number(entries.Length);
        var keys = bytes.Count;
        Array.ForEach(names, name => Number(bytes.Count - name));
        Number(bytes.Count - keys);
        Number(4);
        Number(entries.Length);
        var values = bytes.Count;
        foreach (var ((_, value), list) in entries.Zip(lists))
        {
            bytes.AddRange(value is int[] ? BitConverter.GetBytes(bytes.Count - list) : BitConverter.GetBytes(Convert.ToSingle(value, CultureInfo.InvariantCulture)));
        }

        bytes.AddRange(entries.Select(entry => entry.Value is int[] ? ListOf4Bytes : FloatOf4Bytes));
        Number(bytes.Count - values);
        bytes.AddRange([MapOf4Bytes, 4]);
        return [.. bytes];

        void Number(int value) => bytes.AddRange(BitConverter.GetBytes(value));
    }

    public static byte[] Bytes<T>(params T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
