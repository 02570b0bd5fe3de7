using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.TfJs;

/// <content>Each operator, read from its node.</content>
internal sealed partial class TfJsReader
{
    private string[] Operator(TfJsNode node)
    {
        switch (node.Op)
        {
            case "Const":
                return [_builder.Constant(_weights.GetValueOrDefault(node.Name) ?? throw new GraphException("it has no weight"))];
            case "Placeholder":
                return [_builder.Input(node.Name, node.Type("dtype"), node.Shape())];
            case "Unpack":
                return _builder.Unpack(In(node, 0), checked((int)node.Integer("num")), node.Integer("axis"));
            case "Split":
                return _builder.Split(In(node, 1), checked((int)node.Integer("num_split")), Axis(node, 0));
            case "SplitV":
                return _builder.Split(In(node, 0), _builder.IntegersOf(In(node, 1)), Axis(node, 2));
            case "TopKV2":
                return _builder.TopK(In(node, 0), In(node, 1));
            default:
                return [Single(node)];
        }
    }

    /// <summary>An operator with one output.</summary>
    private string Single(TfJsNode node) => node.Op switch
    {
        "Identity" => In(node, 0),
        "Conv2D" or "_FusedConv2D" => Convolution(node, depthwise: false),
        "DepthwiseConv2dNative" or "FusedDepthwiseConv2dNative" => Convolution(node, depthwise: true),
        "MaxPool" => Pool(node, "MaxPool"),
        "AvgPool" => Pool(node, "AveragePool"),
        "ResizeBilinear" => _builder.Resize(In(node, 0), In(node, 1), linear: true, Grid(node)),
        "ResizeNearestNeighbor" => _builder.Resize(In(node, 0), In(node, 1), linear: false, Grid(node)),
        "DepthToSpace" => _builder.DepthToSpace(In(node, 0), node.Integer("block_size")),
        "Pad" => _builder.Pad(In(node, 0), In(node, 1), null),
        "PadV2" => _builder.Pad(In(node, 0), In(node, 1), In(node, 2)),

        "Add" or "AddV2" or "BiasAdd" => Direct(node, "Add"),
        "Sub" => Direct(node, "Sub"),
        "Mul" => Direct(node, "Mul"),
        "RealDiv" => Direct(node, "Div"),
        "Maximum" => Direct(node, "Max"),
        "Minimum" => Direct(node, "Min"),
        "AddN" => _builder.AddAll(All(node)),
        "SquaredDifference" => _builder.SquaredDifference(In(node, 0), In(node, 1)),
        "FloorDiv" => _builder.FloorDivide(In(node, 0), In(node, 1), node.Type("T") == ElementType.Int32),
        "FloorMod" => _builder.FloorModulo(In(node, 0), In(node, 1), node.Type("T") == ElementType.Int32),
        "Relu" or "Sigmoid" or "Tanh" or "Exp" or "Sqrt" or "Abs" or "Neg" or "Reciprocal" => Direct(node, node.Op),
        "Relu6" => _builder.Activate(In(node, 0), "Relu6"),
        "LeakyRelu" => _builder.Activate(In(node, 0), "LeakyRelu", node.Number("alpha", 0.2f)),
        "Softmax" => _builder.Softmax(In(node, 0), 1),
        "Equal" or "Less" or "Greater" => Direct(node, node.Op),
        "GreaterEqual" => Direct(node, "GreaterOrEqual"),
        "LogicalAnd" => Direct(node, "And"),
        "Select" or "SelectV2" => Direct(node, "Where"),
        "Cast" => _builder.Cast(In(node, 0), node.Type("DstT")),

        "Mean" => Reduce(node, "ReduceMean"),
        "Sum" => Reduce(node, "ReduceSum"),
        "Max" => Reduce(node, "ReduceMax"),
        "Min" => Reduce(node, "ReduceMin"),
        "ArgMax" => _builder.ArgBest("ArgMax", In(node, 0), In(node, 1), ElementType.Int32),

        "Reshape" => _builder.Reshape(In(node, 0), In(node, 1)),
        "Transpose" => _builder.Transpose(In(node, 0), _builder.IntegersOf(In(node, 1))),
        "Squeeze" => _builder.Squeeze(In(node, 0), node.Integers("squeeze_dims")),
        "ExpandDims" => _builder.Unsqueeze(In(node, 0), Axis(node, 1)),
        "ConcatV2" => _builder.Concat([.. All(node).SkipLast(1)], Axis(node, node.Inputs.Count - 1)),
        "Pack" => _builder.Pack(All(node), node.Integer("axis")),
        "Tile" => _builder.Tile(In(node, 0), In(node, 1)),
        "Fill" => _builder.Fill(In(node, 0), In(node, 1)),
        "Range" => _builder.Emit("Range", All(node)),
        "Shape" => _builder.Shape(In(node, 0)),
        "Size" => _builder.Size(In(node, 0)),
        "GatherNd" => _builder.GatherNd(In(node, 0), In(node, 1)),
        "GatherV2" => _builder.Gather(In(node, 0), In(node, 1), Axis(node, 2), node.Integer("batch_dims")),
        "StridedSlice" => _builder.StridedSlice(In(node, 0), In(node, 1), In(node, 2), In(node, 3), Masks(node)),
        "SparseToDense" => SparseToDense(node),
        _ => throw new GraphException("this operator is not supported"),
    };

