using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>Counts what all threads allocate, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(InferenceAllocationTests), DisableParallelization = true)]
[Collection(nameof(InferenceAllocationTests))]
public sealed class InferenceAllocationTests
{
    [Fact]
    public async Task DetectAsync_InSteadyState_AllocatesLessThan1KilobyteAFrame()
    {
        using var measured = new QuietMeasurements();
        var folder = Directory.CreateTempSubdirectory();
        var model = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(folder.FullName);
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("tiny", model, null, null, LabelSets.Person)),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance,
            metrics: new InferenceMetrics(measured));
        var detector = pool.Create(ModelRole.Objects, null, null);
        using var frame = new FramePool().Rent(320, 240, PixelFormat.I420);
        for (var i = 0; i < 5; i++)
        {
            await detector.DetectAsync(frame, null, 0.5f, TestContext.Current.CancellationToken);
        }

        const int Frames = 20;
        var least = long.MaxValue;
        for (var window = 0; window < 5; window++) // what the runtime allocates now and then only ever adds to it
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Frames; i++)
            {
                await detector.DetectAsync(frame, null, 0.5f, TestContext.Current.CancellationToken);
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Frames);
        }

        Assert.True(measured.Count > 300, "it was not measured");
        TestContext.Current.TestOutputHelper?.WriteLine($"{least} bytes a frame");
        Assert.InRange(least, 0, 1024);
        folder.Delete(recursive: true);
    }
}
