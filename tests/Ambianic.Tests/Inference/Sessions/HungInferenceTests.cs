using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>A real native call that does not come back: the model loops for ever on a white picture.</summary>
public sealed class HungInferenceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<DetectorPool> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task DetectAsync_ModelHangs_EverybodyIsAnsweredAndTheNextPictureIsSeen()
    {
        using var pool = Pool();
        var detector = pool.Create(ModelRole.Objects, null, null);
        await detector.ReadyAsync(Cancellation);
        var frames = new FramePool();
        using var black = Frame(frames, 16);
        using var white = Frame(frames, 235);
        Assert.Single(await detector.DetectAsync(black, null, 0.5f, Cancellation));

        var hung = detector.DetectAsync(white, null, 0.5f, Cancellation).AsTask();
        var waiting = Enumerable.Range(0, 8).Select(_ => detector.DetectAsync(black, null, 0.5f, Cancellation).AsTask()).ToList();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
            return hung.IsCompleted;
        });

        var error = await Assert.ThrowsAsync<InferenceException>(() => hung.WaitAsync(Eventually.Patience, Cancellation));
        Assert.Contains("did not answer for 4 s", error.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => waiting.All(answer => answer.IsCompleted)); // nobody waits for ever

        Assert.Single(await detector.DetectAsync(black, null, 0.5f, Cancellation));
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Model tiny took more than 4 s", StringComparison.Ordinal));
    }

    private static Frame Frame(FramePool frames, byte luma)
    {
        var frame = frames.Rent(64, 64, PixelFormat.I420);
        frame.Buffer.Span.Fill(128);
        frame.Buffer.Span[..(64 * 64)].Fill(luma);
        return frame;
    }

    private DetectorPool Pool()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).HangsOnWhite("output0").Write(_directory.Path);
        return new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("tiny", path, null, null, LabelSets.Person)), _time, _log);
    }
}
