using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>
/// Models whose weights are 8-bit integers and whose activations are real ("dynamic range"), beside sums made here. TensorFlow Lite
/// rounds activations to 8 bits before each of its hybrid kernels; the import does not, which is never further from the truth.
/// </summary>
public sealed class DynamicRangeTests : IDisposable
{
    private const byte Valid = 1, NoActivation = 0, Relu6 = 3;
    private static readonly float[] Scales = [0.01f, 0.02f, 0.003f, 0.05f];
    private readonly TinyImport _tiny = new();
    private readonly Random _random = new(4);

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Convolution_SignedWeights_MultipliesByTheirScales(bool perChannel)
    {
        var (model, x, weights, scales) = (new TinyTflite(), Reals(3 * 3 * 2), Signed(4 * 2 * 2 * 2), perChannel ? Scales : [0.02f]);
        float[] bias = [1, -2, 3, -4];
        var input = model.Tensor("x", TinyTflite.Float, [1, 3, 3, 2]);
        var filter = model.Tensor("w", TinyTflite.Int8, [4, 2, 2, 2], TinyTflite.Bytes(weights), scales);
        var output = model.Tensor("y", TinyTflite.Float, [1, 2, 2, 4]);
        model.Operator(CONV_2D, [input, filter, model.Constant([4], bias)], [output], new FlatNode((0, Valid), (1, 1), (2, 1), (3, NoActivation)));

        var expected =
            from y in Enumerable.Range(0, 2)
            from column in Enumerable.Range(0, 2)
            from channel in Enumerable.Range(0, 4)
            select bias[channel] + Window2x2().Sum(at => Enumerable.Range(0, 2).Sum(depth =>
                x[((((y + at.Y) * 3) + column + at.X) * 2) + depth]
                * weights[(((((channel * 2) + at.Y) * 2) + at.X) * 2) + depth] * scales[channel % scales.Length]));
        AssertClose(expected, _tiny.Run(model.Build([input], [output]), x, 1, 3, 3, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DepthwiseConvolution_SignedWeights_MultipliesByTheirScales(bool perChannel)
    {
        var (model, x, weights, scales) = (new TinyTflite(), Reals(3 * 3 * 2), Signed(2 * 2 * 4), perChannel ? Scales : [0.02f]);
        var input = model.Tensor("x", TinyTflite.Float, [1, 3, 3, 2]);
        var filter = model.Tensor("w", TinyTflite.Int8, [1, 2, 2, 4], TinyTflite.Bytes(weights), scales, axis: 3);
        var output = model.Tensor("y", TinyTflite.Float, [1, 2, 2, 4]);
        model.Operator(DEPTHWISE_CONV_2D, [input, filter, -1], [output], new FlatNode((0, Valid), (1, 1), (2, 1), (3, 2), (4, Relu6)));

        var expected =
            from y in Enumerable.Range(0, 2)
            from column in Enumerable.Range(0, 2)
            from channel in Enumerable.Range(0, 4)
            select Math.Clamp(
                Window2x2().Sum(at =>
                    x[((((y + at.Y) * 3) + column + at.X) * 2) + (channel / 2)]
                    * weights[(((at.Y * 2) + at.X) * 4) + channel] * scales[channel % scales.Length]),
                0,
                6);
        AssertClose(expected, _tiny.Run(model.Build([input], [output]), x, 1, 3, 3, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FullyConnected_SignedWeights_MultipliesByTheirScales(bool perChannel)
    {
        var (model, x, weights, scales) = (new TinyTflite(), Reals(5), Signed(4 * 5), perChannel ? Scales : [0.02f]);
        var input = model.Tensor("x", TinyTflite.Float, [1, 5]);
        var matrix = model.Tensor("w", TinyTflite.Int8, [4, 5], TinyTflite.Bytes(weights), scales);
        var output = model.Tensor("y", TinyTflite.Float, [1, 4]);
        model.Operator(FULLY_CONNECTED, [input, matrix, -1], [output], new FlatNode((0, NoActivation), (3, true))); // 3: activations are rounded with a zero point

        var expected = Enumerable.Range(0, 4).Select(row =>
            Enumerable.Range(0, 5).Sum(column => x[column] * weights[(row * 5) + column] * scales[row % scales.Length]));
        AssertClose(expected, _tiny.Run(model.Build([input], [output]), x, 1, 5));
    }

    [Fact]
    public void Convolution_UnsignedWeights_AreLessTheirZeroPoint()
    {
        var (model, x) = (new TinyTflite(), Reals(2));
        byte[] weights = [0, 255, 100, 128];
        var input = model.Tensor("x", TinyTflite.Float, [1, 1, 1, 2]);
        var filter = model.Tensor("w", TinyTflite.UInt8, [2, 1, 1, 2], weights, [0.1f], [128]);
        var output = model.Tensor("y", TinyTflite.Float, [1, 1, 1, 2]);
        model.Operator(CONV_2D, [input, filter, -1], [output], new FlatNode((0, Valid), (1, 1), (2, 1), (3, NoActivation)));

        float[] expected = [(x[0] * -12.8f) + (x[1] * 12.7f), x[0] * -2.8f];
        AssertClose(expected, _tiny.Run(model.Build([input], [output]), x, 1, 1, 1, 2));
    }

    [Fact]
    public void Convolution_WeightsThatAreUnpackedFirst_AreTheSame()
    {
        var (model, x, weights) = (new TinyTflite(), Reals(2), Signed(4 * 2));
        var input = model.Tensor("x", TinyTflite.Float, [1, 1, 1, 2]);
        var packed = model.Tensor("packed", TinyTflite.Int8, [4, 1, 1, 2], TinyTflite.Bytes(weights), Scales);
        var filter = model.Tensor("w", TinyTflite.Float, [4, 1, 1, 2]);
        var output = model.Tensor("y", TinyTflite.Float, [1, 1, 1, 4]);
        model.Operator(DEQUANTIZE, [packed], [filter])
            .Operator(CONV_2D, [input, filter, -1], [output], new FlatNode((0, Valid), (1, 1), (2, 1), (3, NoActivation)));

        var expected = Enumerable.Range(0, 4).Select(channel => ((x[0] * weights[channel * 2]) + (x[1] * weights[(channel * 2) + 1])) * Scales[channel]);
        AssertClose(expected, _tiny.Run(model.Build([input], [output]), x, 1, 1, 1, 2));
    }

    private static IEnumerable<(int Y, int X)> Window2x2() => [(0, 0), (0, 1), (1, 0), (1, 1)];

    private float[] Reals(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];

    private sbyte[] Signed(int count) => [.. Enumerable.Range(0, count).Select(_ => (sbyte)_random.Next(-127, 128))];

    private static void AssertClose(IEnumerable<float> expected, float[] actual)
    {
        var all = expected.ToArray();
        Assert.Equal(all.Length, actual.Length);
        Assert.All(all.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }
}
