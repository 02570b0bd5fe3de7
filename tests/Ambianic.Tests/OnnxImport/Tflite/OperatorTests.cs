using Ambianic.OnnxImport.Graphs;
using Ambianic.OnnxImport.Tflite;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Operators one by one, beside values that were calculated here.</summary>
public sealed class OperatorTests : IDisposable
{
    private const byte Same = 0;
    private readonly TinyImport _tiny = new();

    public static TheoryData<string> Names => [.. TinyOperator.All.Select(tiny => tiny.Name)];

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_OneOperator_Calculates(string name)
    {
        var tiny = TinyOperator.All.Single(tiny => tiny.Name == name);

        AssertClose(tiny.Expected, _tiny.Run(tiny.Model, tiny.Input, tiny.Shape), 1e-5f);
    }

    [Fact]
    public void Import_TransposedConvolutionOfSignedIntegers_RoundsOnceAtTheEnd()
    {
        var model = new TinyTflite();
        sbyte[] weights = [.. Enumerable.Range(0, 2 * 3 * 3 * 2).Select(i => (sbyte)((i * 29 % 200) - 100))];
        int[] bias = [300, -500];
        byte[] pixels = [0, 255, 128, 30, 200, 77, 13, 140];
        var x = model.Tensor("x", TinyTflite.Int8, [1, 2, 2, 2], null, [0.02f], [5]);
        var w = model.Tensor("w", TinyTflite.Int8, [2, 3, 3, 2], TinyTflite.Bytes(weights), [0.01f, 0.003f]);
        var b = model.Tensor("b", TinyTflite.Int32, [2], TinyTflite.Bytes(bias), [0.0002f, 0.00006f]);
        var y = model.Tensor("y", TinyTflite.Int8, [1, 4, 4, 2], null, [0.05f], [-10]);
        model.Operator(TRANSPOSE_CONV, [model.Constant(1, 4, 4, 2), w, x, b], [y], new FlatNode((0, Same), (1, 2), (2, 2)));

        var actual = _tiny.Run(model.Build([x], [y]), pixels, 1, 2, 2, 2);

        float[] scales = [0.01f, 0.003f];
        var expected = TinyOperator.SpreadOut(
            [.. pixels.Select(pixel => 0.02f * (pixel - 128 - 5))], [1, 2, 2, 2],
            [.. weights.Select((weight, i) => weight * scales[i / 18])], [2, 3, 3, 2],
            [bias[0] * 0.0002f, bias[1] * 0.00006f], same: true, (2, 2), [4, 4])
            .Select(real => 0.05f * (Math.Clamp(MathF.Round(real / 0.05f) - 10, -128, 127) + 10));
        AssertClose([.. expected], actual, 1e-4f);
    }

    [Fact]
    public void Import_DeconvolutionBetweenConvolutions_LeavesNoTransposeBetween()
    {
        var model = new TinyTflite();
        var (x, first, second, y) = (
            model.Tensor("x", TinyTflite.Float, [1, 2, 2, 1]), model.Tensor("first", TinyTflite.Float, [1, 2, 2, 1]),
            model.Tensor("second", TinyTflite.Float, [1, 4, 4, 1]), model.Tensor("y", TinyTflite.Float, [1, 4, 4, 1]));
        var filter = model.Constant([1, 1, 1, 1], 2);
        model.Operator(CONV_2D, [x, filter, -1], [first], new FlatNode((0, Same), (1, 1), (2, 1)))
            .Operator(TRANSPOSE_CONV, [model.Constant(1, 4, 4, 1), model.Constant([1, 2, 2, 1], 1, 2, 3, 4), first], [second], new FlatNode((0, Same), (1, 2), (2, 2)))
            .Operator(CONV_2D, [second, filter, -1], [y], new FlatNode((0, Same), (1, 1), (2, 1)));

        var graph = ChannelsFirst.Rewrite(TfliteReader.Read(model.Build([x], [y])));

        Assert.Equal(["Transpose", "Conv", "ConvTranspose", "Conv", "Transpose", "Identity"], graph.Nodes.Select(node => node.Op));
    }

