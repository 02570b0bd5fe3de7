using Ambianic.Configuration;
using Ambianic.Frames;
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
        var supervisor = Supervisor();
        var running = supervisor.RunAsync([Configure("bad", "holds", "crashes"), Configure("good", "holds")], Cancellation);

        await Eventually.TrueAsync(() => State("bad") == PipelineState.Waiting && State("good") == PipelineState.Ended);
        Assert.Contains("no model", supervisor.Statuses[0].LastError, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.StartsWith("Error: Pipeline bad crashed", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromSeconds(1));
        await running.WaitAsync(Eventually.Patience, Cancellation);

        Assert.Equal(["bad", "good"], supervisor.Statuses.Select(status => status.Name));
        Assert.All(supervisor.Statuses, status => Assert.Equal((PipelineState.Ended, 3L), (status.State, status.Processed)));
        Assert.Equal(3, disposed); // the one made beside the crash as well
        Assert.Equal(0, _pool.Outstanding);

        PipelineState State(string name) => supervisor.Statuses.Single(status => status.Name == name).State;
    }

    [Fact]
    public async Task RunAsync_DisabledPipeline_IsShownWithItsReasonAndNotRun()
    {
        var supervisor = Supervisor();
        var disabled = Configure("lost") with
        {
            Problems = [new ConfigurationProblem("config.yaml", 3, 5, "pipelines.lost[0].source", "there is no source yard")],
        };

        await supervisor.RunAsync([disabled], Cancellation).WaitAsync(Eventually.Patience, Cancellation);

        var status = Assert.Single(supervisor.Statuses);
        Assert.Equal(PipelineState.Disabled, status.State);
        Assert.Contains("there is no source yard", status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileFails_IsNotTriedAgain()
    {
        var source = new ScriptedSource(_pool, live: false, ScriptedSource.Gives(1, new SourceException("cut short")));
        var supervisor = Supervisor(source);

        await supervisor.RunAsync([Configure("film")], Cancellation).WaitAsync(Eventually.Patience, Cancellation);

        Assert.Equal(PipelineState.Failed, supervisor.Statuses.Single().State);
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task RunAsync_Cancelled_StopsAllAndReturns()
    {
        var source = new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1));
        var supervisor = Supervisor(source);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = supervisor.RunAsync([Configure("a"), Configure("b")], stop.Token);
        await Eventually.TrueAsync(() => supervisor.Statuses.Count == 2 && supervisor.Statuses.All(status => status.Processed == 1));

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, Cancellation);

        Assert.All(supervisor.Statuses, status => Assert.Equal(PipelineState.Stopped, status.State));
        Assert.Equal(0, _pool.Outstanding);
    }

    private static PipelineConfiguration Configure(string name, params string[] elements) => new(
        name,
        new SourceOptions { Id = name, Uri = name },
        [.. elements.Select(element => new ElementConfiguration(element, new NoOptions()))]);

    private PipelineSupervisor Supervisor(IFrameSource? source = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<ILogger<Pipeline>>(new LogRecorder<Pipeline>())
            .BuildServiceProvider();
        FrameSourceFactory sources = _ => source ?? new ScriptedSource(_pool, live: false, ScriptedSource.Gives(3));
        return new PipelineSupervisor(new PipelineBuilder(_registry, sources, services, _time), _time, _log);
    }

    private sealed record NoOptions;
}
