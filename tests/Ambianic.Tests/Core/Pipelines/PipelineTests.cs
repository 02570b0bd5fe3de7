using System.Collections.Concurrent;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines;

public sealed class PipelineTests : IDisposable
{
    private readonly FramePool _pool = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<Pipeline> _log = new();
    private readonly ConcurrentQueue<string> _seen = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Equal(0, _pool.Outstanding);

    [Fact]
    public async Task RunAsync_File_PassesEachFrameDownTheChainInOrder()
    {
        var pipeline = Make(Ends(2), Note("a"), Note("b"));

        await pipeline.RunAsync(Cancellation);

        Assert.Equal(["a0", "b0", "a1", "b1"], _seen);
        Assert.Equal((PipelineState.Ended, 2L), (pipeline.Status.State, pipeline.Status.Processed));
    }

    [Fact]
    public async Task RunAsync_ElementThatPassesOnTwice_BeatsForEachArrival()
    {
        var twice = new Element(async (sample, next, cancellation) =>
        {
            await next(sample, cancellation);
            await next(sample, cancellation);
        });
        var pipeline = Make(Ends(2), twice, Note("end"));

        await pipeline.RunAsync(Cancellation);

        Assert.Equal(["end0", "end0", "end1", "end1"], _seen);
        Assert.Equal(4, pipeline.Status.Processed);
    }

