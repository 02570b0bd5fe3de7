using Ambianic.OnnxImport.Tflite;
using Ambianic.Tests;
using Ambianic.Tests.OnnxImport.Tflite;

namespace Ambianic.Server.Tests;

[Slow]
public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ModelsList_Catalog_SaysWhichAreCalibrated()
    {
        var list = await RunAsync("models", "list");

        var lines = list.Output.Split('\n');
        var column = lines[0].IndexOf("CALIBRATED", StringComparison.Ordinal);
        Assert.Equal("yes", lines.Single(line => line.StartsWith("nanodet", StringComparison.Ordinal))[column..].Split(' ')[0]);
        Assert.Equal("yes", lines.Single(line => line.StartsWith("blazeface-back", StringComparison.Ordinal))[column..].Split(' ')[0]);
        Assert.Equal("", lines.Single(line => line.StartsWith("yolox-s", StringComparison.Ordinal))[column..].Split(' ')[0]);
    }

    [Fact]
    public async Task ModelsCalibrate_ModelForFaces_LooksForFaces()
    {
        await DefaultModel.RequireAsync(Cancellation);
        Directory.CreateDirectory(_directory["set"]);
        File.Copy(TestData.Require("pictures/person.jpg"), _directory["set/a.jpg"]);
        Write("set/classes.txt", "face");
        Write("set/a.txt", "0 0.5 0.5 0.5 0.5");

        var calibrate = await RunAsync("models", "calibrate", "--images", "set", "--labels", "set", "--model", "blazeface-back");

        Assert.Equal(1, calibrate.ExitCode);
        Assert.Contains("20 right and 20 wrong", calibrate.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelsImport_OperatorThatIsNotKnown_NamesItAndExitsWithOne()
    {
        Write("unknown.tflite", TfliteOperatorCode.LSTM, [1, 4, 4, 3]);

        var import = await ImportAsync("unknown.tflite");

        Assert.Equal(1, import.ExitCode);
        Assert.Equal(
            "ambianic: unknown.tflite cannot be imported: operator 0 (LSTM): this operator is not supported", import.Errors.Trim());
        Assert.Empty(import.Output);
    }

    [Fact]
    public async Task ModelsImport_OnnxFile_SaysThatItNeedsNone()
    {
        Write("mine.onnx", "anything");

        var import = await ImportAsync("mine.onnx");

        Assert.Equal(1, import.ExitCode);
        Assert.Contains("an ONNX file needs no import", import.Errors, StringComparison.Ordinal);
        Assert.Contains("model: {onnx: FILE}", import.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(TfliteOperatorCode.RESHAPE), 4)] // its result has other sizes than its input: it fails when it runs
    [InlineData(nameof(TfliteOperatorCode.LOGICAL_NOT), 3)] // of real numbers: it cannot even be loaded
    public async Task ModelsImport_GraphThatCannotRun_SaysWhyAndExitsWithOne(string code, int channels)
    {
        Write("broken.tflite", Enum.Parse<TfliteOperatorCode>(code), [1, 4, 4, channels]);

        var import = await ImportAsync("broken.tflite");

        Assert.Equal(1, import.ExitCode);
        Assert.Contains("decoder:   none: broken.tflite", import.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelsImport_OutputsThatNobodyKnows_ListsTheDecodersAndExitsWithZero()
    {
        Write("unusual.tflite", TfliteOperatorCode.RELU, [1, 4, 4, 3]);

        var import = await ImportAsync("unusual.tflite");

        Assert.Equal(0, import.ExitCode);
        Assert.Contains("say it with model.decoder: nanodet", import.Output, StringComparison.Ordinal);
    }

    /// <summary>With a cache of its own, which the user's is not filled from.</summary>
    private Task<AmbianicProgram.Finished> ImportAsync(string file) => AmbianicProgram.RunWithAsync(
        _directory.Path, new Dictionary<string, string> { ["AMBIANIC_CACHE"] = _directory["cache"] }, Cancellation, "models", "import", file);

    private void Write(string name, TfliteOperatorCode code, int[] result)
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 4, 4, 3]), model.Tensor("y", TinyTflite.Float, result));
        File.WriteAllBytes(_directory[name], model.Operator(code, [x], [y]).Build([x], [y]));
    }

    private void Write(string name, string text) => File.WriteAllText(_directory[name], text);

    private Task<AmbianicProgram.Finished> RunAsync(params string[] arguments) =>
        AmbianicProgram.RunAsync(_directory.Path, Cancellation, arguments);
}
