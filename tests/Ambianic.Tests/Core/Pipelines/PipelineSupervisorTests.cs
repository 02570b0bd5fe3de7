using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Pipelines;

public sealed class PipelineSupervisorTests : SupervisorFixture
{
    [Fact]
    public async Task RunAsync_ElementCannotBeMade_ShowsItAndLeavesTheOthersAlone()
    {
        var disposed = 0;
        var built = 0;
        Registry.Add<NoOptions>("holds", (_, _) => new Holder(() => disposed++));
        Registry.Add<NoOptions>("crashes", (_, _) => ++built == 1
            ? throw new InvalidOperationException("no model")
            : new Holder(() => { }));
        await using var running = Run(Configure("bad", "holds", "crashes"), Configure("good", "holds"));

        await Eventually.TrueAsync(() => State("bad") == PipelineState.Reconnecting && State("good") == PipelineState.Ended);
        Assert.Contains("no model", running.Now[0].LastError, StringComparison.Ordinal);
        Assert.Contains(Log.Lines, line => line.StartsWith("Error: Pipeline bad: crashed", StringComparison.Ordinal));

        Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => State("bad") == PipelineState.Ended);

        Assert.Equal(["bad", "good"], running.Now.Select(status => status.Name));
        Assert.All(running.Now, status => Assert.Equal((PipelineState.Ended, 3L), (status.State, status.Processed)));
        await Eventually.TrueAsync(() => disposed == 3); // the one made beside the crash as well
        Assert.Equal(0, Pool.Outstanding);