    [Theory]
    [InlineData(4, 3, 3, "a picture of 4 channels and 3 filters of 3 do not belong together")]
    [InlineData(4, 2, 1, "a picture of 4 channels and 2 filters of 1 do not belong together")]
    public void Import_GroupsThatDoNotFit_AreRefused(int channels, int filters, int depth, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 2, 2, channels]), model.Tensor("y", TinyTflite.Float, [1, 2, 2, filters]));
        model.Operator(CONV_2D, [x, model.Constant([filters, 1, 1, depth], new float[filters * depth]), -1], [y], new FlatNode((0, Same), (1, 1), (2, 1)));

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 (CONV_2D): {reason}");
    }

    [Fact]
    public void Import_InputOfAnOpenSize_IsRefusedByName()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("picture", TinyTflite.Float, [1, 1, 1, 3], signature: [1, -1, -1, 3]), model.Tensor("y", TinyTflite.Float, [1, 1, 1, 3]));
        model.Operator(RELU, [x], [y]);

        _tiny.AssertRefused(model.Build([x], [y]), "input 'picture' leaves its size open ([1, ?, ?, 3]); export the model with a fixed one");
    }

    /// <summary>A size that is open and filled in is the one that the interpreter takes too; an open batch is one picture.</summary>
    [Fact]
    public void Import_InputOfAnOpenSizeThatIsFilledIn_HasThatSize()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 1, 2, 1], signature: [-1, 1, -1, 1]), model.Tensor("y", TinyTflite.Float, [1, 1, 2, 1]));
        model.Operator(RELU, [x], [y]);

        Assert.Equal([0, 2], _tiny.Run(model.Build([x], [y]), [-1f, 2f], 1, 1, 2, 1));
    }

    [Theory]
    [InlineData(1, 5, "1 pixels cannot become 5 with a filter of 3, a stride of 2 and SAME padding")]
    [InlineData(0, 5, "0 pixels cannot become 5")]
    [InlineData(1_000_000, 5, "1000000 pixels cannot become 5")]
    public void Import_TransposedConvolutionOfImpossibleSizes_IsRefused(int from, int to, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, from, 1, 1]), model.Tensor("y", TinyTflite.Float, [1, to, 1, 1]));
        model.Operator(TRANSPOSE_CONV, [model.Constant(1, to, 1, 1), model.Constant([1, 3, 3, 1], new float[9]), x], [y], new FlatNode((0, Same), (1, 2), (2, 2)));

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 (TRANSPOSE_CONV): {reason}");
    }

    [Theory]
    [InlineData(0, 1, "batch_dims of 1 do not fit an axis of 0")]
    [InlineData(2, 3, "batch_dims of 3 do not fit an axis of 2")]
    [InlineData(5, 1, "batch_dims of 1 do not fit an axis of 5")]
    public void Import_GatherOfImpossibleAxes_IsRefused(int axis, int batches, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [2, 2, 2]), model.Tensor("y", TinyTflite.Float, [2, 2, 2]));
        model.Operator(GATHER, [x, model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(1, 0, 1, 1))], [y], new FlatNode((0, axis), (1, batches)));

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 (GATHER): {reason}");
    }

    [Fact]
    public void Import_SliceWhoseEndsAreOffsets_SaysWhatIsNotSupported()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [4]), model.Tensor("y", TinyTflite.Float, [2]));
        model.Operator(STRIDED_SLICE, [x, model.Constant(1), model.Constant(2), model.Constant(1)], [y], new FlatNode((5, true)));

        _tiny.AssertRefused(model.Build([x], [y]), "operator 0 (STRIDED_SLICE): ends that are offsets from the begins are not supported");
    }

    [Fact]
    public void Import_SliceWhoseBeginIsComputed_SaysWhatIsNotSupported()
    {
        var model = new TinyTflite();
        var (x, begin, y) = (model.Tensor("x", TinyTflite.Float, [4]), model.Tensor("begin", TinyTflite.Int32, [1]), model.Tensor("y", TinyTflite.Float, [2]));
        model.Operator(CAST, [x], [begin], new FlatNode((0, TinyTflite.Float), (1, TinyTflite.Int32)))
            .Operator(STRIDED_SLICE, [x, begin, model.Constant(2), model.Constant(1)], [y], new FlatNode((1, 1)));

        _tiny.AssertRefused(model.Build([x], [y]), "operator 1 (STRIDED_SLICE): a size or an axis is computed while the model runs");
    }

    [Theory]
    [InlineData("SPACE_TO_BATCH_ND", 1, 2, "[1, 3] cannot be divided into blocks of [1, 2]")]
    [InlineData("SPACE_TO_BATCH_ND", 0, 2, "has no blocks of [0, 2]")]
    [InlineData("BATCH_TO_SPACE_ND", 1, 2, "a batch of 1 cannot fill blocks of [1, 2]")]
    [InlineData("BATCH_TO_SPACE_ND", -1, 1, "has no blocks of [-1, 1]")]
    public void Import_BlocksThatDoNotFit_AreRefused(string name, int rows, int columns, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 1, 3, 1]), model.Tensor("y", TinyTflite.Float, [1, 1, 3, 1]));
        model.Operator(Enum.Parse<TfliteOperatorCode>(name), [x, model.Constant(rows, columns), model.Tensor("", TinyTflite.Int32, [2, 2], TinyTflite.Bytes(0, 0, 0, 0))], [y]);

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 ({name}): ");
        _tiny.AssertRefused(model.Build([x], [y]), reason);
    }

    [Fact]
    public void Import_OperatorWithoutOutput_IsNamedWithItsIndexAndFile()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1]);

        _tiny.AssertRefused(model.Operator(RELU, [x], []).Build([x], [x]), "operator 0 (RELU): the file is damaged");
    }

    [Fact]
    public void Import_PicturesJoinedAlongAnImpossibleAxis_NamesTheOperatorAndItsIndex()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 1, 1, 1]), model.Tensor("y", TinyTflite.Float, [1, 1, 1, 2]));
        var pooled = model.Tensor("pooled", TinyTflite.Float, [1, 1, 1, 1]);
        model.Operator(MAX_POOL_2D, [x], [pooled], new FlatNode((0, Same), (1, 1), (2, 1), (3, 1), (4, 1)))
            .Operator(CONCATENATION, [pooled, pooled], [y], new FlatNode((0, 9)));

        _tiny.AssertRefused(model.Build([x], [y]), "operator 1 (CONCATENATION): the file is damaged");
    }

    [Fact]
    public void Import_TransposedConvolutionOfThreeAxes_SaysHowManyThereAre()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 1, 1]), model.Tensor("y", TinyTflite.Float, [1, 2, 2, 1]));
        model.Operator(TRANSPOSE_CONV, [model.Constant(1, 2, 2, 1), model.Constant([1, 2, 2, 1], 1, 2, 3, 4), x], [y], new FlatNode((0, Same), (1, 2), (2, 2)));

        _tiny.AssertRefused(model.Build([x], [y]), "operator 0 (TRANSPOSE_CONV): picture, filter and result have 3, 4 and 4 axes, not 4");
    }

    [Theory]
    [InlineData(TinyTflite.Int16, 1)]
    [InlineData(TinyTflite.Int8, 2)]
    public void Import_InputThatIsNoPixels_IsRefused(byte type, int scales)
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", type, [1, 2], null, [.. Enumerable.Repeat(0.5f, scales)]);
        var y = model.Tensor("y", TinyTflite.Float, [1, 2]);

        _tiny.AssertRefused(
            model.Operator(DEQUANTIZE, [x], [y]).Build([x], [y]), "input 'x': activations of 16 bits or per channel are not supported");
    }

    [Fact]
    public void Import_ConstantBesideAPictureAndOnItsOwn_KeepsItsShape()
    {
        var model = new TinyTflite();
        var (x, pooled, y, z) = (
            model.Tensor("x", TinyTflite.Float, [1, 1, 1, 2]), model.Tensor("pooled", TinyTflite.Float, [1, 1, 1, 2]),
            model.Tensor("y", TinyTflite.Float, [1, 1, 1, 2]), model.Tensor("z", TinyTflite.Float, [2]));
        var constant = model.Constant([2], 3, 4);
        model.Operator(MAX_POOL_2D, [x], [pooled], new FlatNode((0, Same), (1, 1), (2, 1), (3, 1), (4, 1)))
            .Operator(ADD, [pooled, constant], [y])
            .Operator(SQUARE, [constant], [z]);

        using var session = new InferenceSession(_tiny.Import(model.Build([x], [y, z])));
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[] { 1, 2 }, [1, 1, 1, 2]))]);

        Assert.Equal([4, 6], results[0].AsEnumerable<float>());
        Assert.Equal([9, 16], results[1].AsEnumerable<float>());
        Assert.Equal([2], results[1].AsTensor<float>().Dimensions.ToArray());
    }

    [Fact]
    public void Import_SymmetricPaddingByTwo_SaysWhatIsNotSupported()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [3]), model.Tensor("y", TinyTflite.Float, [7]));
        model.Operator(MIRROR_PAD, [x, model.Tensor("", TinyTflite.Int32, [1, 2], TinyTflite.Bytes(2, 2))], [y], new FlatNode((0, (byte)1)));

        _tiny.AssertRefused(model.Build([x], [y]), "operator 0 (MIRROR_PAD): SYMMETRIC padding by more than one element is not supported");
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0 }, "its options are damaged")]
    [InlineData(new byte[] { 7, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0 }, "the padding 7 is not supported")]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 }, "a stride of 0")]
    public void Import_TransposedConvolutionWithOddOptions_SaysWhatIsWrong(byte[] options, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 1, 1, 1]), model.Tensor("y", TinyTflite.Float, [1, 2, 2, 1]));
        model.Operator(CUSTOM, [x, model.Constant([1, 2, 2, 1], 1, 2, 3, 4), model.Constant([1], 0)], [y], custom: "Convolution2DTransposeBias", customOptions: options);

        _tiny.AssertRefused(model.Build([x], [y]), reason);
    }

    [Theory]
    [InlineData(2, 0, 16f, 1f, "its option left_rotation_idx is 2, not between 0 and 1")]
    [InlineData(0, 7, 16f, 1f, "its option subset_idxs must name some of the 2 landmarks")]
    [InlineData(0, -1, 16f, 1f, "its option subset_idxs must name some of the 2 landmarks")]
    [InlineData(0, 0, 0f, 1f, "its option output_width is 0, not between 1 and 4096")]
    [InlineData(0, 0, float.NaN, 1f, "its option output_width is NaN, not between 1 and 4096")]
    [InlineData(0, 0, 16f, 0f, "its option scale_x is 0, not between")]
    public void Import_MatrixOfLandmarksWithOddOptions_SaysWhatIsWrong(int left, int subset, float width, float scale, string reason) =>
        AssertMediaPipesRefused("Landmarks2TransformMatrix", TinyLandmarks.CropOptions(left, 1, [0, subset], 0, width, 16, scale, 1), reason);

    [Theory]
    [InlineData("Landmarks2TransformMatrix", "its option subset_idxs is missing")]
    [InlineData("TransformTensorBilinear", "its input 'picture' has the shape [1, 2, 3], not [1, ?, ?, ?]")]
    public void Import_OperatorOnLandmarksWithOptionsOfAnother_SaysWhatIsMissing(string name, string reason) =>
        AssertMediaPipesRefused(name, TinyTflite.FlexMap(("output_height", 16), ("output_width", 16)), reason);

    [Theory]
    [InlineData("Landmarks2TransformMatrix")]
    [InlineData("TransformTensorBilinear")]
    public void Import_OperatorOnLandmarksWithOptionsCutOff_NamesTheOperator(string name)
    {
        var options = TinyLandmarks.CropOptions(0, 1, [0, 1], 0, 16, 16, 1, 1);
        for (var length = 0; length < options.Length; length++)
        {
            AssertMediaPipesRefused(name, options[..length], "");
        }
    }

    [Fact]
    public void Import_FirstVersionOfAnOperatorOnLandmarks_IsRefused()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 2, 2]), model.Tensor("y", TinyTflite.Float, [1, 2, 2]));
        model.Operator(CUSTOM, [x, model.Constant([1, 4, 4], new float[16])], [y], custom: "TransformLandmarks", version: 1);

        _tiny.AssertRefused(model.Build([x], [y]), "operator 0 (TransformLandmarks): its version 1 is not supported, only 2");
    }

    [Theory]
    [InlineData(new[] { 1, 2, 4 }, new[] { 1, 4, 4 }, "landmarks of 4 dimensions are not supported, only of 2 and 3")]
    [InlineData(new[] { 2, 2 }, new[] { 1, 4, 4 }, "its input 'landmarks' has the shape [2, 2], not [1, ?, ?]")]
    [InlineData(new[] { 1, 2, 2 }, new[] { 1, 3, 3 }, "its input 'matrix' has the shape [1, 3, 3], not [1, 4, 4]")]
    public void Import_LandmarksOfAnotherShape_AreRefused(int[] landmarks, int[] matrix, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, landmarks), model.Tensor("y", TinyTflite.Float, landmarks));
        model.Operator(CUSTOM, [x, model.Tensor("m", TinyTflite.Float, matrix)], [y], custom: "TransformLandmarks", version: 2);

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 (TransformLandmarks): {reason}");
    }

    /// <summary>Two landmarks go into the operator.</summary>
    private void AssertMediaPipesRefused(string name, byte[] options, string reason)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 2, 3]), model.Tensor("y", TinyTflite.Float, [1, 4, 4]));
        model.Operator(CUSTOM, [x, x], [y], custom: name, customOptions: options, version: 2);

        _tiny.AssertRefused(model.Build([x], [y]), $"operator 0 ({name}): {reason}");
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
