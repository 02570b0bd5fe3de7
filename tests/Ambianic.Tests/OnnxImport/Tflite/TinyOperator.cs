using Ambianic.OnnxImport.Tflite;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>A model of one operator (and casts around it), what goes into its input <c>x</c> and what has to come out of <c>y</c>.</summary>
internal sealed record TinyOperator(string Name, byte[] Model, int[] Shape, float[] Input, float[] Expected)
{
    private const byte Same = 0, Valid = 1, NoActivation = 0, Reflect = 0, Symmetric = 1;
    private static readonly float[] Signed = [-7, 7, -2.5f, 1.5f];
    private static readonly float[] Divisors = [2, -2, 2, 4];

    public static IReadOnlyList<TinyOperator> All { get; } =
    [
        Elementwise("floor", FLOOR, [-7, 7, -3, 1]),
        Elementwise("ceil", CEIL, [-7, 7, -2, 2]),
        Elementwise("round, halves to even", ROUND, [-7, 7, -2, 2]),
        Elementwise("square", SQUARE, [49, 49, 6.25f, 2.25f]),
        Elementwise("sin", SIN, [.. Signed.Select(MathF.Sin)]),
        Elementwise("cos", COS, [.. Signed.Select(MathF.Cos)]),
        Of("gelu", [4], Signed, [0, 7, -0.01552416f, 1.39978919f], (model, x, y) => model.Operator(GELU, [x], [y], new FlatNode((0, false)))),
        Of("gelu, approximate", [4], Signed, [.. Signed.Select(x => 0.5f * x * (1 + MathF.Tanh(MathF.Sqrt(2 / MathF.PI) * (x + (0.044715f * x * x * x)))))], (model, x, y) =>
            model.Operator(GELU, [x], [y], new FlatNode((0, true)))),
        Of("log", [2], [1, 7.5f], [0, MathF.Log(7.5f)], (model, x, y) => model.Operator(LOG, [x], [y])),
        Elementwise("add_n", ADD_N, [-21 + 2, 21 - 2, -7.5f + 2, 4.5f + 4], (model, x) => [x, x, x, model.Constant([4], Divisors)]),

        Elementwise("floor_div", FLOOR_DIV, [-4, -4, -2, 0], WithDivisors),
        Elementwise("floor_mod", FLOOR_MOD, [1, -1, 1.5f, 1.5f], WithDivisors),
        Integers("floor_div of integers", FLOOR_DIV, [-7, 7, -6, 5], [2, -2, 4, 4], [-4, -4, -2, 1]),
        Integers("floor_mod of integers", FLOOR_MOD, [-7, 7, -6, 5], [2, -2, 4, 4], [1, -1, 2, 1]),

        Compare("equal", EQUAL, [0, 0, 0, 1]),
        Compare("not_equal", NOT_EQUAL, [1, 1, 1, 0]),
        Compare("less", LESS, [1, 0, 1, 0]),
        Compare("less_equal", LESS_EQUAL, [1, 0, 1, 1]),
        Compare("greater", GREATER, [0, 1, 0, 0]),
        Compare("greater_equal", GREATER_EQUAL, [0, 1, 0, 1]),
        Logical("logical_and", LOGICAL_AND, [0, 1, 0, 0]),
        Logical("logical_or", LOGICAL_OR, [1, 1, 0, 1]),
        Of("logical_not", [4], [0, 1, 0, 1], [1, 0, 1, 0], (model, x, y) =>
        {
            var (flag, not) = (Flag(model, "flag", 4), Flag(model, "not", 4));
            Cast(model, x, flag, TinyTflite.Float, TinyTflite.Bool).Operator(LOGICAL_NOT, [flag], [not]);
            Cast(model, not, y, TinyTflite.Bool, TinyTflite.Float);
        }),
        Of("select of rows", [2, 2], [1, 2, 3, 4], [1, 2, 30, 40], (model, x, y) =>
            model.Operator(SELECT, [model.Tensor("", TinyTflite.Bool, [2], [1, 0]), x, model.Constant([2, 2], 10, 20, 30, 40)], [y])),
        Of("select of columns", [2, 2], [1, 2, 3, 4], [1, 20, 3, 40], (model, x, y) =>
            model.Operator(SELECT_V2, [model.Tensor("", TinyTflite.Bool, [2], [1, 0]), x, model.Constant([2, 2], 10, 20, 30, 40)], [y])),

        Of("reduce_min", [2, 3], [3, 1, 2, 6, 5, 4], [1, 4], (model, x, y) => model.Operator(REDUCE_MIN, [x, model.Constant(1)], [y], new FlatNode((0, false)))),
        Of("reduce_prod", [2, 3], [3, 1, 2, 6, 5, 4], [6, 120], (model, x, y) => model.Operator(REDUCE_PROD, [x, model.Constant(1)], [y], new FlatNode((0, false)))),
        Of("arg_min of 64 bits", [2, 3], [3, 1, 2, 6, 5, 4], [1, 2], (model, x, y) =>
        {
            var index = model.Tensor("index", TinyTflite.Int64, [2]);
            model.Operator(ARG_MIN, [x, model.Constant(1)], [index], new FlatNode((0, TinyTflite.Int64)));
            Cast(model, index, y, TinyTflite.Int64, TinyTflite.Float);
        }),
        Of("fill", [2, 2], [1, 2, 3, 4], [6, 7, 8, 9], (model, x, y) =>
        {
            var filled = model.Tensor("filled", TinyTflite.Float, [2, 2]);
            model.Operator(FILL, [model.Constant(2, 2), model.Constant([], 5)], [filled]).Operator(ADD, [x, filled], [y], new FlatNode((0, NoActivation)));
        }),

        Of("gather_nd", [2, 3], [1, 2, 3, 4, 5, 6], [6, 1], (model, x, y) =>
            model.Operator(GATHER_ND, [x, model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(1, 2, 0, 0))], [y])),
        Of("gather of each row", [2, 3], [1, 2, 3, 4, 5, 6], [3, 1, 5, 5], (model, x, y) => model.Operator(
            GATHER, [x, model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(2, 0, 1, 1))], [y], new FlatNode((0, 1), (1, 1))), [2, 2]),
        Of("gather of each matrix's columns", [2, 2, 3], Count(12), [3, 1, 6, 4, 8, 8, 11, 11], (model, x, y) => model.Operator(
            GATHER, [x, model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(2, 0, 1, 1))], [y], new FlatNode((0, 2), (1, 1))), [2, 2, 2]),
        Of("gather between shared and other axes", [1, 2, 3, 2], Count(12), [5, 6, 1, 2, 11, 12, 7, 8], (model, x, y) => model.Operator(
            GATHER, [x, model.Tensor("", TinyTflite.Int32, [1, 2], TinyTflite.Bytes(2, 0))], [y], new FlatNode((0, -2), (1, -1))), [1, 2, 2, 2]),
        Of("space_to_batch_nd with padding", [1, 1, 3, 2], Count(6), [1, 2, 5, 6, 3, 4, 0, 0], (model, x, y) =>
            model.Operator(SPACE_TO_BATCH_ND, [x, model.Constant(1, 2), Pairs(model, 0, 0, 0, 1)], [y]), [2, 1, 2, 2]),
        Of("space_to_batch_nd of blocks", [1, 4, 4, 1], Count(16), [1, 3, 9, 11, 2, 4, 10, 12, 5, 7, 13, 15, 6, 8, 14, 16], (model, x, y) =>
            model.Operator(SPACE_TO_BATCH_ND, [x, model.Constant(2, 2), Pairs(model, 0, 0, 0, 0)], [y]), [4, 2, 2, 1]),
        Of("batch_to_space_nd with crops", [4, 1, 2, 1], Count(8), [3, 2, 4, 7, 6, 8], (model, x, y) =>
            model.Operator(BATCH_TO_SPACE_ND, [x, model.Constant(2, 2), Pairs(model, 0, 0, 1, 0)], [y]), [1, 2, 3, 1]),
        Of("reshape to a computed shape", [2], [2, 1], [1.5f], (model, x, y) =>
        {
            var (shape, reshaped) = (model.Tensor("shape", TinyTflite.Int32, [2]), model.Tensor("reshaped", TinyTflite.Float, [1, 2]));
            Cast(model, x, shape, TinyTflite.Float, TinyTflite.Int32).Operator(RESHAPE, [x, shape], [reshaped])
                .Operator(MEAN, [reshaped, model.Constant(0)], [y], new FlatNode((0, false)));
        }),
        Of("strided_slice after an ellipsis", [2, 2, 3], Count(12), [2, 5, 8, 11], (model, x, y) => model.Operator(
            STRIDED_SLICE, [x, model.Constant(0, 1), model.Constant(0, 2), model.Constant(1, 1)], [y], new FlatNode((2, 1), (4, 2))), [2, 2]),
        Of("strided_slice around an ellipsis with new axes", [2, 2, 3], Count(12), [7, 9, 10, 12], (model, x, y) => model.Operator(
            STRIDED_SLICE,
            [x, model.Constant(1, 0, 0, 0, 0), model.Constant(2, 0, 0, 3, 0), model.Constant(1, 1, 1, 2, 1)],
            [y],
            new FlatNode((2, 4), (3, 2 | 16), (4, 1))), [1, 2, 2, 1]),
        Of("batch_matmul", [1, 2, 3], Count(6), [14, 32, 32, 77], (model, x, y) => model.Operator(
            BATCH_MATMUL, [x, model.Constant([1, 2, 3], Count(6))], [y], new FlatNode((0, false), (1, true))), [1, 2, 2]),
        Of("batch_matmul, the other way round", [1, 2, 3], Count(6), [13, 18, 17, 24, 21, 30], (model, x, y) => model.Operator(
            BATCH_MATMUL, [x, model.Constant([1, 2, 2], 1, 2, 3, 4)], [y], new FlatNode((0, true), (1, false))), [1, 3, 2]),
        Of("mirror_pad that leaves the edge", [1, 3], [1, 2, 3], [3, 2, 1, 2, 3, 2], (model, x, y) => MirrorPad(model, x, y, Reflect, 2, 1), [1, 6]),
        Of("mirror_pad that doubles the edge", [1, 3], [1, 2, 3], [1, 1, 2, 3, 3], (model, x, y) => MirrorPad(model, x, y, Symmetric, 1, 1), [1, 5]),
        Of("resize_nearest_neighbor to more", [1, 2, 2, 1], [1, 2, 3, 4], [1, 2, 2, 3, 4, 4, 3, 4, 4], (model, x, y) => Nearest(model, x, y, 3), [1, 3, 3, 1]),
        Of("resize_nearest_neighbor to half", [1, 4, 4, 1], Count(16), [6, 8, 14, 16], (model, x, y) => Nearest(model, x, y, 2), [1, 2, 2, 1]),

        Of("conv_2d in groups", [1, 1, 2, 3], Count(6), [2, 6, 12, 8, 15, 24], (model, x, y) => model.Operator(
            CONV_2D, [x, model.Constant([3, 1, 1, 1], 2, 3, 4), model.Constant([3], 0, 0, 0)], [y], new FlatNode((0, Same), (1, 1), (2, 1)))),
        Of("conv_2d in groups of two", [1, 1, 1, 4], Count(4), [1 + 4, 3 + 8, 15 + 24, 21 + 32], (model, x, y) => model.Operator(
            CONV_2D, [x, model.Constant([4, 1, 1, 2], Count(8)), model.Constant([4], 0, 0, 0, 0)], [y], new FlatNode((0, Same), (1, 1), (2, 1)))),

        Spread("transpose_conv, even", Same, [1, 2, 3, 2], [3, 3, 3, 2], 2, 2, [4, 6]),
        Spread("transpose_conv, odd", Same, [1, 3, 2, 2], [3, 3, 3, 2], 2, 2, [5, 3]),
        Spread("transpose_conv, other strides", Same, [1, 2, 2, 1], [1, 2, 4, 1], 1, 3, [2, 5]),
        Spread("transpose_conv, small filter", Same, [1, 2, 2, 1], [1, 1, 1, 1], 2, 2, [4, 4]),
        Spread("transpose_conv, valid", Valid, [1, 2, 3, 2], [2, 3, 2, 2], 2, 1, [5, 4]),
        Spread("transpose_conv, valid and a rest", Valid, [1, 2, 2, 1], [1, 3, 3, 1], 2, 2, [6, 5]),
        Spread("Convolution2DTransposeBias", Same, [1, 2, 3, 2], [3, 2, 2, 2], 2, 2, [4, 6], custom: true),
        Spread("Convolution2DTransposeBias, other strides", Valid, [1, 2, 3, 2], [3, 3, 2, 2], 2, 1, [5, 4], custom: true),
        .. TinyLandmarks.All,
    ];

    /// <summary>Unknown to TensorFlow Lite's own interpreter.</summary>
    public bool IsMediaPipes => Name.StartsWith("Convolution2DTransposeBias", StringComparison.Ordinal) || TinyLandmarks.All.Contains(this);

    public static float[] Count(int count) => [.. Enumerable.Range(1, count).Select(i => (float)i)];

    public override string ToString() => Name;

    /// <summary>What every transposed convolution does: each pixel adds the filter, weighted, to the result.</summary>
    /// <param name="x">Row, column, channel.</param>
    /// <param name="shape">Of x, with the batch.</param>
    /// <param name="filter">Output channel, row, column, channel.</param>
    /// <param name="filterShape">Of the filter.</param>
    /// <param name="bias">Per output channel.</param>
    /// <param name="same">How it is padded.</param>
    /// <param name="strides">Of rows and columns.</param>
    /// <param name="size">Rows and columns of the result.</param>
    public static float[] SpreadOut(
        float[] x, int[] shape, float[] filter, int[] filterShape, float[] bias, bool same, (int Rows, int Columns) strides, int[] size)
    {
        var (outputs, top, left) = (filterShape[0], Before(size[0], filterShape[1], strides.Rows), Before(size[1], filterShape[2], strides.Columns));
        float[] y = [.. Enumerable.Range(0, size[0] * size[1] * outputs).Select(i => bias[i % outputs])];
        for (var i = 0; i < x.Length; i++)
        {
            var (row, column, channel) = (i / shape[3] / shape[2], i / shape[3] % shape[2], i % shape[3]);
            for (var j = 0; j < filter.Length; j += shape[3])
            {
                var (output, filterRow, filterColumn) = (
                    j / shape[3] / filterShape[2] / filterShape[1], j / shape[3] / filterShape[2] % filterShape[1], j / shape[3] % filterShape[2]);
                var (toRow, toColumn) = ((row * strides.Rows) + filterRow - top, (column * strides.Columns) + filterColumn - left);
                if (toRow >= 0 && toRow < size[0] && toColumn >= 0 && toColumn < size[1])
                {
                    y[(((toRow * size[1]) + toColumn) * outputs) + output] += x[i] * filter[j + channel];
                }
            }
        }

        return y;

        int Before(int result, int kernel, int stride) => same ? Math.Max(0, ((((result + stride - 1) / stride) - 1) * stride) + kernel - result) / 2 : 0;
    }

    public static TinyOperator Of(
        string name, int[] shape, float[] input, float[] expected, Action<TinyTflite, int, int> build, int[]? result = null)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, shape), model.Tensor("y", TinyTflite.Float, result ?? (expected.Length == input.Length ? shape : [expected.Length])));
        build(model, x, y);
        return new TinyOperator(name, model.Build([x], [y]), shape, input, expected);
    }

    private static TinyOperator Elementwise(string name, TfliteOperatorCode code, float[] expected, Func<TinyTflite, int, int[]>? inputs = null) =>
        Of(name, [4], Signed, expected, (model, x, y) => model.Operator(code, inputs?.Invoke(model, x) ?? [x], [y]));

    private static int[] WithDivisors(TinyTflite model, int x) => [x, model.Constant([4], Divisors)];

    private static TinyOperator Integers(string name, TfliteOperatorCode code, float[] input, int[] other, float[] expected) =>
        Of(name, [4], input, expected, (model, x, y) =>
        {
            var (whole, result) = (model.Tensor("whole", TinyTflite.Int32, [4]), model.Tensor("result", TinyTflite.Int32, [4]));
            Cast(model, x, whole, TinyTflite.Float, TinyTflite.Int32).Operator(code, [whole, model.Constant(other)], [result]);
            Cast(model, result, y, TinyTflite.Int32, TinyTflite.Float);
        });

    private static TinyOperator Compare(string name, TfliteOperatorCode code, float[] expected) =>
        Of(name, [4], Signed, expected, (model, x, y) =>
        {
            var flag = Flag(model, "flag", 4);
            model.Operator(code, [x, model.Constant([4], 2, -2, 2, 1.5f)], [flag]);
            Cast(model, flag, y, TinyTflite.Bool, TinyTflite.Float);
        });

    private static TinyOperator Logical(string name, TfliteOperatorCode code, float[] expected) =>
        Of(name, [4], [1, 1, 0, 0], expected, (model, x, y) =>
        {
            var (flag, result) = (Flag(model, "flag", 4), Flag(model, "result", 4));
            Cast(model, x, flag, TinyTflite.Float, TinyTflite.Bool)
                .Operator(code, [flag, model.Tensor("", TinyTflite.Bool, [4], [0, 1, 0, 1])], [result]);
            Cast(model, result, y, TinyTflite.Bool, TinyTflite.Float);
        });

    private static int Flag(TinyTflite model, string name, int count) => model.Tensor(name, TinyTflite.Bool, [count]);

    private static TinyTflite Cast(TinyTflite model, int from, int to, byte fromType, byte toType) =>
        model.Operator(CAST, [from], [to], new FlatNode((0, fromType), (1, toType)));

    private static void MirrorPad(TinyTflite model, int x, int y, byte mode, int before, int after) => model.Operator(
        MIRROR_PAD, [x, model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(0, 0, before, after))], [y], new FlatNode((0, mode)));

    private static int Pairs(TinyTflite model, params int[] values) => model.Tensor("", TinyTflite.Int32, [values.Length / 2, 2], TinyTflite.Bytes(values));

    private static void Nearest(TinyTflite model, int x, int y, int side) =>
        model.Operator(RESIZE_NEAREST_NEIGHBOR, [x, model.Constant(side, side)], [y], new FlatNode((0, false), (1, true)));

    private static TinyOperator Spread(
        string name, byte padding, int[] shape, int[] filterShape, int rows, int columns, int[] size, bool custom = false)
    {
        var random = new Random(8);
        var x = Reals(shape.Aggregate((product, length) => product * length));
        var filter = Reals(filterShape.Aggregate((product, length) => product * length));
        float[] bias = custom ? [0.5f, -1, 2] : [0, 0, 0];
        var expected = SpreadOut(x, shape, filter, filterShape, bias, padding == Same, (rows, columns), size);
        int[] result = [1, .. size, filterShape[0]];
        return Of(name, shape, x, expected, Build, result);

        float[] Reals(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

        void Build(TinyTflite model, int input, int output)
        {
            var weights = model.Constant(filterShape, filter);
            if (custom)
            {
                model.Operator(
                    CUSTOM, [input, weights, model.Constant([3], bias)], [output],
                    custom: name.Split(',')[0], customOptions: TinyTflite.Bytes(padding + 1, columns, rows));
            }
            else
            {
                model.Operator(TRANSPOSE_CONV, [model.Constant(result), weights, input], [output], new FlatNode((0, padding), (1, columns), (2, rows)));
            }
        }
    }
}
