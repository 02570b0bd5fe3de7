using Ambianic.Inference;
using Ambianic.Models;

namespace Ambianic.Hosting;

public sealed class ModelTrialTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_ModelThatEndsTheRuntime_IsAnErrorAndThisProcessGoesOn()
    {
        var onnx = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 3, 4, 4], new float[48], isFree: true).EndsTheRuntime("output0").Write(_directory.Path);

        var error = await Assert.ThrowsAsync<ModelException>(() => ModelTrial.RunAsync(onnx, Cancellation));

        Assert.Contains("the model runtime does not survive it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ModelThatRunsAndOneThatIsNoModel_LeaveTheRuntimeAlive()
    {
        await ModelTrial.RunAsync(new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_directory.Path), Cancellation);
        await File.WriteAllTextAsync(_directory["noise.onnx"], "no model", Cancellation);

        await ModelTrial.RunAsync(_directory["noise.onnx"], Cancellation); // an error when it is loaded for good
    }
}
