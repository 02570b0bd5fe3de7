using Ambianic.OnnxImport.Tflite;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Small networks that use much of what the reader knows.</summary>
internal static class TinyModels
{
    private const byte Same = 0, Valid = 1, NoActivation = 0, Relu = 1, Relu6 = 3;

    /// <summary>A model in which every reader of options and constants has something to read.</summary>
    public static byte[] Operators()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 4, 4, 2]);
        var half = model.Tensor("half", TinyTflite.Half, [2, 1, 1, 2], TinyTflite.Bytes<Half>((Half)1, (Half)2, (Half)3, (Half)4));
        var (wide, conv, pooled) = (model.Tensor("w", TinyTflite.Float, [2, 1, 1, 2]), model.Tensor("c", TinyTflite.Float, [1, 4, 4, 2]), model.Tensor("p", TinyTflite.Float, [1, 2, 2, 2]));
        var (padded, resized, joined) = (model.Tensor("pad", TinyTflite.Float, [1, 4, 4, 2]), model.Tensor("r", TinyTflite.Float, [1, 4, 4, 2]), model.Tensor("j", TinyTflite.Float, [1, 4, 4, 4]));
        var (sliced, mean, flat) = (model.Tensor("s", TinyTflite.Float, [1, 4, 2, 4]), model.Tensor("m", TinyTflite.Float, [1, 4]), model.Tensor("f", TinyTflite.Float, [2, 2]));
        var (left, right, sum) = (model.Tensor("l", TinyTflite.Float, [1, 2]), model.Tensor("ri", TinyTflite.Float, [1, 2]), model.Tensor("sum", TinyTflite.Float, [1, 2]));
        model.Operator(DEQUANTIZE, [half], [wide])
            .Operator(CONV_2D, [x, wide, model.Constant([2], 1, 2)], [conv], new FlatNode((0, Same), (1, 1), (2, 1), (3, Relu6)))
            .Operator(MAX_POOL_2D, [conv], [pooled], new FlatNode((0, Valid), (1, 2), (2, 2), (3, 2), (4, 2)))
            .Operator(PAD, [pooled, model.Tensor("pads", TinyTflite.Int32, [4, 2], TinyTflite.Bytes(0, 0, 1, 1, 1, 1, 0, 0))], [padded])
            .Operator(RESIZE_BILINEAR, [pooled, model.Constant(4, 4)], [resized], new FlatNode((3, true)))
            .Operator(CONCATENATION, [padded, resized], [joined], new FlatNode((0, 3)))
            .Operator(STRIDED_SLICE, [joined, model.Constant(0, 0, 0, 0), model.Constant(1, 4, 4, 4), model.Constant(1, 1, 2, 1)], [sliced], new FlatNode((0, 1), (1, 1)))
            .Operator(MEAN, [sliced, model.Constant(1, 2)], [mean], new FlatNode((0, false)))
            .Operator(RESHAPE, [mean], [flat], new FlatNode((0, new[] { 2, 2 })))
            .Operator(SPLIT, [model.Constant(0), flat], [left, right], new FlatNode((0, 2)))
            .Operator(MUL, [left, right], [sum], new FlatNode((0, Relu6)));
        return model.Build([x], [sum]);
    }

    /// <summary>Real activations, signed weights per channel: convolution, depthwise convolution, pooling, classifier; 1 x 16 x 16 x 3 in, 10 out.</summary>
    public static byte[] DynamicRangeNetwork()
    {
        var (model, random) = (new TinyTflite(), new Random(3));
        int[] tensors = [Real("x", 1, 16, 16, 3), Real("first", 1, 8, 8, 8), Real("second", 1, 8, 8, 8), Real("pooled", 1, 1, 1, 8), Real("logits", 1, 10)];
        Convolve(CONV_2D, 0, [8, 3, 3, 3], 0, new FlatNode((0, Same), (1, 2), (2, 2), (3, Relu), (4, 1), (5, 1)));
        Convolve(DEPTHWISE_CONV_2D, 1, [1, 3, 3, 8], 3, new FlatNode((0, Same), (1, 1), (2, 1), (3, 1), (4, NoActivation), (5, 1), (6, 1)));
        model.Operator(AVERAGE_POOL_2D, [tensors[2]], [tensors[3]], new FlatNode((0, Valid), (1, 8), (2, 8), (3, 8), (4, 8)));
        Convolve(FULLY_CONNECTED, 3, [10, 8], 0, new FlatNode((0, NoActivation)));
        return model.Build([tensors[0]], [tensors[4]]);

        int Real(string name, params int[] shape) => model.Tensor(name, TinyTflite.Float, shape);

        void Convolve(TfliteOperatorCode code, int from, int[] shape, int axis, FlatNode options)
        {
            var weights = new byte[shape.Aggregate(1, (product, size) => product * size)];
            random.NextBytes(weights);
            float[] scales = code == FULLY_CONNECTED ? [0.004f] : [.. Enumerable.Range(0, shape[axis]).Select(channel => 0.002f + (0.001f * channel))];
            var w = model.Tensor($"w{from}", TinyTflite.Int8, shape, weights, scales, axis: axis);
            var b = model.Constant([shape[axis]], [.. Enumerable.Range(0, shape[axis]).Select(_ => random.NextSingle())]);
            model.Operator(code, [tensors[from], w, b], [tensors[from + 1]], options);
        }
    }

    /// <summary>Signed integers, weights per channel: convolution, depthwise convolution, sum, pooling, classifier; 1 x 16 x 16 x 3 in, 10 out.</summary>
    public static byte[] SignedNetwork()
    {
        var (model, random) = (new TinyTflite(), new Random(3));
        var x = Activation("x", [1, 16, 16, 3], 1 / 128f, 0);
        var first = Activation("first", [1, 8, 8, 8], 0.03f, -128);
        var second = Activation("second", [1, 8, 8, 8], 0.05f, 3);
        var sum = Activation("sum", [1, 8, 8, 8], 0.06f, -20);
        var pooled = Activation("pooled", [1, 1, 1, 8], 0.06f, -20);
        var logits = Activation("logits", [1, 10], 0.04f, 7);
        var scores = Activation("scores", [1, 10], 1 / 256f, -128);
        Convolve(CONV_2D, x, 1 / 128f, [8, 3, 3, 3], 0, 8, first, new FlatNode((0, Same), (1, 2), (2, 2), (3, Relu6), (4, 1), (5, 1)));
        Convolve(DEPTHWISE_CONV_2D, first, 0.03f, [1, 3, 3, 8], 3, 8, second, new FlatNode((0, Same), (1, 1), (2, 1), (3, 1), (4, NoActivation), (5, 1), (6, 1)));
        model.Operator(ADD, [first, second], [sum], new FlatNode((0, Relu)));
        model.Operator(AVERAGE_POOL_2D, [sum], [pooled], new FlatNode((0, Valid), (1, 8), (2, 8), (3, 8), (4, 8)));
        Convolve(FULLY_CONNECTED, pooled, 0.06f, [10, 8], 0, 1, logits, new FlatNode((0, NoActivation)));
        model.Operator(SOFTMAX, [logits], [scores], new FlatNode((0, 1f)));
        return model.Build([x], [scores, sum]);

        int Activation(string name, int[] shape, float scale, long zeroPoint) =>
            model.Tensor(name, TinyTflite.Int8, shape, null, [scale], [zeroPoint]);

        void Convolve(TfliteOperatorCode code, int input, float inputScale, int[] shape, int axis, int channels, int output, FlatNode options)
        {
            var scales = Enumerable.Range(0, channels).Select(channel => 0.002f + (0.001f * channel)).ToArray();
            var weights = new byte[shape.Aggregate(1, (product, size) => product * size)];
            random.NextBytes(weights);
            var biases = Enumerable.Range(0, shape[axis]).Select(_ => random.Next(-2000, 2000)).ToArray();
            var w = model.Tensor($"w{output}", TinyTflite.Int8, shape, weights, scales, axis: axis);
            var b = model.Tensor($"b{output}", TinyTflite.Int32, [shape[axis]], TinyTflite.Bytes(biases), [.. scales.Select(scale => scale * inputScale)]);
            model.Operator(code, [input, w, b], [output], options);
        }
    }
}
