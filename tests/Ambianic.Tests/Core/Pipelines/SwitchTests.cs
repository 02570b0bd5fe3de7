using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Pipelines;

public sealed class SwitchTests : SupervisorFixture
{
    [Fact]
    public async Task Switch_OffAndOn_StopsAndStartsThatPipelineAlone()
    {
        var sources = new List<ScriptedSource>();
        await using var running = Run(
            options =>
            {
                var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
                lock (sources)
                {
                    sources.Add(source);
                }

                return source;
            },
            Configure("back"),
            Configure("front"));
        await Eventually.TrueAsync(() => running.Now.Count == 2 && running.Now.All(pipeline => pipeline.State == PipelineState.Running));

        Assert.True(await running.Supervisor.SwitchAsync("front", false, "me", Cancellation));
        await Eventually.TrueAsync(() => running.Now[1].State == PipelineState.Stopped && Pool.Outstanding == 0);
        Assert.Equal((VisibilityState.Off, "it was switched off", true), (running.Now[1].Visibility, running.Now[1].Reason, running.Supervisor.IsOff("front")));
        Assert.Equal(PipelineState.Running, running.Now[0].State);
        Assert.Contains("Warning: Pipeline front: switched off by me", Log.Lines);

        Assert.True(await running.Supervisor.SwitchAsync("front", true, "me", Cancellation));
        await Eventually.TrueAsync(() => running.Now[1].State == PipelineState.Running);
        Assert.False(running.Supervisor.IsOff("front"));
        Assert.Equal(3, sources.Count);
    }

    [Fact]
    public async Task Switch_OffBeforeAnEdit_StaysOff()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1)), Configure("front"));
        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Running }]);
        await running.Supervisor.SwitchAsync("front", false, "me", Cancellation);

        await running.Supervisor.ApplyAsync([Configure("front") with { Fingerprint = "edited" }, Configure("back")], Cancellation);
        await Eventually.TrueAsync(() => running.Now is [_, { State: PipelineState.Running }]);

        Assert.Equal(PipelineState.Stopped, running.Now[0].State);
    }

    [Fact]
    public async Task Switch_WhatCannotRun_IsRefused()
    {
        var wrong = Configure("wrong") with { Source = null };
        await using var running = Run(wrong);
        await Eventually.TrueAsync(() => running.Now.Count == 1);

        Assert.False(await running.Supervisor.SwitchAsync("nobody", false, "me", Cancellation));
        Assert.False(await running.Supervisor.SwitchAsync("wrong", false, "me", Cancellation));
    }

    [Fact]
    public async Task Switch_AfterTheEnd_StartsNothing()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        var running = Run(source, Configure("front"));
        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Running }]);
        await running.Supervisor.SwitchAsync("front", false, "me", Cancellation);
        await running.DisposeAsync();

        Assert.False(await running.Supervisor.SwitchAsync("front", true, "me", Cancellation));
        Assert.Equal(1, source.Connected);
    }

    [Fact]
    public async Task TryRecreate_ARunningPipeline_ConnectsAnewAndGoesOn()
    {
        var source = new ScriptedSource(Pool, live: true, ScriptedSource.GivesAndWaits(1));
        await using var running = Run(source, Configure("front"));
        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Running }]);

        Assert.True(running.Supervisor.TryRecreate("front", "me"));

        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Running, Processed: 2, Rebuilt: 1 }]);
        Assert.Equal(2, source.Connected);
        Assert.Contains("Warning: Pipeline front: recreated, because me asked for it", Log.Lines);
    }

    [Fact]
    public async Task TryRecreate_WhatDoesNotRun_IsRefused()
    {
        await using var running = Run(
            options => new ScriptedSource(Pool, live: options.Id != "film", options.Id == "film" ? ScriptedSource.Gives(1) : ScriptedSource.GivesAndWaits(1)),
            Configure("film"),
            Configure("off"));
        await Eventually.TrueAsync(() => running.Now is [{ State: PipelineState.Ended }, { State: PipelineState.Running }]);
        await running.Supervisor.SwitchAsync("off", false, "me", Cancellation);

        Assert.False(running.Supervisor.TryRecreate("film", "me"));
        Assert.False(running.Supervisor.TryRecreate("off", "me"));
        Assert.False(running.Supervisor.TryRecreate("nobody", "me"));
    }
}
