using Ambianic.OnnxImport.Graphs;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.OnnxImport.Tflite;

/// <content>Each operator, read from its options. The numbers of the fields are those of TensorFlow Lite's schema.</content>
internal sealed partial class TfliteReader
{
    private const string PostProcess = "TFLite_Detection_PostProcess";

    /// <summary>MediaPipe's: a transposed convolution with a bias.</summary>
    private const string TransposedWithBias = "Convolution2DTransposeBias";

    /// <summary>Tensors that come from <see cref="PostProcessing"/>, which is not in the graph.</summary>
    private readonly HashSet<int> _postProcessed = [];

    private static readonly string[] Activations = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"];

    private void Operator(TfliteOperator item)
    {
        switch (item.Code)
        {
            case DENSIFY:
                var sparse = TensorOf(item.Inputs[0]);
                _builder.Allow(Tensor.SizeInBytes(sparse.Type, sparse.Shape));
                _constants[item.Outputs[0]] = SparseTensor.ToDense(
                    sparse, sparse.Sparsity ?? throw new GraphException("its input is not sparse"));
                break;
            case DEQUANTIZE when ConstantOf(item.Inputs[0]) is { } constant:
                _builder.Allow((long)constant.Count * sizeof(float));
                _constants[item.Outputs[0]] = Real(constant, TensorOf(item.Inputs[0]));
                break;
            case SPLIT:
                DefineAll(item, _builder.Split(In(item, 1), item.Outputs.Count, Axis(item, 0)));
                break;
            case SPLIT_V:
                DefineAll(item, _builder.Split(In(item, 0), Integers(item, 1), Axis(item, 2)));
                break;
            case UNPACK:
                DefineAll(item, _builder.Unpack(In(item, 0), item.Outputs.Count, Option(item, 1)));
                break;
            case TOPK_V2:
                DefineAll(item, _builder.TopK(In(item, 0), In(item, 1)));
                break;
            case CUSTOM when item.Custom == PostProcess:
                LeaveToPostProcessing(item);
                break;
            default:
                Define(item.Outputs[0], Single(item));
                break;
        }
    }

