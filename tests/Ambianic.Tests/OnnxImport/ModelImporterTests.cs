using Ambianic.OnnxImport;
using Ambianic.Tests.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Tests.OnnxImport;

public sealed class ModelImporterTests
{
    [Theory]
    [Slow]
    [InlineData("nanodet")]
    [InlineData("centernet")]
    [InlineData("movenet-multipose")]
    [InlineData("movenet-thunder")]
    [InlineData("blazeface-back")]
    public async Task Import_TfJsModel_AgreesWithTensorFlowJs(string model)
    {
        var cases = GoldenCase.Read(model);
        using var session = new InferenceSession(await PulledModels.RequireAsync(model));
        foreach (var golden in cases)
        {
            var outputs = golden.Run(session);
            foreach (var expected in golden.Outputs)
            {
                Assert.InRange(expected.RelativeError(outputs[expected.Name]), 0, 1e-3);
            }
        }
    }

    [Theory]
    [InlineData("nanodet", 8)]
    [InlineData("centernet", 8)]
    [InlineData("movenet-multipose", 8)]
    [InlineData("movenet-thunder", 8)]
    [InlineData("blazeface-back", 8)]
    public async Task Import_TfJsModel_LeavesFewTransposes(string model, int most)
    {
        var onnx = ModelProto.Parser.ParseFrom(await File.ReadAllBytesAsync(
            await PulledModels.RequireAsync(model), TestContext.Current.CancellationToken));

        var transposes = onnx.Graph.Node.Where(node => node.OpType == "Transpose").Select(node => node.Output[0]).ToArray();

        Assert.True(transposes.Length <= most, $"{transposes.Length} transposes: {string.Join(", ", transposes)}");
    }

    [Fact]
    public void Import_PictureMeetsPerChannelConstant_BroadcastsOverChannels()
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs()
            .Weight("filter", [1, 1, 1, 2], 1, 10)
            .Node("conv", "Conv2D", ["x", "filter"], Convolution)
            .Weight("offset", [2], 0.25f, 0.5f)
            .Node("sum", "AddV2", ["conv", "offset"])
            .Write(directory.Path);

        ModelImporter.Import(path, directory["model.onnx"]);

        Assert.Equal([1.25f, 10.5f, 2.25f, 20.5f, 3.25f, 30.5f, 4.25f, 40.5f], Run(directory["model.onnx"], 1, 2, 3, 4));
    }

    [Fact]
    public void Import_UnknownOperator_IsNamedWithItsPlaceAndFile()
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs().Node("odd", "Einsum", ["x"]).Write(directory.Path);

        var error = Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("node 1 'odd' (Einsum): this operator is not supported", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NodeDependsOnItself_IsAnError()
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs()
            .Node("a", "AddV2", ["x", "b"]).Node("b", "Relu", ["a"]).Node("out", "Relu", ["b"]).Write(directory.Path);

        var error = Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.Contains("depends on itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Slow]
    public void Import_ChainOfAHundredThousandNodes_DoesNotOverflowTheStack()
    {
        using var directory = new TemporaryDirectory();
        var model = new TinyTfJs();
        for (var i = 0; i < 100_000; i++)
        {
            model.Node($"n{i}", "Relu", [i == 0 ? "x" : $"n{i - 1}"]);
        }

        ModelImporter.Import(model.Write(directory.Path), directory["model.onnx"]);

        Assert.True(new FileInfo(directory["model.onnx"]).Length > 100_000);
    }

    [Fact]
    public void Import_WeightsTooShort_IsAnErrorThatNamesTheWeight()
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs().Weight("w", [1000], 1, 2, 3).Node("sum", "AddV2", ["x", "w"]).Write(directory.Path);

        var error = Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.Contains("the weights file ends within the weight 'w'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.bin")]
    [InlineData("/etc/passwd")]
    public void Import_WeightsOutsideTheFolder_AreRefused(string file)
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs().Weight("w", [1], 1).Node("sum", "AddV2", ["x", "w"]).Write(directory.Path, file);

        var error = Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.Contains("outside", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x_first")]
    [InlineData("#Relu_0")]
    [InlineData("#constant_1")]
    [InlineData("Relu_0")]
    public void Import_OutputNamedLikeAnythingTheImporterMakesUp_IsStillAModel(string name)
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs()
            .Node("relu", "Relu", ["x"])
            .Weight("filter", [1, 1, 1, 1], 2)
            .Node(name, "Conv2D", ["relu", "filter"], Convolution)
            .Node("sum", "AddV2", [name, "filter"])
            .Write(directory.Path);

        ModelImporter.Import(path, directory["model.onnx"], [name, "x", name]);

        using var session = new InferenceSession(directory["model.onnx"]);
        Assert.Equal(3, session.OutputNames.Distinct().Count());
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[] { 1, 2, 3, 4 }, [1, 2, 2, 1]))]);
        Assert.Equal([2, 4, 6, 8], results[0].AsEnumerable<float>());
        Assert.Equal([1, 2, 3, 4], results[1].AsEnumerable<float>());
    }

    [Theory]
    [InlineData("Unpack", """{"num": {"i": "2000000000"}, "axis": {"i": "0"}}""")]
    [InlineData("Unpack", """{"num": {"i": "-5"}, "axis": {"i": "0"}}""")]
    [InlineData("Unpack", """{"num": {"i": "99999999999"}, "axis": {"i": "0"}}""")]
    public void Import_MorePartsThanTheFileCouldMean_IsRefusedInLittleMemory(string op, string attributes)
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs().Node("parts", op, ["x"], attributes).Node("out", "Relu", ["parts"]).Write(directory.Path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Import_WeightsAreAPipe_CountAsEmptyAndBlockNobody()
    {
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs().Weight("w", [1], 1).Node("sum", "AddV2", ["x", "w"]).Write(directory.Path, "pipe.bin");
        NamedPipe.Make(directory["pipe.bin"]);

        var error = Assert.Throws<ModelImportException>(() => ModelImporter.Import(path, directory["model.onnx"]));

        Assert.Contains("the weights file ends within the weight 'w'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Slow]
    public void Import_MutatedModelJson_NeverFailsInAnotherWay()
    {
        const int Count = 3000;
        var refused = 0;
        using var directory = new TemporaryDirectory();
        var path = new TinyTfJs()
            .Weight("filter", [1, 1, 1, 2], 1, 10)
            .Node("conv", "Conv2D", ["x", "filter"], Convolution)
            .Weight("offset", [2], 0.25f, 0.5f)
            .Node("sum", "AddV2", ["conv", "offset"])
            .Write(directory.Path);
        var original = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var i = 0; i < Count; i++)
        {
            var mutated = (byte[])original.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(32, 127);
            }

            File.WriteAllBytes(path, mutated);
            try
            {
                ModelImporter.Import(path, directory["model.onnx"]);
            }
            catch (ModelImportException)
            {
                refused++; // the one way to fail
            }
        }

        Console.WriteLine($"{Count} mutated TensorFlow.js models, {refused} refused");
        Assert.InRange(refused, Count / 4, Count);
    }

    private const string Convolution = """
        {"T": {"type": "DT_FLOAT"}, "padding": {"s": "U0FNRQ=="}, "data_format": {"s": "TkhXQw=="},
         "strides": {"list": {"i": ["1", "1", "1", "1"]}}, "dilations": {"list": {"i": ["1", "1", "1", "1"]}}}
        """;

    private static float[] Run(string onnx, params float[] picture)
    {
        using var session = new InferenceSession(onnx);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(picture, [1, 2, 2, 1]))]);
        return [.. results.Single().AsEnumerable<float>()];
    }
}
