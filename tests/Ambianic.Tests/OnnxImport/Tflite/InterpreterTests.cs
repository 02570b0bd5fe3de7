using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ambianic.OnnxImport;
using Ambianic.Tests.Inference.Models;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Imported models beside TensorFlow Lite's own interpreter, which runs under Node as WebAssembly.</summary>
public sealed class InterpreterTests
{
    [Theory]
    [Slow]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_short_range.tflite")]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_full_range.tflite")]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_full_range_sparse.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_lite.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_full.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_heavy.tflite")]
    [InlineData("hands", "0.4.1675469240", "hand_landmark_lite.tflite")]
    [InlineData("hands", "0.4.1675469240", "hand_landmark_full.tflite")]
    public async Task Import_MediaPipeModel_AgreesWithTheInterpreter(string package, string version, string file) => await CompareAsync(
        Path.Combine(await NpmTestPackage.RequireAsync($"@mediapipe/{package}", version), file), centre: 0, swing: 1, most: 1e-3);

    /// <summary>The values that other tests expect are those of the interpreter too; all operators in one test, because each starts a process.</summary>
    [Fact]
    [Slow]
    public async Task Import_OperatorsOneByOne_ExpectWhatTheInterpreterAnswers()
    {
        using var directory = new TemporaryDirectory();
        foreach (var tiny in TinyOperator.All.Where(tiny => !tiny.IsMediaPipes))
        {
            await File.WriteAllBytesAsync(directory["model.tflite"], tiny.Model, TestContext.Current.CancellationToken);

            var outputs = await InterpretAsync(directory["model.tflite"], MemoryMarshal.AsBytes(tiny.Input.AsSpan()).ToArray());

            var actual = MemoryMarshal.Cast<byte, float>(outputs["y"]).ToArray();
            Assert.True(
                tiny.Expected.Length == actual.Length && tiny.Expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5f),
                $"{tiny.Name}: [{string.Join(", ", actual)}]");
        }
    }

    [Fact]
    public async Task Import_HalfPrecisionYolox_AgreesWithTheInterpreter() =>
        await CompareAsync(TestData.Require("models/yolox_nano_float16_quantize.tflite"), centre: 128, swing: 120, most: 1e-3);

    [Fact]
    public async Task Import_NetworkOfManyOperators_AgreesWithTheInterpreter()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["model.tflite"], TinyModels.Operators(), TestContext.Current.CancellationToken);

        await CompareAsync(directory["model.tflite"], centre: 0, swing: 1, most: 1e-5);
    }

    /// <summary>The interpreter rounds activations to 8 bits before each product, the import does not.</summary>
    [Fact]
    public async Task Import_DynamicRangeNetwork_IsWithinTheInterpretersRounding()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["model.tflite"], TinyModels.DynamicRangeNetwork(), TestContext.Current.CancellationToken);

        await CompareAsync(directory["model.tflite"], centre: 0, swing: 1, most: 0.02);
    }

    [Fact]
    public async Task Import_SignedNetworkPerChannel_IsWithinThreeQuantaOfTheInterpreter()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["model.tflite"], TinyModels.SignedNetwork(), TestContext.Current.CancellationToken);
        var pixels = new byte[16 * 16 * 3];
        new Random(9).NextBytes(pixels);
        using var session = new InferenceSession(ModelImporter.Convert(directory["model.tflite"], null).ToByteArray());

        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<byte>(pixels, [1, 16, 16, 3]))]);
        var expected = await InterpretAsync(directory["model.tflite"], [.. pixels.Select(pixel => (byte)(pixel - 128))]);

        AssertWithinQuanta("scores", 1 / 256f, -128);
        AssertWithinQuanta("sum", 0.06f, -20);

        void AssertWithinQuanta(string name, float scale, int zeroPoint)
        {
            var quanta = expected[name].Select(value => (sbyte)value).ToArray();
            var actual = results.Single(result => result.Name == name).AsEnumerable<float>().Select(value => (value / scale) + zeroPoint).ToArray();
            Assert.True(quanta.Distinct().Count() > 5, $"{name} says nothing");
            Assert.Equal(quanta.Length, actual.Length);
            Assert.All(quanta.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 3.01));
        }
    }

    private static async Task CompareAsync(string path, float centre, float swing, double most)
    {
        using var session = new InferenceSession(ModelImporter.Convert(path, null).ToByteArray());
        var input = session.InputMetadata.Single();
        var pixels = Picture(input.Value.Dimensions.Aggregate(1, (product, size) => product * size), centre, swing);
        var outputs = await InterpretAsync(path, MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray());

        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<float>(pixels, input.Value.Dimensions))]);

        Assert.NotEmpty(outputs);
        Assert.Equal(results.Count, outputs.Count);
        foreach (var (name, expected) in outputs)
        {
            var actual = results.Single(result => result.Name == name).AsEnumerable<float>().ToArray();

            var error = new GoldenOutput(name, expected).RelativeError(MemoryMarshal.AsBytes(actual.AsSpan()).ToArray());

            Assert.True(error <= most, $"{name} differs by {error}");
        }
    }

    /// <summary>What the interpreter answers, by output.</summary>
    private static async Task<Dictionary<string, byte[]>> InterpretAsync(string path, byte[] input)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["input"], input, cancellation);
        var interpreter = await NpmTestPackage.RequireAsync("@tensorflow/tfjs-tflite", "0.0.1-alpha.10");
        var (exitCode, lines, errors) = await NpmTestPackage.RunAsync(
            "node", [Script(), Path.Combine(interpreter, "wasm"), path, directory["input"], directory.Path]);
        Assert.True(exitCode == 0, errors);
        var outputs = new Dictionary<string, byte[]>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (file, name) = (line.Split('\t')[0], line.Split('\t')[1]);
            outputs[name] = await File.ReadAllBytesAsync(directory[file], cancellation);
        }

        return outputs;
    }

    /// <summary>Smooth waves with some noise, so that every layer has something to do.</summary>
    private static float[] Picture(int count, float centre, float swing)
    {
        var random = new Random(7);
        var pixels = new float[count];
        for (var i = 0; i < count; i++)
        {
            pixels[i] = centre + (swing * ((0.7f * MathF.Sin(i / 97f) * MathF.Cos(i / 7001f)) + (0.3f * ((2 * random.NextSingle()) - 1))));
        }

        return pixels;
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "interpreter.js");
}