    /// <summary>An operator with one output.</summary>
    private string Single(TfliteOperator item) => item.Code switch
    {
        CONV_2D => Convolution(item),
        DEPTHWISE_CONV_2D => DepthwiseConvolution(item),
        TRANSPOSE_CONV => TransposedConvolution(item),
        CUSTOM when item.Custom == TransposedWithBias => TransposedConvolutionWithBias(item),
        CUSTOM when item.Custom == ToCrop => LandmarksToMatrix(item),
        CUSTOM when item.Custom == TransformTensor => SampledPicture(item),
        CUSTOM when item.Custom == TransformPoints => TransformedLandmarks(item),
        FULLY_CONNECTED => FullyConnected(item),
        BATCH_MATMUL => _builder.MultiplyMatrices(Matrix(item, 0), Matrix(item, 1)),
        MAX_POOL_2D => Pool(item, "MaxPool"),
        AVERAGE_POOL_2D => Pool(item, "AveragePool"),
        RESIZE_BILINEAR => _builder.Resize(In(item, 0), In(item, 1), linear: true, Grid(item, 2)),
        RESIZE_NEAREST_NEIGHBOR => _builder.Resize(In(item, 0), In(item, 1), linear: false, Grid(item, 0)),
        SPACE_TO_BATCH_ND => _builder.SpaceToBatch(In(item, 0), TensorOf(Input(item, 0)).Shape, Integers(item, 1), In(item, 2)),
        BATCH_TO_SPACE_ND => _builder.BatchToSpace(In(item, 0), TensorOf(Input(item, 0)).Shape, Integers(item, 1), Integers(item, 2)),
        DEPTH_TO_SPACE => _builder.DepthToSpace(In(item, 0), Option(item, 0)),
        SPACE_TO_DEPTH => _builder.SpaceToDepth(In(item, 0), Option(item, 0)),
        PAD => _builder.Pad(In(item, 0), In(item, 1), null),
        PADV2 => _builder.Pad(In(item, 0), In(item, 1), In(item, 2)),
        MIRROR_PAD => _builder.PadMirrored(In(item, 0), In(item, 1), symmetric: (item.Options?.Byte(0) ?? 0) == 1),

        ADD => Activated(item, 0, Direct(item, "Add")),
        SUB => Activated(item, 0, Direct(item, "Sub")),
        MUL => Activated(item, 0, Direct(item, "Mul")),
        DIV => Activated(item, 0, Direct(item, "Div")),
        MAXIMUM => Direct(item, "Max"),
        MINIMUM => Direct(item, "Min"),
        POW => Direct(item, "Pow"),
        ADD_N => _builder.AddAll(All(item)),
        FLOOR_DIV => _builder.FloorDivide(In(item, 0), In(item, 1), HasIntegers(item)),
        FLOOR_MOD => _builder.FloorModulo(In(item, 0), In(item, 1), HasIntegers(item)),
        SQUARE => _builder.Square(In(item, 0)),
        SQUARED_DIFFERENCE => _builder.SquaredDifference(In(item, 0), In(item, 1)),
        PRELU => Direct(item, "PRelu"),
        GELU => _builder.Gelu(In(item, 0), isApproximate: item.Options?.Bool(0) ?? false),
        RELU or RELU6 or RELU_N1_TO_1 or TANH or ELU => _builder.Activate(In(item, 0), item.Code.ToString()),
        LEAKY_RELU => _builder.Activate(In(item, 0), "LeakyRelu", item.Options?.Single(0) ?? 0),
        LOGISTIC => Direct(item, "Sigmoid"),
        HARD_SWISH => Direct(item, "HardSwish"),
        SOFTMAX => _builder.Softmax(In(item, 0), item.Options?.Single(0) ?? 1),
        EXP => Direct(item, "Exp"),
        SQRT => Direct(item, "Sqrt"),
        RSQRT => _builder.Emit("Reciprocal", [Direct(item, "Sqrt")]),
        ABS => Direct(item, "Abs"),
        NEG => Direct(item, "Neg"),
        FLOOR => Direct(item, "Floor"),
        CEIL => Direct(item, "Ceil"),
        ROUND => Direct(item, "Round"),
        LOG => Direct(item, "Log"),
        SIN => Direct(item, "Sin"),
        COS => Direct(item, "Cos"),
        QUANTIZE or DEQUANTIZE => In(item, 0),
        CAST => _builder.Cast(In(item, 0), Wide(TensorOf(item.Outputs[0]).Type)),

        EQUAL => Direct(item, "Equal"),
        NOT_EQUAL => _builder.NotEqual(In(item, 0), In(item, 1)),
        LESS => Direct(item, "Less"),
        LESS_EQUAL => Direct(item, "LessOrEqual"),
        GREATER => Direct(item, "Greater"),
        GREATER_EQUAL => Direct(item, "GreaterOrEqual"),
        LOGICAL_AND => Direct(item, "And"),
        LOGICAL_OR => Direct(item, "Or"),
        LOGICAL_NOT => Direct(item, "Not"),
        SELECT => Select(item),
        SELECT_V2 => Direct(item, "Where"),

        MEAN => Reduce(item, "ReduceMean"),
        SUM => Reduce(item, "ReduceSum"),
        REDUCE_MAX => Reduce(item, "ReduceMax"),
        REDUCE_MIN => Reduce(item, "ReduceMin"),
        REDUCE_PROD => Reduce(item, "ReduceProd"),
        ARG_MAX => _builder.ArgBest("ArgMax", In(item, 0), In(item, 1), TensorOf(item.Outputs[0]).Type),
        ARG_MIN => _builder.ArgBest("ArgMin", In(item, 0), In(item, 1), TensorOf(item.Outputs[0]).Type),

        RESHAPE => Reshape(item),
        TRANSPOSE => _builder.Transpose(In(item, 0), Integers(item, 1)),
        SQUEEZE => _builder.Squeeze(In(item, 0), [.. item.Options?.Int32s(0).Select(axis => (long)axis) ?? []]),
        EXPAND_DIMS => _builder.Unsqueeze(In(item, 0), Axis(item, 1)),
        CONCATENATION => Activated(item, 1, _builder.Concat(All(item), Option(item, 0))),
        PACK => _builder.Pack(All(item), Option(item, 1)),
        TILE => _builder.Tile(In(item, 0), In(item, 1)),
        FILL => _builder.Fill(In(item, 0), In(item, 1)),
        SHAPE => _builder.Cast(_builder.Shape(In(item, 0)), TensorOf(item.Outputs[0]).Type),
        GATHER => Option(item, 1) == 0
            ? _builder.Gather(In(item, 0), In(item, 1), Option(item, 0), 0)
            : _builder.Gather(Ranked(item, 0), Ranked(item, 1), Option(item, 0), Option(item, 1)),
        GATHER_ND => _builder.GatherNd(In(item, 0), In(item, 1)),
        STRIDED_SLICE when item.Options?.Bool(5) ?? false => throw new GraphException("ends that are offsets from the begins are not supported"),
        STRIDED_SLICE => _builder.StridedSlice(
            In(item, 0), In(item, 1), In(item, 2), In(item, 3),
            new SliceMasks(Option(item, 0), Option(item, 1), Option(item, 2), Option(item, 3), Option(item, 4))),
        SLICE => _builder.Slice(In(item, 0), Integers(item, 1), Integers(item, 2)),
        CUSTOM when item.Custom == "edgetpu-custom-op" => throw new GraphException(
            "the file is compiled for the Edge TPU and cannot be converted; name the file it was compiled from"),
        _ => throw new GraphException("this operator is not supported"),
    };

