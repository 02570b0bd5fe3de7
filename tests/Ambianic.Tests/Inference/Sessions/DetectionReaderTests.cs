using System.Runtime.InteropServices;
using System.Text.Json;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Sessions;
using Ambianic.OnnxImport;
using Ambianic.Tests.Core.Vision;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Tests.Inference.Sessions;

public sealed class DetectionReaderTests
{
    private const float Tolerance = 1e-5f;

    /// <summary>The files suppress at an overlap of .6, and what they keep is what TensorFlow Lite's users have set their thresholds to.</summary>
    [Theory]
    [InlineData("fast", "false")]
    [InlineData("regular", "true")]
    public void Read_PostProcessedDetector_ShowsWhatTheInterpreterDoes(string mode, string golden)
    {
        var outputs = Run(TestData.Require($"models/synth_postprocess_{mode}.tflite"), $"golden/pp_{golden}_person.jpg");
        using var expected = JsonDocument.Parse(File.ReadAllBytes(TestData.Require($"golden/pp_{golden}_person.jpg.json")));
        var (boxes, labels, scores) = (Values(0), Values(1), Values(2));

        var found = new DetectionReader(new SsdPostprocess(), Calibration.None, []).Read(
            outputs, Letterbox.Fit(ModelInputs.Pixels(100, 100), 100, 100, null), 0, new CandidateList());

        // The interpreter reports in the order of scores too, but leaves those of equal scores as they come, and clips nothing.
        var interpreter = scores.Select((score, i) => new Detection(
            $"class {labels[i]}", score, new Box(Clip(boxes[(i * 4) + 1]), Clip(boxes[i * 4]), Clip(boxes[(i * 4) + 3]), Clip(boxes[(i * 4) + 2])))).ToList();
        Assert.NotEmpty(interpreter);
        Assert.Equal(interpreter.Count, found.Count);
        Assert.All(found, detection => Assert.Contains(interpreter, other => IsSame(detection, other)));
        Assert.All(interpreter, other => Assert.Contains(found, detection => IsSame(detection, other)));

        float[] Values(int output) => [.. expected.RootElement[output].EnumerateArray().Select(value => value.GetSingle())];
    }

    private static bool IsSame(Detection one, Detection other) =>
        one.Label == other.Label
        && Math.Abs(one.Confidence - other.Confidence) < Tolerance
        && Math.Abs(one.Box.XMin - other.Box.XMin) < Tolerance
        && Math.Abs(one.Box.YMin - other.Box.YMin) < Tolerance
        && Math.Abs(one.Box.XMax - other.Box.XMax) < Tolerance
        && Math.Abs(one.Box.YMax - other.Box.YMax) < Tolerance;

    private static float Clip(float value) => Math.Clamp(value, 0, 1);

    private static List<ModelOutput> Run(string model, string inputs)
    {
        using var session = new InferenceSession(ModelImporter.Convert(model, null).ToByteArray());
        using var outputs = session.Run([Input(session.InputNames[0], $"{inputs}.box", 4), Input(session.InputNames[1], $"{inputs}.cls", 24)]);
        return [.. outputs.Select(output => new ModelOutput(output.Name, output.AsTensor<float>().Dimensions.ToArray(), output.AsEnumerable<float>().ToArray()))];
    }

    private static NamedOnnxValue Input(string name, string file, int columns)
    {
        var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Require(file))).ToArray();
        return NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(values, [1, values.Length / columns, columns]));
    }
}