        PipelineState State(string name) => running.Now.SingleOrDefault(status => status.Name == name)?.State ?? PipelineState.Starting;
    }

    [Fact]
    public async Task ApplyAsync_AfterTheStop_StartsNothing()
    {
        var connected = 0;
        var running = Run(
            _ =>
            {
                Interlocked.Increment(ref connected);
                return new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
            },
            Configure("door"));
        await Eventually.TrueAsync(() => Volatile.Read(ref connected) == 1);
        await running.DisposeAsync();

        Assert.Empty(await running.Supervisor.ApplyAsync([Configure("yard")], Cancellation));
        Assert.Equal(["door"], running.Now.Select(status => status.Name));
        Assert.Equal(1, connected);
    }

    [Fact]
    public async Task RunAsync_DisabledPipeline_IsShownWithItsReasonAndNotRun()
    {
        var disabled = Configure("lost") with
        {
            Problems = [new ConfigurationProblem("config.yaml", 3, 5, "pipelines.lost[0].source", "there is no source yard")],
        };

        await using var running = Run(disabled);
        await Eventually.TrueAsync(() => running.Now.Count == 1);

        var status = running.Now[0];
        Assert.Equal((PipelineState.Disabled, VisibilityState.NoVideo), (status.State, status.Visibility));
        Assert.Contains("there is no source yard", status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileFails_IsNotTriedAgain()
    {
        var source = new ScriptedSource(Pool, live: false, ScriptedSource.Gives(1, new SourceException("cut short")));
        await using var running = Run(source, Configure("film"));

        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Ended }]);
        Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal((VisibilityState.NoVideo, "cut short"), (running.Now[0].Visibility, running.Now[0].Reason));
        await AdvanceUntilAsync(() => Dog.Heard.Last() == "1 of 1 pipeline(s) do not see: film unreadable");
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task RunAsync_NothingCanBeMadeOutInOnePicture_TheSummarySaysSo()
    {
        await using var running = Run(
            options => new ScriptedSource(Pool, live: true, options.Id == "film" ? ScriptedSource.GivesAndWaits(1) : Black),
            Configure("door"), Configure("film"));

        await AdvanceUntilAsync(() => Dog.Heard.Contains("2 pipeline(s), all well"));
        await AdvanceUntilAsync(() => Dog.Heard.Last() == "1 of 2 pipeline(s) do not see: door black");
        Assert.Equal((PipelineState.Running, VisibilityState.Black), (running.Now[0].State, running.Now[0].Visibility)); // nothing of it has to be replaced

        async IAsyncEnumerable<Frame> Black(Func<Frame> show, [EnumeratorCancellation] CancellationToken cancellation)
        {
            while (true)
            {
                var frame = show();
                frame.Buffer.Span.Clear();
                yield return frame;
                await Task.Delay(TimeSpan.FromSeconds(1), Time, cancellation);
            }
        }
    }

    [Fact]
    public async Task RunAsync_Cancelled_StopsAllAndReturns()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        var running = Run(source, Configure("a"), Configure("b"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }, { Processed: 1 }]);

        await running.DisposeAsync();

        Assert.All(running.Now, status => Assert.Equal(PipelineState.Stopped, status.State));
        Assert.True(Dog.HasHeardOfTheEnd);
        Assert.Equal(0, Pool.Outstanding);
    }

    [Fact]
    [Slow]
    public async Task RunAsync_MostAreSilentTogether_NobodyIsRecreatedAndTheCauseIsTold()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.Gives(0, new SourceException("nothing answers")));
        await using var running = Run(source, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => source.Connected >= 3);

        await AdvanceUntilAsync(() => running.Now.All(status => status.State == PipelineState.Terminal));
        var until = Time.GetUtcNow().AddMinutes(1);
        await AdvanceUntilAsync(() => Time.GetUtcNow() > until);

        Assert.All(running.Now, status => Assert.Equal((PipelineState.Terminal, 0L), (status.State, status.Rebuilt)));
        Assert.Contains("common", running.Supervisor.Health.Latest.SystemicFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProgramStoodStill_NobodyIsBlamed()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("door"));
        await Eventually.TrueAsync(() => running.Now is [{ Processed: 1 }]);

        var rounds = Dog.Heard.Count;
        Time.Advance(TimeSpan.FromHours(8)); // one round only: nothing of the program ran meanwhile
        await Eventually.TrueAsync(() => Dog.Heard.Count > rounds);

        Assert.Equal((PipelineState.Running, 0L), (running.Now[0].State, running.Now[0].Healed));
        Assert.Contains("stood still", running.Supervisor.Health.Latest.SystemicFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_ProgramStoodStill_NoSnapshotTellsOfASilence()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("door"));
        await AdvanceUntilAsync(() => running.Supervisor.Health.Latest.Pipelines is [{ Processed: 1, State: PipelineState.Running }]);
        await using var snapshots = running.Supervisor.Health.SubscribeAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await snapshots.MoveNextAsync();
        var before = running.Supervisor.Health.Latest;
        Assert.Same(before, snapshots.Current);

        Time.Advance(TimeSpan.FromMinutes(10)); // who asks before the next round is told of the round before
        await snapshots.MoveNextAsync();

        Assert.NotSame(before, snapshots.Current);
        Assert.All([before, snapshots.Current], snapshot =>
        {
            var door = Assert.Single(snapshot.Pipelines);
            Assert.Equal((PipelineState.Running, VisibilityState.Visible), (door.State, door.Visibility));
            Assert.InRange(door.Silence.TotalSeconds, 0, 5);
        });
    }

    [Fact]
    public async Task Health_PipelineStalls_EachSubscriberGetsEverySnapshotOnceAndAllSayTheSame()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("door"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        List<HealthSnapshot> first = [], second = [];
        Task[] reading = [ReadAsync(first), ReadAsync(second)];

        await AdvanceUntilAsync(() => running.Supervisor.Health.Latest.Pipelines is [{ State: PipelineState.Healing }]);
        await Eventually.TrueAsync(() => new[] { first, second }.All(got => Last(got) == running.Supervisor.Health.Latest));
        await stop.CancelAsync();
        await Task.WhenAll(reading);

        var (shorter, longer) = first.Count < second.Count ? (first, second) : (second, first);
        Assert.Equal(longer.TakeLast(shorter.Count), shorter);
        Assert.All(longer.Zip(longer.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(1), pair.Second.At - pair.First.At));
        var states = longer.SelectMany(snapshot => snapshot.Pipelines).Select(door => door.State).ToList();
        Assert.Equal([PipelineState.Stalled, PipelineState.Healing], states.Where(state => state is not (PipelineState.Starting or PipelineState.Running)).Distinct());
        var healing = longer[^1].Pipelines[0];
        Assert.Equal((longer[^1].At, VisibilityState.NoVideo), (healing.Since, healing.Visibility));
        var visibleSince = longer.Select(snapshot => snapshot.Pipelines[0]).First(door => door.State == PipelineState.Running).VisibilitySince;
        var lastSample = longer[^1].At - healing.Silence;
        Assert.Equal(visibleSince > lastSample ? visibleSince : lastSample, healing.VisibilitySince);

        async Task ReadAsync(List<HealthSnapshot> got)
        {
            try
            {
                await foreach (var snapshot in running.Supervisor.Health.SubscribeAsync(stop.Token))
                {
                    lock (got)
                    {
                        got.Add(snapshot);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // it has read enough
            }
        }

        static HealthSnapshot? Last(List<HealthSnapshot> got)
        {
            lock (got)
            {
                return got.LastOrDefault();
            }
        }
    }

    [Fact]
    public async Task RunAsync_MostConnectionsHangTogether_NoneIsGivenUpMeanwhile()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => running.Now.Count(status => status.Processed == 1) == 3);

        await AdvanceUntilAsync(() => running.Now.All(status => status.State == PipelineState.Terminal));

        Assert.All(running.Now, status => Assert.Equal((0L, 0L), (status.Healed, status.Rebuilt)));
        Assert.Equal(3, source.Connected);
    }

    [Fact]
    public async Task ApplyAsync_OneDoesNotLetGo_OthersStartMeanwhileAndItsSuccessorWhenItHas()
    {
        using var never = new SemaphoreSlim(0);
        var isHanging = AddElementThatHangsOnce("hangs", never);
        await using var running = Run(_ => new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("a", "hangs"), Configure("b"));
        await Eventually.TrueAsync(() => isHanging() && running.Now is [_, { Processed: 1 }]);

        await running.Supervisor.ApplyAsync([Configure("a", "hangs") with { Fingerprint = "edited" }, Configure("b") with { Fingerprint = "edited" }, Configure("new")], Cancellation)
            .WaitAsync(Eventually.Patience, Cancellation);

        await Eventually.TrueAsync(() => running.Now is [{ Processed: 0 }, { Processed: 1 }, { Processed: 1 }]);
        never.Release();
        await Eventually.TrueAsync(() => running.Now[0].Processed == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ApplyAsync_EditedAgainWhileOneDoesNotLetGo_TheLastSuccessorWaitsForIt(bool isRemovedBetween)
    {
        using var never = new SemaphoreSlim(0);
        var isHanging = AddElementThatHangsOnce("hangs", never);
        var camera = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(
            options => options.Uri == "a" ? camera : new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("a", "hangs"), Configure("b"));
        await Eventually.TrueAsync(() => isHanging() && running.Now is [_, { Processed: 1 }]);

        await running.Supervisor.ApplyAsync(isRemovedBetween ? [Configure("b")] : [Configure("a") with { Fingerprint = "edited" }, Configure("b")], Cancellation);
        await running.Supervisor.ApplyAsync([Configure("a") with { Fingerprint = "edited again" }, Configure("b"), Configure("new")], Cancellation);
        await Eventually.TrueAsync(() => running.Now[2].Processed == 1); // was started after the successor
        var start = Time.GetUtcNow();
        await AdvanceUntilAsync(() => Time.GetUtcNow() - start >= TimeSpan.FromSeconds(5)); // after 6 the element is abandoned

        var (successor, connected) = (running.Now[0], camera.Connected);
        never.Release();
        Assert.Equal((PipelineState.Starting, 0L, 1), (successor.State, successor.Processed, connected));
        await Eventually.TrueAsync(() => running.Now[0].Processed == 1 && camera.Connected == 2);
    }

    [Fact]
    public async Task ApplyAsync_OneOfThreeChanged_TheOthersGoOnAsTheyWere()
    {
        var sources = new System.Collections.Concurrent.ConcurrentDictionary<string, ScriptedSource>();
        var source = (SourceOptions options) => sources[options.Uri] = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => running.Now.Count(status => status.Processed == 1) == 3);

        var changed = await running.Supervisor.ApplyAsync(
            [Configure("new"), Configure("a"), Configure("b") with { Fingerprint = "other" }], Cancellation);

        Assert.Equal(["b", "c", "new"], changed.Order());
        Assert.Equal(["new", "a", "b"], running.Now.Select(status => status.Name));
        await Eventually.TrueAsync(() => running.Now.All(status => status.Processed == 1));
        Assert.Equal(1, sources["a"].Connected);
    }

    [Fact]
    public async Task ApplyAsync_NoPipelinesAndThenTheFormerOnes_TheyRunAgain()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("a"), Configure("b"));
        await Eventually.TrueAsync(() => running.Now.Count(status => status.Processed == 1) == 2);

        Assert.Equal(["a", "b"], await running.Supervisor.ApplyAsync([], Cancellation));
        Assert.Empty(running.Now);
        Assert.Equal(["a", "b"], await running.Supervisor.ApplyAsync([Configure("a"), Configure("b")], Cancellation));

        await Eventually.TrueAsync(() => running.Now.Count(status => status is { State: PipelineState.Running, Processed: 1 }) == 2);
    }

    [Fact]
    [Slow]
    public async Task RunAsync_MostAreSilentForLong_EachIsRecreatedAfterAll()
    {
        var dead = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(0));
        await using var running = Run(dead, Configure("a"), Configure("b"), Configure("c"));
        await Eventually.TrueAsync(() => running.Now.Count == 3);

        var held = await AdvanceUntilAsync(() => running.Now.All(status => status.Rebuilt > 0));

        Assert.InRange(held.TotalMinutes, 10, 14);
        Assert.Contains("common", running.Supervisor.Health.Latest.SystemicFault, StringComparison.Ordinal); // it is no less so after a while
    }
}
