using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Models.Import.Tflite;

/// <summary>Imported models beside TensorFlow Lite's own interpreter, which runs under Node as WebAssembly.</summary>
public sealed class InterpreterTests
{
    [Theory]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_short_range.tflite")]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_full_range.tflite")]
    [InlineData("face_detection", "0.4.1657300184", "face_detection_full_range_sparse.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_lite.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_full.tflite")]
    [InlineData("pose", "0.5.1675469404", "pose_landmark_heavy.tflite")]
    public async Task Import_MediaPipeModel_AgreesWithTheInterpreter(string package, string version, string file) => await CompareAsync(
        Path.Combine(await NpmTestPackage.RequireAsync($"@mediapipe/{package}", version), file), centre: 0, swing: 1, most: 1e-3);

    [Fact]
    public async Task Import_HalfPrecisionYolox_AgreesWithTheInterpreter() =>
        await CompareAsync(TestData.Require("models/yolox_nano_float16_quantize.tflite"), centre: 128, swing: 120, most: 1e-3);

    private static async Task CompareAsync(string path, float centre, float swing, double most)
    {
        using var session = new InferenceSession(ModelImporter.Convert(path, null).ToByteArray());
        var input = session.InputMetadata.Single();
        var pixels = Picture(input.Value.Dimensions.Aggregate(1, (product, size) => product * size), centre, swing);
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(
            directory["input"], MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray(), TestContext.Current.CancellationToken);
        var interpreter = await NpmTestPackage.RequireAsync("@tensorflow/tfjs-tflite", "0.0.1-alpha.10");
        var lines = await NpmTestPackage.RunAsync(
            "node", [Script(), Path.Combine(interpreter, "wasm"), path, directory["input"], directory.Path]);

        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<float>(pixels, input.Value.Dimensions))]);

        var outputs = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToArray();
        Assert.Equal(results.Count, outputs.Length);
        foreach (var output in outputs)
        {
            var expected = new GoldenOutput(output[1], await File.ReadAllBytesAsync(directory[output[0]], TestContext.Current.CancellationToken));
            var actual = results.Single(result => result.Name == output[1]).AsEnumerable<float>().ToArray();

            var error = expected.RelativeError(MemoryMarshal.AsBytes(actual.AsSpan()).ToArray());

            Assert.True(error <= most, $"{output[1]} differs by {error}");
        }
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
