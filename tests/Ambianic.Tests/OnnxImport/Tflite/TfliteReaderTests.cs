using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ambianic.Core.Vision.Decoders;
using Ambianic.OnnxImport;
using Ambianic.Tests.Inference.Models;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SkiaSharp;

namespace Ambianic.Tests.OnnxImport.Tflite;

public sealed class TfliteReaderTests
{
    [Fact]
    public void Import_QuantisedClassifier_EqualsTheInterpreterToTheQuantum()
    {
        using var session = Load(TestData.Require("models/mobilenet_v2_1.0_224_quant.tflite"));
        foreach (var golden in GoldenCase.Read("tfl_mobilenet_v2_1.0_224_quant"))
        {
            var (name, actual) = golden.Run(session).Single();
            var expected = golden.Outputs.Single(output => output.Name == name).Data.Select(quantum => quantum / 256f);

            Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(actual).ToArray());
        }
    }

    [Fact]
    public async Task Import_FullRangeFaceDetector_AgreesWithTheInterpreter()
    {
        var cases = GoldenCase.Read("tfl_face_detection_full_range");
        using var session = new InferenceSession(await PulledModels.RequireAsync("blazeface-full-range"));
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
    [InlineData("fast", "false")]
    [InlineData("regular", "true")]
    public void Import_PostProcessedDetector_GivesTheBoxesOfTheInterpreter(string mode, string golden)
    {
        using var session = Load(TestData.Require($"models/synth_postprocess_{mode}.tflite"));
        using var outputs = session.Run(
        [
            Input(session.InputNames[0], $"pp_{golden}_person.jpg.box", 4),
            Input(session.InputNames[1], $"pp_{golden}_person.jpg.cls", 24),
        ]);
        var found = new List<Candidate>();

        DetectionPostProcess.FromTensor(Values(DetectionPostProcess.Parameters)).Apply(
            Values(DetectionPostProcess.Boxes), Values(DetectionPostProcess.Scores), Values(DetectionPostProcess.Anchors), found);

        using var expected = JsonDocument.Parse(File.ReadAllBytes(TestData.Require($"golden/pp_{golden}_person.jpg.json")));
        var arrays = expected.RootElement.EnumerateArray().Select(array => array.EnumerateArray().Select(item => item.GetSingle()).ToArray()).ToArray();
        Assert.Equal(arrays[3][0], found.Count);
        AssertClose(arrays[0], found.SelectMany(item => new[] { item.Box.YMin, item.Box.XMin, item.Box.YMax, item.Box.XMax }));
        AssertClose(arrays[1], found.Select(item => (float)item.Label));
        AssertClose(arrays[2], found.Select(item => item.Score));

        float[] Values(string name) => [.. outputs.Single(output => output.Name == name).AsEnumerable<float>()];
    }

    [Theory]
    [Slow]
    [InlineData("yolox_nano_float16_quantize.tflite", 0.9f)]
    [InlineData("yolox_nano_int8_quantize.tflite", 0.7f)]
    public void Import_QuantisedYolox_FindsThePeopleOfTheOriginal(string file, float overlap)
    {
        using var original = new YoloxPeople(new InferenceSession(TestData.Require("models/yolox_nano.onnx")));
        using var imported = new YoloxPeople(Load(TestData.Require($"models/{file}")));
        var people = 0;
        foreach (var picture in Directory.EnumerateFiles(TestData.Require("pictures")))
        {
            var found = imported.Find(picture, 0.35f);
            foreach (var person in original.Find(picture, 0.6f))
            {
                people++;
                var best = found.Select(other => other.IoU(person)).DefaultIfEmpty().Max();
                Assert.True(best >= overlap, $"{Path.GetFileName(picture)}: {person} is found with an overlap of {best}");
            }
        }

        Assert.True(people > 8, $"only {people} people");
    }

    /// <summary>TensorFlow Lite's own interpreter does not know its last operator, so this asks what the network is for.</summary>
    [Theory]
    [InlineData("selfie_segmentation.tflite", 256, 256)]
    [InlineData("selfie_segmentation_landscape.tflite", 256, 144)]
    public async Task Import_SelfieSegmentation_TellsThePersonFromTheRest(string file, int width, int height)
    {
        var picture = TestData.Require("pictures/person.jpg"); // she stands left of the middle
        using var session = Load(Path.Combine(await NpmTestPackage.RequireAsync("@mediapipe/selfie_segmentation", "0.1.1675465747"), file));
        using var original = SKBitmap.Decode(picture);
        using var bitmap = original.Resize(new SKImageInfo(width, height), new SKSamplingOptions(SKFilterMode.Linear));
        float[] pixels = [.. bitmap.Pixels.SelectMany(colour => new[] { colour.Red / 255f, colour.Green / 255f, colour.Blue / 255f })];

        using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(pixels, [1, height, width, 3]))]);

        var mask = results.Single().AsEnumerable<float>().ToArray();
        Assert.Equal(width * height, mask.Length);
        Assert.All(mask, value => Assert.InRange(value, 0, 1));
        Assert.InRange(Mean(0.27, 0.36, 0.5, 0.9), 0.8, 1);
        Assert.InRange(Mean(0.6, 1, 0, 1), 0, 0.2);

        float Mean(double left, double right, double top, double bottom) => mask
            .Where((_, i) => i % width >= left * width && i % width < right * width && i / width >= top * height && i / width < bottom * height)
            .Average();
    }

    /// <summary>
    /// TensorFlow Lite's own interpreter does not know three of its operators. The network looks closer at lips and eyes and
    /// finds them again where its mesh of the whole face has them, so this asks whether both agree.
    /// </summary>
    [Fact]
    public async Task Import_FaceMeshWithAttention_FindsLipsAndEyesWhereTheMeshHasThem()
    {
        const int Side = 192, Length = 2_495_952; // of the first file in the package's archive
        int[] outline = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409]; // landmarks of the mesh, in the order of the lips' points
        var picture = TestData.Require("pictures/person-face.jpg");
        var package = await NpmTestPackage.RequireAsync("@mediapipe/face_mesh", "0.4.1657299874");
        using var directory = new TemporaryDirectory();
        var archive = await File.ReadAllBytesAsync(Path.Combine(package, "face_mesh_solution_packed_assets.data"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory["mesh.tflite"], archive[..Length], TestContext.Current.CancellationToken);
        using var session = Load(directory["mesh.tflite"]);
        using var original = SKBitmap.Decode(picture);
        using var face = new SKBitmap();
        Assert.True(original.ExtractSubset(face, SKRectI.Create(62, 0, 92, 92)));
        using var bitmap = face.Resize(new SKImageInfo(Side, Side), new SKSamplingOptions(SKFilterMode.Linear));
        float[] pixels = [.. bitmap.Pixels.SelectMany(colour => new[] { colour.Red / 255f, colour.Green / 255f, colour.Blue / 255f })];

        using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(pixels, [1, Side, Side, 3]))]);

        var (mesh, lips, leftIris, rightIris) = (
            Points("output_mesh_identity", 3), Points("output_lips", 2), Points("output_left_iris", 2), Points("output_right_iris", 2));
        var (mouth, left, right) = (
            outline.Select((landmark, i) => Vector2.Distance(mesh[landmark], lips[i])).Average(),
            Vector2.Distance((mesh[33] + mesh[133]) / 2, leftIris[0]) / Vector2.Distance(mesh[33], mesh[133]),
            Vector2.Distance((mesh[362] + mesh[263]) / 2, rightIris[0]) / Vector2.Distance(mesh[362], mesh[263]));
        Assert.InRange(Vector2.Distance(lips[0], lips[10]), 20, 80);
        Assert.InRange(mouth, 0, 8);
        Assert.InRange(left, 0, 0.4);
        Assert.InRange(right, 0, 0.4);

        Vector2[] Points(string name, int dimensions) =>
            [.. results.Single(result => result.Name == name).AsEnumerable<float>().Chunk(dimensions).Select(point => new Vector2(point[0], point[1]))];
    }

    private static InferenceSession Load(string path) => new(ModelImporter.Convert(path, null).ToByteArray());

    private static NamedOnnxValue Input(string name, string file, int columns)
    {
        var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Require($"golden/{file}"))).ToArray();
        return NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(values, [1, values.Length / columns, columns]));
    }

    /// <summary>The interpreter pads its arrays, so that they may be longer.</summary>
    private static void AssertClose(float[] expected, IEnumerable<float> actual)
    {
        var pairs = expected.Zip(actual).ToList();
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
