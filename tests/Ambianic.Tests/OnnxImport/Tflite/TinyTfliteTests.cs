using System.Globalization;
using Ambianic.Core.Vision.Decoders;
using Ambianic.OnnxImport;
using Ambianic.OnnxImport.Graphs;
using Ambianic.OnnxImport.Tflite;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static Ambianic.OnnxImport.Tflite.TfliteOperatorCode;

namespace Ambianic.Tests.OnnxImport.Tflite;

public sealed class TinyTfliteTests : IDisposable
{
    private const byte Same = 0, Valid = 1, NoActivation = 0, Relu6 = 3;
    private const int MostMilliseconds = 10_000;
    private readonly TinyImport _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Import_SignedQuantisationPerChannel_RoundsLikeIntegers()
    {
        var (model, weights, bias) = (new TinyTflite(), new sbyte[] { 127, -50, 3, 7, -128, 90 }, new[] { 1000, -2000, 30 });
        var x = model.Tensor("x", TinyTflite.Int8, [1, 2, 2, 2], null, [0.02f], [5]);
        var w = model.Tensor("w", TinyTflite.Int8, [3, 1, 1, 2], TinyTflite.Bytes(weights), [0.01f, 0.02f, 0.003f]);
        var b = model.Tensor("b", TinyTflite.Int32, [3], TinyTflite.Bytes(bias), [0.0002f, 0.0004f, 0.00006f]);
        var y = model.Tensor("y", TinyTflite.Int8, [1, 2, 2, 3], null, [0.05f], [-10]);
        model.Operator(CONV_2D, [x, w, b], [y], new FlatNode((0, Valid), (1, 1), (2, 1), (3, NoActivation)));
        byte[] pixels = [0, 255, 128, 30, 200, 77, 13, 140];

        var actual = _tiny.Run(model.Build([x], [y]), pixels, 1, 2, 2, 2);

        float[] scales = [0.01f, 0.02f, 0.003f];
        var expected = Enumerable.Range(0, 12).Select(i =>
        {
            var (pixel, channel) = (i / 3, i % 3);
            var sum = bias[channel] + Enumerable.Range(0, 2).Sum(input => (pixels[(2 * pixel) + input] - 128 - 5) * weights[(2 * channel) + input]);
            var quantum = Math.Clamp(Math.Round(sum * 0.02 * scales[channel] / 0.05) - 10, -128, 127);
            return (float)(0.05 * (quantum + 10));
        });
        Assert.Equal(12, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Import_DynamicRangeQuantisation_CalculatesWithRealNumbers()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 2]);
        var w = model.Tensor("w", TinyTflite.Int8, [3, 2], TinyTflite.Bytes<sbyte>(10, -20, 30, 40, -50, 60), [0.5f]);
        var b = model.Constant([3], 1, 2, 3);
        var y = model.Tensor("y", TinyTflite.Float, [1, 3]);
        model.Operator(FULLY_CONNECTED, [x, w, b], [y], new FlatNode((0, NoActivation)));

        var actual = _tiny.Run(model.Build([x], [y]), new[] { 0.1f, 0.01f }, 1, 2);

