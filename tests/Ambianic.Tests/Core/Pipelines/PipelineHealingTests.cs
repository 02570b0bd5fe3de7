using System.Collections.Concurrent;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;

namespace Ambianic.Tests.Core.Pipelines;

public sealed class PipelineHealingTests : SupervisorFixture
{
    [Fact]
    public async Task RunAsync_SourceHangs_ConnectsAgainAndIsWell()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }]);

        var silence = await AdvanceUntilAsync(() => running.Now[0].Healed == 1);
        Assert.InRange(silence.TotalSeconds, 39, 41);
        await AdvanceUntilAsync(() => running.Now[0] is { Processed: 2, State: PipelineState.Running });

        Assert.Equal(2, source.Connected);
    }

    [Fact]
    public async Task RunAsync_PolicyIsChanged_CountsForPipelinesThatRunAlready()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }]);

        Policy = new HealthPolicy(TimeSpan.FromSeconds(8));

        var silence = await AdvanceUntilAsync(() => running.Now[0].Healed == 1);
        Assert.InRange(silence.TotalSeconds, 7, 9);
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task RunAsync_HealingDoesNotHelp_IsShownAsHealingWithWhatIsStuckAndIsNoHeartbeat()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(0)), Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Reason: "no picture has come yet" }]);

        await AdvanceUntilAsync(() => running.Now[0].Healed == 1);
        Assert.Equal((PipelineState.Healing, "source", 0L), (running.Now[0].State, running.Now[0].Stuck, running.Now[0].Processed));
        var pause = await AdvanceUntilAsync(() => running.Now[0].Healed == 2);

        Assert.InRange(pause.TotalSeconds, 20, 30); // a new connection has time to give a first picture
        Assert.True(running.Now[0].Silence.TotalSeconds >= 60);
    }

    [Fact]
    public async Task RunAsync_ElementHangs_IsReplacedAloneAndTheConnectionStays()
    {
        using var never = new SemaphoreSlim(0);
        Registry.Add<NoOptions>("first", (_, _) => new Holder(() => { }));
        AddElementThatHangsOnce("hangs", never);
        var source = new ScriptedSource(Pool, live: true, Steady);
        await using var running = Run(source, Configure("door", "first", "hangs"));
        await Eventually.TrueAsync(() => running.Now is [{ Elements: [_, { Name: "hangs" }] }]);

        await AdvanceUntilAsync(() => running.Now[0] is { Processed: > 0, State: PipelineState.Running });
        Assert.Equal([0, 1], running.Now[0].Elements.Select(element => element.Recycled));
        Assert.Equal(1, source.Connected);
        var arrived = running.Now[0].Processed;
        never.Release(); // what was given up comes back, and nothing of it gets through
        await running.DisposeAsync();
        await Eventually.TrueAsync(() => Pool.Outstanding == 0);
        Assert.True(running.Now[0].Processed >= arrived);
    }

    [Fact]
    public async Task RunAsync_ElementIsReplaced_TheNewOneIsPreparedBeforeItsFirstSampleAndNotReplacedMeanwhile()
    {
        using var never = new SemaphoreSlim(0);
        var ready = new TaskCompletionSource();
        var made = new ConcurrentQueue<Prepared>();
        Registry.Add<NoOptions>("hangs", (_, _) =>
        {
            var element = made.IsEmpty ? new Prepared(Task.CompletedTask, never) : new Prepared(ready.Task, null);
            made.Enqueue(element);
            return element;
        });
        await using var running = Run(new ScriptedSource(Pool, live: true, Steady), Configure("door", "hangs"));
        await Eventually.TrueAsync(() => made.FirstOrDefault() is { Invoked: 1 });

        await AdvanceUntilAsync(() => made.LastOrDefault() is { IsPreparing: true });
        var later = Time.GetUtcNow().AddSeconds(45);
        await AdvanceUntilAsync(() => Time.GetUtcNow() > later);

        Assert.Equal([1, 0], made.Select(element => element.Invoked));
        Assert.Equal((PipelineState.Healing, "hangs", 1L), (running.Now[0].State, running.Now[0].Stuck, running.Now[0].Healed));
        ready.SetResult();
        await Eventually.TrueAsync(() => running.Now[0] is { State: PipelineState.Running, Processed: > 0 });
        never.Release();
    }

    [Fact]
    public async Task RunAsync_NewElementCannotBePrepared_SaysWhyAndSendsItSamplesNevertheless()
    {
        using var never = new SemaphoreSlim(0);
        var more = new TaskCompletionSource();
        var made = new ConcurrentQueue<Prepared>();
        Registry.Add<NoOptions>("hangs", (_, _) =>
        {
            var element = made.IsEmpty ? new Prepared(Task.CompletedTask, never) : new Prepared(Task.FromException(new IOException("no model")), null);
            made.Enqueue(element);
            return element;
        });
        await using var running = Run(new ScriptedSource(Pool, live: true, OneAndAnother), Configure("door", "hangs"));
        await Eventually.TrueAsync(() => made.FirstOrDefault() is { Invoked: 1 });

        await AdvanceUntilAsync(() => running.Now[0].LastError == "no model");
        Assert.Equal("no model", running.Now[0].Reason);
        more.SetResult();

        await Eventually.TrueAsync(() => running.Now[0] is { State: PipelineState.Running, Processed: 1 });
        never.Release();

        async IAsyncEnumerable<Frame> OneAndAnother(Func<Frame> show, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return show();
            await more.Task.WaitAsync(cancellation);
            yield return show();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
    }

    [Fact]
    public async Task RunAsync_ElementFailsOnEverySample_IsReplaced()
    {
        var made = 0;
        Registry.Add<NoOptions>("fails", (_, _) =>
        {
            var isFirst = Interlocked.Increment(ref made) == 1;
            return new Element((sample, next, cancellation) => isFirst ? throw new InvalidOperationException("confused") : next(sample, cancellation));
        });
        await using var running = Run(new ScriptedSource(Pool, live: true, Steady), Configure("door", "fails"));
        await Eventually.TrueAsync(() => running.Now is [{ Failed: > 0 }]);

        await AdvanceUntilAsync(() => running.Now[0] is { Processed: > 0, State: PipelineState.Running });
        Assert.Equal(1, running.Now[0].Elements[0].Recycled);
    }

    [Fact]
    public async Task RunAsync_ElementIsReplacedBetweenTwoConnections_DisposesTheOldOne()
    {
        int made = 0, disposed = 0;
        Registry.Add<NoOptions>("swallows", (_, _) =>
        {
            Interlocked.Increment(ref made);
            return new Swallower(() => Interlocked.Increment(ref disposed));
        });
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.Gives(1, new SourceException("gone again")));
        await using var running = Run(source, Configure("door", "swallows"));
        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Reconnecting }]);

        await AdvanceUntilAsync(() => running.Now[0].Elements is [{ Recycled: > 0 }]);
        await running.DisposeAsync();

        Assert.True(made > 1);
        await Eventually.TrueAsync(() => made == disposed);
    }

    [Fact]
    public async Task RunAsync_SourceThatWasAbandonedGivesOneMoreFrame_GivesItBack()
    {
        var letGo = new TaskCompletionSource();
        var source = new ScriptedSource(Pool, live: true, Late, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }]);

        await AdvanceUntilAsync(() => source.Connected == 2);
        letGo.SetResult();

        await Eventually.TrueAsync(() => source.Shown == 3);
        await running.DisposeAsync();
        await Eventually.TrueAsync(() => Pool.Outstanding == 0);

        async IAsyncEnumerable<Frame> Late(Func<Frame> show, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return show();
            await letGo.Task; // it does not listen when it is asked to stop
            yield return show();
        }
    }

    [Fact]
    [Slow]
    public async Task RunAsync_NothingHelps_BecomesTerminalIsRecreatedAndRunsWhenTheSourceReturns()
    {
        var isBack = false;
        var away = ScriptedSource.Gives(0, new SourceException("nothing answers"));
        var source = new ScriptedSource(Pool, live: true, (show, cancellation) =>
            isBack ? ScriptedSource.GivesAndWaits(1)(show, cancellation) : away(show, cancellation));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => source.Connected > 0);

        var silence = await AdvanceUntilAsync(() => running.Now[0].Rebuilt == 1);
        Assert.InRange(silence.TotalSeconds, 119, 130);
        Assert.Equal(PipelineState.Terminal, running.Now[0].State); // a new life is no heartbeat
        Assert.Contains(Dog.Heard, line => line.Contains("door terminal", StringComparison.Ordinal));

        var second = await AdvanceUntilAsync(() => running.Now[0].Rebuilt == 2);
        var third = await AdvanceUntilAsync(() => running.Now[0].Rebuilt == 3);
        Assert.InRange(second.TotalSeconds, 19, 50);
        Assert.InRange(third.TotalSeconds, 39, 90); // ever more rarely

        Volatile.Write(ref isBack, true);
        await AdvanceUntilAsync(() => running.Now[0] is { Processed: 1, State: PipelineState.Running });
    }

    [Fact]
    [Slow]
    public async Task RunAsync_StallAfterStall_KeepsNothing()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }]);

        for (var stall = 1; stall <= 10; stall++)
        {
            await AdvanceUntilAsync(() => running.Now[0].Processed == stall + 1);
        }

        Assert.Equal((10L, 0L), (running.Now[0].Healed, running.Now[0].Rebuilt));
        Assert.Equal(0, Pool.Outstanding);
    }

    [Fact]
    public async Task Statuses_RebuiltPipelineHangsWhilePreparing_StaysTerminal()
    {
        var made = 0;
        Registry.Add<NoOptions>("slow", (_, _) => new SlowlyPrepared(hangs: Interlocked.Increment(ref made) > 1));
        await using var running = Run(
            new ScriptedSource(Pool, live: true, ScriptedSource.Gives(0, new SourceException("nothing answers"))), Configure("door", "slow"));
        await AdvanceUntilAsync(() => running.Now is [{ Rebuilt: 1, Reason: "a model is being fetched" }]);
        var later = Time.GetUtcNow().AddMinutes(1);

        await AdvanceUntilAsync(() => Time.GetUtcNow() > later);

        var status = running.Now[0];
        Assert.InRange(status.Silence.TotalSeconds, 120, double.MaxValue);
        Assert.Equal(PipelineState.Terminal, status.State);
    }

    [Fact]
    [Slow]
    public async Task Statuses_ModelDoesNotCome_IsTerminalAfterTenMinutesAndStillFetched()
    {
        Registry.Add<NoOptions>("slow", (_, _) => new SlowlyPrepared(hangs: true));
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("door", "slow"));
        await Eventually.TrueAsync(() => running.Now is [{ IsPreparing: true, Reason: "a model is being fetched" }]);

        var waited = await AdvanceUntilAsync(() => running.Now[0].State == PipelineState.Terminal);
        await AdvanceUntilAsync(() => running.Now[0].Silence.TotalSeconds > 900);

        Assert.InRange(waited.TotalMinutes, 9.9, 10.1);
        Assert.Equal(0, running.Now[0].Rebuilt);
    }

    private static async IAsyncEnumerable<Frame> Steady(
        Func<Frame> show, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            yield return show();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Is prepared when a task has ended, and hangs in its first sample when it is given something to wait for.</summary>
    private sealed class Prepared(Task ready, SemaphoreSlim? never) : IPipelineElement
    {
        private int _invoked;
        private volatile bool _isPreparing;

        public int Invoked => Volatile.Read(ref _invoked);

        public bool IsPreparing => _isPreparing;

        public async ValueTask PrepareAsync(CancellationToken cancellation)
        {
            _isPreparing = true;
            await ready.WaitAsync(cancellation);
            _isPreparing = false;
        }

        public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _invoked);
            if (never is not null)
            {
                await never.WaitAsync(CancellationToken.None);
            }

            await next(sample, cancellation);
        }
    }

    private sealed class SlowlyPrepared(bool hangs) : IPipelineElement
    {
        public async ValueTask PrepareAsync(CancellationToken cancellation)
        {
            if (hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }
        }

        public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => next(sample, cancellation);
    }
}