    private string In(TfliteOperator item, int index) => Value(Input(item, index));

    private static int Input(TfliteOperator item, int index) => index < item.Inputs.Count
        ? item.Inputs[index]
        : throw new GraphException($"it has only {item.Inputs.Count} inputs");

    private string[] All(TfliteOperator item) => [.. item.Inputs.Select(Value)];

    private long[] Integers(TfliteOperator item, int index) => RequireConstant(Input(item, index)).ToIntegers();

    private long Axis(TfliteOperator item, int index) => Integers(item, index)[0];

    private static int Option(TfliteOperator item, int field, int otherwise = 0) => item.Options?.Int32(field, otherwise) ?? otherwise;

    private string Direct(TfliteOperator item, string op) => _builder.Emit(op, All(item));

    private string Activated(TfliteOperator item, int field, string value) =>
        _builder.Activate(value, Activations[item.Options?.Byte(field) ?? 0]);

    /// <summary>The rules of division differ; a quantised tensor stands for real numbers.</summary>
    private bool HasIntegers(TfliteOperator item) =>
        TensorOf(Input(item, 0)) is { IsQuantised: false, Type: not (ElementType.Float or ElementType.Float16) };

    /// <summary>The shape is what the graph computes; where it computes none, the one in the file.</summary>
    private string Reshape(TfliteOperator item) => item.Inputs is [_, >= 0 and var shape, ..] && ConstantOf(shape) is null
        ? _builder.Reshape(In(item, 0), Value(shape))
        : _builder.Emit("Reshape", [In(item, 0), _builder.Integers([.. TensorOf(item.Outputs[0]).Shape.Select(size => (long)size)])]);

    private (string Value, int Axes) Ranked(TfliteOperator item, int index) => (In(item, index), TensorOf(Input(item, index)).Shape.Count);

    /// <summary>A condition of one axis chooses whole rows, where ONNX would broadcast it along the last axis.</summary>
    private string Select(TfliteOperator item)
    {
        var axes = TensorOf(Input(item, 1)).Shape.Count;
        var condition = TensorOf(Input(item, 0)).Shape.Count == 1 && axes > 1
            ? _builder.Emit("Reshape", [In(item, 0), _builder.Integers([-1, .. Enumerable.Repeat(1L, axes - 1)])])
            : In(item, 0);
        return _builder.Emit("Where", [condition, In(item, 1), In(item, 2)]);
    }