        Assert.Equal(3, actual.Length);
        Assert.All(new[] { 1 + 0.5f - 0.1f, 2 + 1.5f + 0.2f, 3 - 2.5f + 0.3f }.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Import_DepthwiseWithMultiplier_KeepsTheOrderOfChannels()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 1, 1, 2]);
        var w = model.Constant([1, 1, 1, 4], 1, 2, 3, 4);
        var y = model.Tensor("y", TinyTflite.Float, [1, 1, 1, 4]);
        model.Operator(DEPTHWISE_CONV_2D, [x, w, -1], [y], new FlatNode((0, Same), (1, 1), (2, 1), (3, 2), (4, Relu6)));

        Assert.Equal([1, 2, 6, 6], _tiny.Run(model.Build([x], [y]), new[] { 1f, 10f }, 1, 1, 1, 2));
    }

    [Fact]
    public void Import_SparseConstant_IsUnpacked()
    {
        var model = new TinyTflite();
        var sparsity = new FlatNode(
            (0, new[] { 0, 1 }),
            (2, new[]
            {
                new FlatNode((0, (byte)0), (1, 2)),
                new FlatNode((0, (byte)1), (2, (byte)1), (3, new FlatNode((0, new[] { 0, 1, 3 }))), (4, (byte)3), (5, new FlatNode((0, new byte[] { 2, 0, 1 })))),
            }));
        var packed = model.Tensor("packed", TinyTflite.Float, [2, 3], TinyTflite.Bytes(7f, 8f, 9f), sparsity: sparsity);
        var dense = model.Tensor("dense", TinyTflite.Float, [2, 3]);
        var x = model.Tensor("x", TinyTflite.Float, [2, 3]);
        var y = model.Tensor("y", TinyTflite.Float, [2, 3]);
        model.Operator(DENSIFY, [packed], [dense]).Operator(ADD, [x, dense], [y], new FlatNode((0, NoActivation)));

        Assert.Equal([0, 0, 7, 8, 9, 0], _tiny.Run(model.Build([x], [y]), new float[6], 2, 3));
    }

    [Fact]
    public void Import_PackedOnlyToBeMoved_IsNotCutOffAtTheRange()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 2]);
        var packed = model.Tensor("packed", TinyTflite.Int8, [1, 2], null, [1 / 256f], [-128]);
        var moved = model.Tensor("moved", TinyTflite.Int8, [2, 1], null, [1 / 256f], [-128]);
        var y = model.Tensor("y", TinyTflite.Float, [2, 1]);
        model.Operator(QUANTIZE, [x], [packed]).Operator(TRANSPOSE, [packed, model.Constant(1, 0)], [moved]).Operator(DEQUANTIZE, [moved], [y]);

        Assert.Equal([-3.7f, 12.34f], _tiny.Run(model.Build([x], [y]), new[] { -3.7f, 12.34f }, 1, 2));
    }

    [Fact]
    public void Import_PackedForAnIntegerKernel_IsRounded()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 2]);
        var packed = model.Tensor("packed", TinyTflite.UInt8, [1, 2], null, [1f], [0]);
        var clamped = model.Tensor("clamped", TinyTflite.UInt8, [1, 2], null, [1f], [0]);
        var y = model.Tensor("y", TinyTflite.Float, [1, 2]);
        model.Operator(QUANTIZE, [x], [packed]).Operator(RELU, [packed], [clamped]).Operator(DEQUANTIZE, [clamped], [y]);

        Assert.Equal([3, 255], _tiny.Run(model.Build([x], [y]), new[] { 3.4f, 1000 }, 1, 2));
    }

    [Fact]
    public void Import_PostProcessing_BecomesOutputsThatSayEverything()
    {
        var names = Import(PostProcessed(), out var session);
        using (session)
        {
            Assert.Equal(
                [DetectionPostProcess.Boxes, DetectionPostProcess.Scores, DetectionPostProcess.Anchors, DetectionPostProcess.Parameters], names);
            using var results = session.Run(
            [
                NamedOnnxValue.CreateFromTensor("boxes", new DenseTensor<float>([1, 2, 4])),
                NamedOnnxValue.CreateFromTensor("scores", new DenseTensor<float>([1, 2, 3])),
            ]);
            var parameters = DetectionPostProcess.FromTensor([.. results[3].AsEnumerable<float>()]);
            Assert.Equal((7, 0.25f, 5f, true), (parameters.MostDetections, parameters.ScoreThreshold, parameters.ScaleWidth, parameters.IsRegular));
            Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f], results[2].AsEnumerable<float>());
        }
    }

    [Fact]
    public void Import_UnsupportedOperator_IsNamedWithItsIndexAndFile()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.Float, [1, 2]);
        var y = model.Tensor("y", TinyTflite.Float, [1, 2]);
        var z = model.Tensor("z", TinyTflite.Float, [1, 2]);
        model.Operator(RELU, [x], [y]).Operator(LSTM, [y], [z]);

        var error = Assert.Throws<ModelImportException>(() => _tiny.Import(model.Build([x], [z])));

        Assert.Equal($"{_tiny.Path} cannot be imported: operator 1 (LSTM): this operator is not supported", error.Message);
    }

    [Fact]
    public void Describe_Model_SaysItsTensorsAndOperators()
    {
        File.WriteAllBytes(_tiny.Path, Quantised());

        var model = ModelImporter.Describe(_tiny.Path);

        Assert.Equal("x uint8[1, 2, 2, 2]", model.Inputs.Single().ToString());
        Assert.Equal(["y float[1, 2, 2, 2]", "z float[2, 3]"], model.Outputs.Select(output => output.ToString()));
        Assert.Equal(1, model.Operators["DEPTHWISE_CONV_2D"]);
    }

    [Fact]
    public void Import_CompiledForTheEdgeTpu_SaysWhatToNameInstead()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.UInt8, [1, 2], null, [1f], [0]);
        var y = model.Tensor("y", TinyTflite.UInt8, [1, 2], null, [1f], [0]);
        model.Operator(CUSTOM, [x], [y], custom: "edgetpu-custom-op");

        var error = Assert.Throws<ModelImportException>(() => _tiny.Import(model.Build([x], [y])));

        Assert.Contains("compiled for the Edge TPU and cannot be converted; name the file it was compiled from", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("some text that is no model")]
    public void Import_AnotherFile_SaysWhatIsExpected(string content)
    {
        var error = Assert.Throws<ModelImportException>(() => _tiny.Import(System.Text.Encoding.UTF8.GetBytes(content)));

        Assert.Contains("neither a TensorFlow Lite file nor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OneTensorManyTimes_IsRefusedInsteadOfReadForEver()
    {
        var tensor = new FlatNode((0, new[] { 1 }), (3, new string('x', 100_000)));
        var graph = new FlatNode((0, Enumerable.Repeat(tensor, 15_000).ToArray()));
        var file = FlatWriter.Write(new FlatNode((0, 3), (2, new[] { graph }), (4, new[] { new FlatNode() })), "TFL3");

        var error = Assert.Throws<GraphException>(() => TfliteReader.Read(file));

        Assert.Contains("the same bytes too often", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ThousandsOfOptionsOfOneLongName_IsRefusedInsteadOfReadForEver()
    {
        var file = PostProcessed(TinyTflite.FlexMap([.. Enumerable.Repeat((new string('k', 30), 1f), 20_000)]));

        var error = Assert.Throws<GraphException>(() => TfliteReader.Read(file));

        Assert.Contains("20000 options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ConstantUnpackedManyTimes_IsRefusedInLittleMemory()
    {
        var model = new TinyTflite();
        var half = model.Tensor("half", TinyTflite.Half, [500_000], new byte[1_000_000]);
        var wide = model.Tensor("wide", TinyTflite.Float, [500_000]);
        for (var i = 0; i < 5000; i++)
        {
            model.Operator(DEQUANTIZE, [half], [wide]);
        }

        var error = Assert.Throws<GraphException>(() => TfliteReader.Read(model.Build([], [wide])));

        Assert.Contains("times the size of the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OneOperatorAMillionTimes_IsRefused()
    {
        var item = new FlatNode((0, 0), (1, new[] { 0 }), (2, new[] { 0 }));
        var graph = new FlatNode((0, new[] { new FlatNode((0, new[] { 1 })) }), (3, Enumerable.Repeat(item, 1_000_000).ToArray()));
        var file = FlatWriter.Write(new FlatNode((0, 3), (1, new[] { new FlatNode((0, (byte)19)) }), (2, new[] { graph }), (4, new[] { new FlatNode() })), "TFL3");

        var error = Assert.Throws<GraphException>(() => TfliteReader.Read(file));

        Assert.Contains("more than 20000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TensorOfGigabytes_IsRefused()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 20_000, 20_000, 3]), model.Tensor("y", TinyTflite.Float, [1, 20_000, 20_000, 3]));

        var error = Assert.Throws<GraphException>(() => TfliteReader.Read(model.Operator(RELU, [x], [y]).Build([x], [y])));

        Assert.Contains("[1, 20000, 20000, 3] too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TensorsNamedLikeTheImportersOwn_AreStillAModel()
    {
        var model = new TinyTflite();
        var x = model.Tensor("#Relu_0", TinyTflite.Float, [1, 2]);
        var y = model.Tensor("Relu_0", TinyTflite.Float, [1, 2]);
        var z = model.Tensor("Relu_0", TinyTflite.Float, [1, 2]);
        model.Operator(RELU, [x], [y]).Operator(NEG, [y], [z]);

        Import(model.Build([x], [y, z, x]), out var session);

        using (session)
        {
            using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(new float[] { -1, 2 }, [1, 2]))]);
            Assert.Equal([0, 2], results[0].AsEnumerable<float>());
            Assert.Equal([0, -2], results[1].AsEnumerable<float>());
            Assert.Equal([-1, 2], results[2].AsEnumerable<float>());
        }
    }

    /// <summary><c>AMBIANIC_FUZZ_INPUTS</c> sets how many.</summary>
    [Fact]
    [Slow]
    public void Import_HostileFiles_EndInAnErrorSoonAndInLittleMemory()
    {
        const string Variable = "AMBIANIC_FUZZ_INPUTS";
        var count = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "100000", CultureInfo.InvariantCulture);
        byte[][] originals =
        [
            TinyModels.Operators(), Quantised(), PostProcessed(),
            PostProcessed(TinyTflite.FlexMap([.. Enumerable.Range(0, 3000).Select(i => ($"option{i}", (float)i))])),
            .. TinyOperator.All.Select(tiny => tiny.Model),
        ];
        var (random, refused, slowest, largest) = (new Random(11), 0, 0L, 0L);
        for (var i = 0; i < count; i++)
        {
            var file = Mutate(originals[i % originals.Length], random);
            var (started, allocated) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                ChannelsFirst.Rewrite(TfliteReader.Read(file));
            }
            catch (Exception error) when (GraphException.IsDamage(error))
            {
                refused++;
            }

            slowest = Math.Max(slowest, (long)TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        Console.WriteLine(
            $"{count} mutated inputs ({Variable} changes that), {refused} refused, slowest {slowest} ms, most memory {largest >> 10} KiB");
        Assert.InRange(refused, count / 4, count);
        Assert.InRange(slowest, 0, MostMilliseconds);
        Assert.InRange(largest, 0, 512L << 20);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var file = random.Next(8) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();
        for (var n = random.Next(1, 6); n > 0 && file.Length > 8; n--)
        {
            var at = random.Next(8, file.Length);
            switch (random.Next(4))
            {
                case 0:
                    file[at] = (byte)random.Next(256);
                    break;
                case 1:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    BitConverter.GetBytes(random.Next(-4, 70000)).AsSpan(0, Math.Min(4, file.Length - at)).CopyTo(file.AsSpan(at));
                    break;
                default:
                    BitConverter.GetBytes(random.Next(2) == 0 ? int.MaxValue : int.MinValue).AsSpan(0, Math.Min(4, file.Length - at)).CopyTo(file.AsSpan(at));
                    break;
            }
        }

        return file;
    }

    private static byte[] Quantised()
    {
        var model = new TinyTflite();
        var x = model.Tensor("x", TinyTflite.UInt8, [1, 2, 2, 2], null, [0.02f], [5]);
        var w = model.Tensor("w", TinyTflite.Int8, [1, 1, 1, 2], TinyTflite.Bytes<sbyte>(1, -7), [0.01f, 0.02f], axis: 3);
        var y = model.Tensor("y", TinyTflite.UInt8, [1, 2, 2, 2], null, [0.05f], [10]);
        var sparsity = new FlatNode((0, new[] { 0, 1 }), (2, new[]
        {
            new FlatNode((0, (byte)0), (1, 2)),
            new FlatNode((0, (byte)1), (2, (byte)1), (3, new FlatNode((0, new[] { 0, 1, 2 }))), (4, (byte)1), (5, new FlatNode((0, new[] { 2, 0 })))),
        }));
        var packed = model.Tensor("packed", TinyTflite.Float, [2, 3], TinyTflite.Bytes(7f, 8f), sparsity: sparsity);
        var (dense, z) = (model.Tensor("dense", TinyTflite.Float, [2, 3]), model.Tensor("z", TinyTflite.Float, [2, 3]));
        model.Operator(DEPTHWISE_CONV_2D, [x, w, -1], [y], new FlatNode((0, Same), (1, 1), (2, 1), (3, 1), (4, NoActivation)))
            .Operator(DENSIFY, [packed], [dense])
            .Operator(LOGISTIC, [dense], [z]);
        return model.Build([x], [y, z]);
    }

    private static byte[] PostProcessed() => PostProcessed(TinyTflite.FlexMap(
        ("h_scale", 5), ("max_classes_per_detection", 1), ("max_detections", 7), ("nms_iou_threshold", 0.5f), ("nms_score_threshold", 0.25f),
        ("num_classes", 2), ("use_regular_nms", 1), ("w_scale", 5), ("x_scale", 10), ("y_scale", 10)));

    private static byte[] PostProcessed(byte[] options)
    {
        var model = new TinyTflite();
        var (boxes, scores) = (model.Tensor("boxes", TinyTflite.Float, [1, 2, 4]), model.Tensor("scores", TinyTflite.Float, [1, 2, 3]));
        var anchors = model.Constant([2, 4], 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f);
        int[] outputs = [.. Enumerable.Range(0, 4).Select(i => model.Tensor($"out{i}", TinyTflite.Float, [1]))];
        model.Operator(CUSTOM, [boxes, scores, anchors], outputs, custom: "TFLite_Detection_PostProcess", customOptions: options);
        return model.Build([boxes, scores], outputs);
    }

    private IEnumerable<string> Import(byte[] file, out InferenceSession session)
    {
        session = new InferenceSession(_tiny.Import(file));
        return session.OutputNames;
    }
}
