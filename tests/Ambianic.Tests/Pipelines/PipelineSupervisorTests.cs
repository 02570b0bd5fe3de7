using Ambianic.Configuration;
using Ambianic.Frames;
using Ambianic.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Pipelines;

public sealed class PipelineSupervisorTests
{
    private readonly FramePool _pool = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<PipelineSupervisor> _log = new();
    private readonly ElementRegistry _registry = new();
    private readonly Watchdog _watchdog = new();
    private HealthPolicy _policy = HealthPolicy.Default;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_ElementCannotBeMade_ShowsItAndLeavesTheOthersAlone()
    {
        var disposed = 0;
        var built = 0;
        _registry.Add<NoOptions>("holds", (_, _) => new Holder(() => disposed++));
        _registry.Add<NoOptions>("crashes", (_, _) => ++built == 1
            ? throw new InvalidOperationException("no model")
            : new Holder(() => { }));
        await using var running = Run(Configure("bad", "holds", "crashes"), Configure("good", "holds"));

        await Eventually.TrueAsync(() => State("bad") == PipelineState.Waiting && State("good") == PipelineState.Ended);
        Assert.Contains("no model", running.Supervisor.Statuses[0].LastError, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Pipeline bad crashed", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => State("bad") == PipelineState.Ended);

        Assert.Equal(["bad", "good"], running.Supervisor.Statuses.Select(status => status.Name));
        Assert.All(running.Supervisor.Statuses, status => Assert.Equal((HealthState.Ended, 3L), (status.Health, status.Processed)));
        await Eventually.TrueAsync(() => disposed == 3); // the one made beside the crash as well
        Assert.Equal(0, _pool.Outstanding);

        PipelineState State(string name) => running.Supervisor.Statuses.SingleOrDefault(status => status.Name == name)?.State ?? PipelineState.Idle;
    }

    [Fact]
    public async Task RunAsync_DisabledPipeline_IsShownWithItsReasonAndNotRun()
    {
        var disabled = Configure("lost") with
        {
            Problems = [new ConfigurationProblem("config.yaml", 3, 5, "pipelines.lost[0].source", "there is no source yard")],
        };

        await using var running = Run(disabled);
        await Eventually.TrueAsync(() => running.Supervisor.Statuses.Count == 1);

        var status = running.Supervisor.Statuses[0];
        Assert.Equal((PipelineState.Disabled, HealthState.Disabled), (status.State, status.Health));
        Assert.Contains("there is no source yard", status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileFails_IsNotTriedAgain()
    {
        var source = new ScriptedSource(_pool, live: false, ScriptedSource.Gives(1, new SourceException("cut short")));
        await using var running = Run(source, Configure("film"));

        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ State: PipelineState.Failed }]);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(HealthState.Ended, running.Supervisor.Statuses[0].Health);
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task RunAsync_Cancelled_StopsAllAndReturns()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        var running = Run(source, Configure("a"), Configure("b"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }, { Processed: 1 }]);

        await running.DisposeAsync();