    private (string Value, int Axes, bool Transposed) Matrix(TfliteOperator item, int index) =>
        (In(item, index), TensorOf(Input(item, index)).Shape.Count, item.Options?.Bool(index) ?? false);

    private string Reduce(TfliteOperator item, string op) =>
        _builder.Reduce(op, In(item, 0), In(item, 1), item.Options?.Bool(0) ?? false);

    private string Pool(TfliteOperator item, string op)
    {
        var (window, rows, columns) = (Window(item), Option(item, 4), Option(item, 3));
        var picture = TensorOf(Input(item, 0)).Shape;
        if (rows < 1 || columns < 1 || (!window.Same && picture is [_, var height, var width, _] && !(Fits(rows, height) && Fits(columns, width))))
        {
            throw new GraphException($"a window of {rows}x{columns} does not fit into [{string.Join(", ", picture)}]");
        }

        return Activated(item, 5, _builder.Pool(op, In(item, 0), window, [rows, columns]));

        static bool Fits(int window, int size) => window <= size || size <= 1; // 1 stands for a size that is not known yet
    }

    private static ResizeGrid Grid(TfliteOperator item, int field) => item.Options switch
    {
        { } options when options.Bool(field) => ResizeGrid.AlignCorners,
        { } options when options.Bool(field + 1) => ResizeGrid.HalfPixel,
        _ => ResizeGrid.Asymmetric,
    };

    private static Window Window(TfliteOperator item)
    {
        var window = new Window(Same: (item.Options?.Byte(0) ?? 0) == 0, Option(item, 2), Option(item, 1));
        return window is { StrideY: > 0, StrideX: > 0 }
            ? window
            : throw new GraphException($"a stride of {window.StrideY}x{window.StrideX} leads nowhere");
    }

    private void DefineAll(TfliteOperator item, string[] values)
    {
        foreach (var (output, value) in item.Outputs.Zip(values))
        {
            Define(output, value);
        }
    }

    /// <summary>The graph ends with the inputs of the post-processing and its parameters, so that the file holds all that is needed.</summary>
    private void LeaveToPostProcessing(TfliteOperator item)
    {
        var options = FlexMap.Read(item.CustomOptions);
        var parameters = new PostProcessing
        {
            MostDetections = (int)Parameter("max_detections"),
            ClassesPerDetection = (int)Parameter("max_classes_per_detection"),
            DetectionsPerClass = (int)options.GetValueOrDefault("detections_per_class", 100),
            IsRegular = options.GetValueOrDefault("use_regular_nms") != 0,
            ScoreThreshold = (float)Parameter("nms_score_threshold"),
            OverlapThreshold = (float)Parameter("nms_iou_threshold"),
            Classes = (int)Parameter("num_classes"),
            ScaleY = (float)Parameter("y_scale"),
            ScaleX = (float)Parameter("x_scale"),
            ScaleHeight = (float)Parameter("h_scale"),
            ScaleWidth = (float)Parameter("w_scale"),
        }.ToTensor();
        _builder.Output(In(item, 0), PostProcessing.Boxes, ElementType.Float, TensorOf(item.Inputs[0]).Shape);
        _builder.Output(In(item, 1), PostProcessing.Scores, ElementType.Float, TensorOf(item.Inputs[1]).Shape);
        _builder.Output(In(item, 2), PostProcessing.Anchors, ElementType.Float, TensorOf(item.Inputs[2]).Shape);
        _builder.Output(
            _builder.Constant(Tensor.Of([parameters.Length], parameters)), PostProcessing.Parameters, ElementType.Float, [parameters.Length]);
        _postProcessed.UnionWith(item.Outputs);

        double Parameter(string name) =>
            options.TryGetValue(name, out var value) ? value : throw new GraphException($"its option {name} is missing");
    }
}