    private string In(TfJsNode node, int index) => index < node.Inputs.Count
        ? Value(node.Inputs[index])
        : throw new GraphException($"it has only {node.Inputs.Count} inputs");

    private string[] All(TfJsNode node) => [.. node.Inputs.Select(Value)];

    private long Axis(TfJsNode node, int index) => _builder.IntegersOf(In(node, index))[0];

    private string Direct(TfJsNode node, string op) => _builder.Emit(op, All(node));

    private static SliceMasks Masks(TfJsNode node) => new(
        node.Integer("begin_mask"),
        node.Integer("end_mask"),
        node.Integer("ellipsis_mask"),
        node.Integer("new_axis_mask"),
        node.Integer("shrink_axis_mask"));

    private string Reduce(TfJsNode node, string op) => _builder.Reduce(op, In(node, 0), In(node, 1), node.Flag("keep_dims"));

    private string Pool(TfJsNode node, string op) =>
        _builder.Pool(op, In(node, 0), Window(node), [.. node.Integers("ksize").Skip(1).Take(2)]);

    private static ResizeGrid Grid(TfJsNode node) => node.Flag("align_corners") ? ResizeGrid.AlignCorners
        : node.Flag("half_pixel_centers") ? ResizeGrid.HalfPixel
        : ResizeGrid.Asymmetric;

    private static Window Window(TfJsNode node)
    {
        var strides = node.Integers("strides");
        return (node.Text("data_format"), node.Text("padding"), strides.Length) switch
        {
            ("NHWC" or "", "SAME" or "VALID", 4) => new Window(node.Text("padding") == "SAME", strides[1], strides[2]),
            var (format, padding, _) => throw new GraphException($"the padding {padding} of {format} is not supported"),
        };
    }

    private string Convolution(TfJsNode node, bool depthwise)
    {
        var filter = _builder.ConstantOf(In(node, 1)) ?? throw new GraphException("a computed filter is not supported");
        if (filter.Shape.Count != 4)
        {
            throw new GraphException($"its filter has {filter.Shape.Count} axes instead of 4");
        }

        // TensorFlow: row, column, input channel, output channel (depthwise: its multiplier).
        var (rows, columns, channels, last) = (filter.Shape[0], filter.Shape[1], filter.Shape[2], filter.Shape[3]);
        var onnx = depthwise
            ? filter.Transpose(2, 3, 0, 1).Reshape(channels * last, 1, rows, columns)
            : filter.Transpose(3, 2, 0, 1);
        var fused = node.Texts("fused_ops");
        var bias = fused.Contains("BiasAdd") ? In(node, 2) : null;
        var dilations = node.Integers("dilations") is { Length: 4 } all ? all[1..3] : [1, 1];
        var result = _builder.Convolve(
            In(node, 0), _builder.Constant(onnx), bias, Window(node), dilations, depthwise ? channels : 1);
        return fused.LastOrDefault() switch
        {
            null or "BiasAdd" => result,
            "Prelu" => _builder.Emit("PRelu", [result, In(node, 3)]),
            var activation => _builder.Activate(result, activation, node.Number("leakyrelu_alpha", 0.2f)),
        };
    }

    /// <summary>Always constant where it occurs: shapes, as converters from ONNX write them.</summary>
    private string SparseToDense(TfJsNode node)
    {
        var (indices, shape) = (_builder.IntegersOf(In(node, 0)), _builder.IntegersOf(In(node, 1)));
        var (values, otherwise) = (_builder.IntegersOf(In(node, 2)), _builder.IntegersOf(In(node, 3)));
        if (shape.Length != 1 || values.Length != indices.Length)
        {
            throw new GraphException("only vectors are supported");
        }

        var size = checked((int)shape[0]);
        _builder.Allow(Tensor.SizeInBytes(ElementType.Int32, [size]));
        var dense = new int[size];
        Array.Fill(dense, checked((int)otherwise[0]));
        for (var i = 0; i < indices.Length; i++)
        {
            dense[checked((int)indices[i])] = checked((int)values[i]);
        }

        return _builder.Constant(Tensor.Of([size], dense));
    }
}