        Assert.All(running.Supervisor.Statuses, status => Assert.Equal(PipelineState.Stopped, status.State));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task RunAsync_SourceHangs_ConnectsAgainAndIsWell()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }]);

        var silence = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Healed == 1);
        Assert.InRange(silence.TotalSeconds, 39, 41);
        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0] is { Processed: 2, Health: HealthState.Healthy });

        Assert.Equal(2, source.Connected);
    }

    [Fact]
    public async Task RunAsync_PolicyIsChanged_CountsForPipelinesThatRunAlready()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }]);

        _policy = new HealthPolicy(TimeSpan.FromSeconds(8));

        var silence = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Healed == 1);
        Assert.InRange(silence.TotalSeconds, 7, 9);
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task RunAsync_HealingDoesNotHelp_IsShownAsHealingWithWhatIsStuckAndIsNoHeartbeat()
    {
        await using var running = Run(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(0)), Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ State: PipelineState.Connecting }]);

        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Healed == 1);
        Assert.Equal((HealthState.Healing, "source", 0L), (running.Supervisor.Statuses[0].Health, running.Supervisor.Statuses[0].Stuck, running.Supervisor.Statuses[0].Processed));
        var pause = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Healed == 2);

        Assert.InRange(pause.TotalSeconds, 20, 30); // a new connection has time to give a first picture
        Assert.True(running.Supervisor.Statuses[0].SilenceSeconds >= 60);
    }

    [Fact]
    public async Task RunAsync_ElementHangs_IsReplacedAloneAndTheConnectionStays()
    {
        using var never = new SemaphoreSlim(0);
        var made = 0;
        _registry.Add<NoOptions>("first", (_, _) => new Holder(() => { }));
        _registry.Add<NoOptions>("hangs", (_, _) =>
        {
            var isFirst = Interlocked.Increment(ref made) == 1;
            return new Element(async (sample, next, cancellation) =>
            {
                if (isFirst)
                {
                    await never.WaitAsync(CancellationToken.None); // it does not listen when it is asked to stop
                }

                await next(sample, cancellation);
            });
        });
        var source = new ScriptedSource(_pool, live: true, Steady);
        await using var running = Run(source, Configure("door", "first", "hangs"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Elements: [_, { Name: "hangs" }] }]);

        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0] is { Processed: > 0, Health: HealthState.Healthy });
        Assert.Equal([0, 1], running.Supervisor.Statuses[0].Elements.Select(element => element.Recycled));
        Assert.Equal(1, source.Connected);
        var arrived = running.Supervisor.Statuses[0].Processed;
        never.Release(); // what was given up comes back, and nothing of it gets through
        await running.DisposeAsync();
        await Eventually.TrueAsync(() => _pool.Outstanding == 0);
        Assert.True(running.Supervisor.Statuses[0].Processed >= arrived);
    }

    [Fact]
    public async Task RunAsync_ElementFailsOnEverySample_IsReplaced()
    {
        var made = 0;
        _registry.Add<NoOptions>("fails", (_, _) =>
        {
            var isFirst = Interlocked.Increment(ref made) == 1;
            return new Element((sample, next, cancellation) => isFirst ? throw new InvalidOperationException("confused") : next(sample, cancellation));
        });
        await using var running = Run(new ScriptedSource(_pool, live: true, Steady), Configure("door", "fails"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Failed: > 0 }]);

        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0] is { Processed: > 0, Health: HealthState.Healthy });
        Assert.Equal(1, running.Supervisor.Statuses[0].Elements[0].Recycled);
    }

    [Fact]
    public async Task RunAsync_ElementIsReplacedBetweenTwoConnections_DisposesTheOldOne()
    {
        int made = 0, disposed = 0;
        _registry.Add<NoOptions>("swallows", (_, _) =>
        {
            Interlocked.Increment(ref made);
            return new Swallower(() => Interlocked.Increment(ref disposed));
        });
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.Gives(1, new SourceException("gone again")));
        await using var running = Run(source, Configure("door", "swallows"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ State: PipelineState.Waiting }]);

        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Elements is [{ Recycled: > 0 }]);
        await running.DisposeAsync();

        Assert.True(made > 1);
        await Eventually.TrueAsync(() => made == disposed);
    }

    [Fact]
    public async Task RunAsync_SourceThatWasLeftBehindGivesOneMoreFrame_GivesItBack()
    {
        var letGo = new TaskCompletionSource();
        var source = new ScriptedSource(_pool, live: true, Late, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }]);

        await AdvanceUntilAsync(() => source.Connected == 2);
        letGo.SetResult();

        await Eventually.TrueAsync(() => source.Shown == 3);
        await running.DisposeAsync();
        await Eventually.TrueAsync(() => _pool.Outstanding == 0);

        async IAsyncEnumerable<Frame> Late(Func<Frame> show, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return show();
            await letGo.Task; // it does not listen when it is asked to stop
            yield return show();
        }
    }

    [Fact]
    public async Task RunAsync_NothingHelps_BecomesTerminalIsBuiltAnewAndIsWellWhenTheSourceReturns()
    {
        var isBack = false;
        var away = ScriptedSource.Gives(0, new SourceException("nothing answers"));
        var source = new ScriptedSource(_pool, live: true, (show, cancellation) =>
            isBack ? ScriptedSource.GivesAndWaits(1)(show, cancellation) : away(show, cancellation));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => source.Connected > 0);

        var silence = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Rebuilt == 1);
        Assert.InRange(silence.TotalSeconds, 119, 130);
        Assert.Equal(HealthState.Terminal, running.Supervisor.Statuses[0].Health); // a new life is no heartbeat
        Assert.Contains(_watchdog.Heard, line => line.Contains("door terminal", StringComparison.Ordinal));

        var second = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Rebuilt == 2);
        var third = await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Rebuilt == 3);
        Assert.InRange(second.TotalSeconds, 19, 50);
        Assert.InRange(third.TotalSeconds, 39, 90); // ever more rarely

        Volatile.Write(ref isBack, true);
        await AdvanceUntilAsync(() => running.Supervisor.Statuses[0] is { Processed: 1, Health: HealthState.Healthy });
    }

    [Fact]
    public async Task RunAsync_MostAreSilentTogether_NobodyIsBuiltAnewAndTheCauseIsTold()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.Gives(0, new SourceException("nothing answers")));
        await using var running = Run(source, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => source.Connected >= 3);

        await AdvanceUntilAsync(() => running.Supervisor.Statuses.All(status => status.Health == HealthState.Terminal));
        var until = _time.GetUtcNow().AddMinutes(1);
        await AdvanceUntilAsync(() => _time.GetUtcNow() > until);

        Assert.All(running.Supervisor.Statuses, status => Assert.Equal((HealthState.Terminal, 0L), (status.Health, status.Rebuilt)));
        Assert.Contains("common", running.Supervisor.SystemicTrouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProgramStoodStill_NobodyIsBlamed()
    {
        await using var running = Run(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }]);

        var rounds = _watchdog.Heard.Count;
        _time.Advance(TimeSpan.FromHours(8)); // one round only: nothing of the program ran meanwhile
        await Eventually.TrueAsync(() => _watchdog.Heard.Count > rounds);

        Assert.Equal((HealthState.Healthy, 0L), (running.Supervisor.Statuses[0].Health, running.Supervisor.Statuses[0].Healed));
        Assert.Contains("stood still", running.Supervisor.SystemicTrouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_OneOfThreeChanged_TheOthersGoOnAsTheyWere()
    {
        var sources = new System.Collections.Concurrent.ConcurrentDictionary<string, ScriptedSource>();
        var source = (SourceOptions options) => sources[options.Uri] = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses.Count(status => status.Processed == 1) == 3);

        var changed = await running.Supervisor.ApplyAsync(
            [Configure("new"), Configure("a"), Configure("b") with { Fingerprint = "other" }], Cancellation);

        Assert.Equal(["b", "c", "new"], changed.Order());
        Assert.Equal(["new", "a", "b"], running.Supervisor.Statuses.Select(status => status.Name));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses.All(status => status.Processed == 1));
        Assert.Equal(1, sources["a"].Connected);
    }

    [Fact]
    public async Task ApplyAsync_NoPipelinesAndThenTheFormerOnes_TheyRunAgain()
    {
        await using var running = Run(new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("a"), Configure("b"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses.Count(status => status.Processed == 1) == 2);

        Assert.Equal(["a", "b"], await running.Supervisor.ApplyAsync([], Cancellation));
        Assert.Empty(running.Supervisor.Statuses);
        Assert.Equal(["a", "b"], await running.Supervisor.ApplyAsync([Configure("a"), Configure("b")], Cancellation));

        await Eventually.TrueAsync(() => running.Supervisor.Statuses.Count(status => status is { State: PipelineState.Watching, Processed: 1 }) == 2);
    }

    [Fact]
    public async Task RunAsync_MostAreSilentForLong_EachIsBuiltAnewAfterAll()
    {
        var dead = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(0));
        await using var running = Run(dead, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses.Count == 3);

        var held = await AdvanceUntilAsync(() => running.Supervisor.Statuses.All(status => status.Rebuilt > 0));

        Assert.InRange(held.TotalMinutes, 10, 14);
    }

    [Fact]
    public async Task RunAsync_StallAfterStall_KeepsNothing()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("door"));
        await Eventually.TrueAsync(() => running.Supervisor.Statuses is [{ Processed: 1 }]);

        for (var stall = 1; stall <= 10; stall++)
        {
            await AdvanceUntilAsync(() => running.Supervisor.Statuses[0].Processed == stall + 1);
        }

        Assert.Equal((10L, 0L), (running.Supervisor.Statuses[0].Healed, running.Supervisor.Statuses[0].Rebuilt));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task Statuses_RebuiltPipelineHangsWhilePreparing_StaysTerminal()
    {
        var made = 0;
        _registry.Add<NoOptions>("slow", (_, _) => new SlowlyPrepared(hangs: Interlocked.Increment(ref made) > 1));
        await using var running = Run(
            new ScriptedSource(_pool, live: true, ScriptedSource.Gives(0, new SourceException("nothing answers"))), Configure("door", "slow"));
        await AdvanceUntilAsync(() => running.Supervisor.Statuses is [{ Rebuilt: 1, State: PipelineState.Preparing }]);
        var later = _time.GetUtcNow().AddMinutes(1);

        await AdvanceUntilAsync(() => _time.GetUtcNow() > later);

        var status = running.Supervisor.Statuses[0];
        Assert.InRange(status.SilenceSeconds, 120, double.MaxValue);
        Assert.Equal(HealthState.Terminal, status.Health);
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

    private static PipelineConfiguration Configure(string name, params string[] elements) => new(
        name,
        new SourceOptions { Id = name, Uri = name },
        [.. elements.Select(element => new ElementConfiguration(element, new NoOptions()))]);

    private Running Run(params PipelineConfiguration[] configurations) =>
        Run(_ => new ScriptedSource(_pool, live: false, ScriptedSource.Gives(3)), configurations);

    private Running Run(IFrameSource source, params PipelineConfiguration[] configurations) => Run(_ => source, configurations);

    private Running Run(Func<SourceOptions, IFrameSource> source, params PipelineConfiguration[] configurations)
    {
        var services = new ServiceCollection()
            .AddSingleton<ILogger<Pipeline>>(new LogRecorder<Pipeline>())
            .BuildServiceProvider();
        return new Running(
            new PipelineSupervisor(
                new PipelineBuilder(_registry, options => source(options), services, _time), () => _policy, _watchdog, _time, _log),
            configurations);
    }

    /// <summary>Lets time pass in the supervisor's own rhythm: it looks once a second.</summary>
    /// <returns>How much time.</returns>
    private async Task<TimeSpan> AdvanceUntilAsync(Func<bool> condition)
    {
        var start = _time.GetUtcNow();
        await Eventually.TrueAsync(() =>
        {
            if (condition())
            {
                return true;
            }

            var rounds = _watchdog.Heard.Count;
            _time.Advance(TimeSpan.FromSeconds(1));
            return !SpinWait.SpinUntil(() => _watchdog.Heard.Count > rounds, Eventually.Patience);
        });
        return _time.GetUtcNow() - start;
    }

    private sealed record NoOptions;

    private sealed class Watchdog : IWatchdog
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Heard { get; } = new();

        public void Feed(string status) => Heard.Enqueue(status);
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

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly Task _task;

        public Running(PipelineSupervisor supervisor, IReadOnlyList<PipelineConfiguration> configurations)
        {
            Supervisor = supervisor;
            _task = supervisor.RunAsync(configurations, _stop.Token);
        }

        public PipelineSupervisor Supervisor { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _task.WaitAsync(Eventually.Patience, CancellationToken.None);
        }
    }
}
