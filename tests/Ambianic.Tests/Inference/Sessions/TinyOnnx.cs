using System.Runtime.InteropServices;
using Ambianic.OnnxImport;
using Google.Protobuf;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>A model that takes a picture and always says the same.</summary>
internal sealed class TinyOnnx
{
    private const int Float = 1;
    private const int UInt8 = 2;
    private const int Int32 = 6;
    private const int Int64 = 7;
    private const int Bool = 9;
    private const int Float16 = 10;

    private readonly ModelProto _model = new()
    {
        IrVersion = 8,
        Graph = new GraphProto { Name = "tiny" },
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
    };

    public TinyOnnx(params long[] picture)
        : this(Float, picture)
    {
    }

    private TinyOnnx(int type, long[] picture) => Input("images", type, picture);

    /// <summary>A model whose picture is bytes.</summary>
    public static TinyOnnx OfBytes(params long[] picture) => new(UInt8, picture);

    /// <summary>A model whose picture is whole numbers of 32 bits.</summary>
    public static TinyOnnx OfWholeNumbers(params long[] picture) => new(Int32, picture);

    /// <summary>A model whose picture is numbers of half precision.</summary>
    public static TinyOnnx OfHalfPrecision(params long[] picture) => new(Float16, picture);

    /// <summary>A second input of int64.</summary>
    public TinyOnnx Sizes(string name)
    {
        Input(name, Int64, 1, 2);
        return this;
    }

    /// <summary>An output of floats; its shape is left open to the runtime when <paramref name="isFree"/>.</summary>
    public TinyOnnx Output(string name, long[] shape, float[] values, bool isFree = false) =>
        Add(name, Float, shape, MemoryMarshal.AsBytes(values.AsSpan()), isFree);

    /// <summary>An output of half precision.</summary>
    public TinyOnnx HalfOutput(string name, long[] shape, Half[] values) => Add(name, Float16, shape, MemoryMarshal.AsBytes(values.AsSpan()), false);

    /// <summary>An output of int64.</summary>
    public TinyOnnx Output(string name, long[] shape, long[] values) => Add(name, Int64, shape, MemoryMarshal.AsBytes(values.AsSpan()), false);

    /// <summary>An output that repeats an input.</summary>
    public TinyOnnx Echo(string input, string output, int type, params long[] shape)
    {
        _model.Graph.Node.Add(new NodeProto { OpType = "Identity", Name = output, Input = { input }, Output = { output } });
        _model.Graph.Output.Add(Value(output, type, shape));
        return this;
    }

    /// <summary>Lets the model work on a white picture for longer than anybody waits, in a loop that adds nothing to the output.</summary>
    public TinyOnnx HangsOnWhite(string output)
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add([Value("round", Int64, []), Value("go_on", Bool, []), Value("nothing_in", Float, [])]);
        body.Output.Add([Value("go_on_out", Bool, []), Value("nothing_out", Float, [])]);
        body.Node.Add([Node("Identity", "go_on_out", "go_on"), Node("Identity", "nothing_out", "nothing_in")]);
        var loop = Node("Loop", "nothing", "rounds", "", "zero");
        loop.Attribute.Add(new AttributeProto { Name = "body", G = body, Type = AttributeProto.Types.AttributeType.Graph });

        return OnWhite(output, 1e12f, loop, Scalar("zero", 0));
    }

    /// <summary>Lets the model fail on a white picture: it looks for a value where there is none.</summary>
    public TinyOnnx ThrowsOnWhite(string output)
    {
        var single = Scalar("zero", 0);
        single.Dims.Add(1);
        return OnWhite(output, 1000, Node("Gather", "nothing", "zero", "rounds"), single);
    }

    /// <summary>Lets the model overflow on a white picture.</summary>
    public TinyOnnx OverflowsOnWhite(string output) => OnWhite(output, 1e38f, Node("Mul", "nothing", "many", "many"), Scalar("zero", 0));

    /// <summary>Adds something to the output that is computed from a number, <c>rounds</c>, which is large on a white picture and else zero.</summary>
    private TinyOnnx OnWhite(string output, float large, NodeProto work, TensorProto zero)
    {
        // A white pixel is at least 1, a black one and the grey of the border are less than 0.5.
        var darkest = Node("ReduceMin", "darkest", "images");
        darkest.Attribute.Add(new AttributeProto { Name = "keepdims", I = 0, Type = AttributeProto.Types.AttributeType.Int });
        var cast = Node("Cast", "rounds", "many");
        cast.Attribute.Add(new AttributeProto { Name = "to", I = Int64, Type = AttributeProto.Types.AttributeType.Int });
        var last = _model.Graph.Node.Single(node => node.Output[0] == output);
        _model.Graph.Initializer.Add([Scalar("two", 1.9f), Scalar("large", large), zero]);
        _model.Graph.Node.Clear();
        _model.Graph.Node.Add(
        [
            darkest, Node("Mul", "doubled", "darkest", "two"), Node("Floor", "white", "doubled"), Node("Mul", "many", "white", "large"), cast,
            work, Node("Add", output, last.Input[0], "nothing"),
        ]);
        return this;
    }

    /// <summary>An entry of the metadata.</summary>
    public TinyOnnx Metadata(string key, string value)
    {
        _model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return this;
    }

    public string Write(string folder)
    {
        var path = Path.Combine(folder, "tiny.onnx");
        File.WriteAllBytes(path, _model.ToByteArray());
        return path;
    }

    private TinyOnnx Add(string name, int type, long[] shape, ReadOnlySpan<byte> data, bool isFree)
    {
        var constant = new TensorProto { Name = $"{name}_constant", DataType = type, RawData = ByteString.CopyFrom(data) };
        constant.Dims.AddRange(shape);
        _model.Graph.Initializer.Add(constant);
        return Echo(constant.Name, name, type, isFree ? [.. shape.Select(_ => -1L)] : shape);
    }

    private static NodeProto Node(string type, string output, params string[] inputs) =>
        new() { OpType = type, Name = output, Input = { inputs }, Output = { output } };

    private static TensorProto Scalar(string name, float value) =>
        new() { Name = name, DataType = Float, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) };

    private void Input(string name, int type, params long[] shape) => _model.Graph.Input.Add(Value(name, type, shape));

    private static ValueInfoProto Value(string name, int type, long[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(shape.Select((length, axis) => length > 0
            ? new TensorShapeProto.Types.Dimension { DimValue = length }
            : new TensorShapeProto.Types.Dimension { DimParam = $"{name}_{axis}" }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