    [Fact]
    public async Task RunAsync_ElementThrows_DropsThatSampleAndGoesOn()
    {
        var fails = new Element((sample, next, cancellation) =>
            sample.Frame.Sequence == 1 ? throw new InvalidOperationException("out of ideas") : next(sample, cancellation));
        var pipeline = Make(Ends(3), fails, Note("end"));

        await pipeline.RunAsync(Cancellation);

        Assert.Equal(["end0", "end2"], _seen);
        Assert.Equal((2L, 1L), (pipeline.Status.Processed, pipeline.Status.Failed));
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Pipeline door: dropped 1 sample", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_ElementFailsOnAllThatComes_IsFailingAndWithoutVideoSinceTheLastSampleThatArrived()
    {
        var fails = new Element(async (sample, next, cancellation) =>
        {
            await next(sample, cancellation);
            throw new InvalidOperationException("out of ideas");
        });
        var pipeline = Make(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)), fails);
        using var stop = new CancellationTokenSource();
        var running = pipeline.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => pipeline.Status is { Failed: 1, LastError: not null });

        Assert.Equal(PipelineState.Running, pipeline.Status.State); // a single one is no outage
        var arrived = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(PipelineState.Failing, pipeline.Status.State);
        var change = VisibilityChange.Of(pipeline.Status, _time.GetUtcNow());
        Assert.Equal((VisibilityState.NoVideo, "out of ideas", arrived), (change.Visibility, change.Reason, change.At));
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_NoSampleHasEverArrived_IsFailingAtOnceAndSaysWhetherAPersonIsNeeded(bool isLasting)
    {
        var fails = new Element((_, _, _) => throw new InferenceException("not numbers") { IsLasting = isLasting });
        var pipeline = Make(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)), fails);
        using var stop = new CancellationTokenSource();
        var running = pipeline.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => pipeline.Status is { Failed: 1, LastError: not null });

        Assert.Equal((PipelineState.Failing, isLasting, "not numbers"), (pipeline.Status.State, pipeline.Status.NeedsPerson, pipeline.Status.LastError));
        Assert.Equal(VisibilityState.NoVideo, pipeline.Status.Visibility);
        await stop.CancelAsync();
        await running;
        Assert.False(pipeline.Status.NeedsPerson);
    }

    [Fact]
    public async Task Status_SomeSamplesFailForAReasonThatNeedsAPerson_IsFailingForAMinute()
    {
        var seen = 0;
        var fails = new Element((sample, next, cancellation) => ++seen == 2 ? throw new InferenceException("not numbers") { IsLasting = true } : next(sample, cancellation));
        var source = new ScriptedSource(_pool, live: false, ScriptedSource.GivesAndWaits(3));
        var pipeline = Make(source, fails);
        using var stop = new CancellationTokenSource();
        var running = pipeline.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => pipeline.Status is { Failed: 1, Processed: 2 });

        Assert.Equal((PipelineState.Failing, true, "not numbers"), (pipeline.Status.State, pipeline.Status.NeedsPerson, pipeline.Status.LastError));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_ElementThrowsAgainAndAgain_IsLoggedOnceASecondWithACount()
    {
        var fails = new Element((sample, _, _) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            throw new InvalidOperationException("out of ideas");
        });
        var pipeline = Make(Ends(21), fails);

        await pipeline.RunAsync(Cancellation);

        var dropped = _log.Lines.Where(line => line.Contains("dropped", StringComparison.Ordinal));
        Assert.Equal(["1 sample", "10 sample", "10 sample"], dropped.Select(line => line.Split("dropped ")[1].Split('(')[0]));
        Assert.Equal(21, pipeline.Status.Failed);
        Assert.Equal("out of ideas", pipeline.Status.LastError);
    }

    [Fact]
    public async Task RunAsync_LiveSourceFasterThanElements_LooksAtTheNewestAndGivesTheOthersBack()
    {
        var posted = new TaskCompletionSource();
        var source = new ScriptedSource(_pool, live: true, Burst);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var slow = new Element(async (sample, next, cancellation) =>
        {
            await posted.Task.WaitAsync(Eventually.Patience, cancellation);
            await next(sample, cancellation);
            if (sample.Frame.Sequence == 9)
            {
                await stop.CancelAsync();
            }
        });
        var pipeline = Make(source, slow, Note("end"));

        await pipeline.RunAsync(stop.Token);

        // The element may have taken any one frame before it was held up; of the others only the last is left.
        Assert.Equal("end9", _seen.Last());
        Assert.InRange(_seen.Count, 1, 2);
        Assert.Equal(10 - _seen.Count, pipeline.Status.Dropped);
        Assert.Equal(PipelineState.Stopped, pipeline.Status.State);

        async IAsyncEnumerable<Frame> Burst(
            Func<Frame> show, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            for (var i = 0; i < 10; i++)
            {
                yield return show();
            }

            posted.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
    }

    [Fact]
    public async Task RunAsync_FileFasterThanElements_WaitsAndLosesNothing()
    {
        var ahead = 0L;
        var slow = new Element(async (sample, next, cancellation) =>
        {
            ahead = Math.Max(ahead, _pool.Outstanding);
            await Task.Yield();
            await next(sample, cancellation);
        });
        var pipeline = Make(Ends(200), slow, Note("end"));

        await pipeline.RunAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"end{i}"), _seen);
        Assert.Equal(0, pipeline.Status.Dropped);
        Assert.InRange(ahead, 1, 6); // one here, four in the mailbox, one in the source's hand
    }

    [Fact]
    public async Task RunAsync_FileBreaks_PassesOnWhatCameAndFailsOnce()
    {
        var pipeline = Make(
            new ScriptedSource(_pool, live: false, ScriptedSource.Gives(3, new SourceException("cut short"))), Note("end"));

        await Assert.ThrowsAsync<SourceException>(() => pipeline.RunAsync(Cancellation));

        Assert.Equal(["end0", "end1", "end2"], _seen);
        Assert.Equal((PipelineState.Ended, VisibilityState.NoVideo, "cut short"), (pipeline.Status.State, pipeline.Status.Visibility, pipeline.Status.Reason));
    }

    [Fact]
    public async Task RunAsync_CameraAway_TriesAgainEverMoreSlowlyUntilItIsBack()
    {
        var away = ScriptedSource.Gives(0, new SourceException("nothing answers"));
        var back = new TaskCompletionSource();
        var source = new ScriptedSource(_pool, live: true, away, away, away, ScriptedSource.GivesAndWaits(1));
        var pipeline = Make(source, new Element((_, next, _) =>
        {
            back.SetResult();
            return ValueTask.CompletedTask;
        }));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);

        for (var tries = 1; tries <= 3; tries++)
        {
            await Eventually.TrueAsync(() => source.Connected == tries && pipeline.Facts.Phase == PipelinePhase.Waiting);
            Assert.Equal("nothing answers", pipeline.Status.LastError);
            var longest = TimeSpan.FromSeconds(0.5 * Math.Pow(2, tries - 1));
            _time.Advance((longest / 2) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(tries, source.Connected);
            _time.Advance((longest / 2) + TimeSpan.FromMilliseconds(1));
        }

        await back.Task.WaitAsync(Eventually.Patience, Cancellation);
        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, Cancellation);
        Assert.Equal(PipelineState.Stopped, pipeline.Status.State);
    }

    [Fact]
    public async Task RunAsync_StoppedWhileWaiting_EndsAtOnceAndNotAsAnError()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.Gives(0, new SourceException("nothing answers")));
        var pipeline = Make(source);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => pipeline.Facts.Phase == PipelinePhase.Waiting);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, Cancellation);

        Assert.DoesNotContain(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_StoppedWhileAnElementWorks_CancelsIt()
    {
        var entered = new TaskCompletionSource();
        var waits = new Element(async (_, _, cancellation) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        });
        var pipeline = Make(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(5)), waits);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);
        await entered.Task.WaitAsync(Eventually.Patience, Cancellation);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, Cancellation);

        Assert.Equal(0, pipeline.Status.Failed);
        Assert.DoesNotContain(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_NoSampleArrives_BecomesStalledThenTerminal()
    {
        var pipeline = Make(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => pipeline.Status.Processed == 1);

        Assert.Equal(PipelineState.Running, pipeline.Status.State);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(PipelineState.Stalled, pipeline.Status.State);
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(PipelineState.Terminal, pipeline.Status.State);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, Cancellation);
    }

    [Fact]
    public async Task DisposeAsync_ElementFails_DisposesTheOthers()
    {
        var disposed = 0;
        var pipeline = Make(Ends(0), new Holder(() => throw new InvalidOperationException("stuck")), new Holder(() => disposed++));

        await pipeline.DisposeAsync();

        Assert.Equal(1, disposed);
        Assert.Contains(_log.Lines, line => line.Contains("Holder failed", StringComparison.Ordinal));
    }

    private Pipeline Make(IFrameSource source, params IPipelineElement[] elements) => new("door", source, [.. elements.Select(element => new ElementSlot(element.GetType().Name, element))], _time, _log);

    private ScriptedSource Ends(int frames) => new(_pool, live: false, ScriptedSource.Gives(frames));

    private Element Note(string name) => new((sample, next, cancellation) =>
    {
        _seen.Enqueue($"{name}{sample.Frame.Sequence}");
        return next(sample, cancellation);
    });
}
