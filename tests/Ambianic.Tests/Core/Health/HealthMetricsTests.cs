using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class HealthMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HealthFeed _feed = new();
    private readonly Measurements _measured = new();

    public HealthMetricsTests() => _ = new HealthMetrics(_measured, _feed, _time);

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void Metrics_OfAPipeline_AreThoseOfTheLatestSnapshot()
    {
        _feed.Publish(Snapshot(Pipeline("hall") with
        {
            Received = 10, Dropped = 2, Waiting = 1, Processed = 6, Failed = 3, Silence = TimeSpan.FromSeconds(1.5), Source = new SourceStatus(false, 25, null),
        }));

        Assert.Equal(
            ["hall=10", "hall=2", "hall=1", "hall=6", "hall=3", "hall=1.5", "hall=0.25"],
            ((string[])["frames.received", "frames.dropped", "frames.waiting", "samples.processed", "samples.failed", "pipeline.silence", "frames.damaged"])
                .SelectMany(name => _measured.Observe($"ambianic.{name}")));
    }

    [Fact]
    public void States_OfAPipeline_AreOneForTheOneThatHolds()
    {
        _feed.Publish(Snapshot(Pipeline("hall") with { State = PipelineState.Reconnecting, Visibility = VisibilityState.NoVideo }));

        var states = _measured.Observe("ambianic.pipeline.state");
        Assert.Equal(Enum.GetValues<PipelineState>().Length, states.Count);
        Assert.Equal(["hall,reconnecting=1"], states.Where(state => state.EndsWith("=1", StringComparison.Ordinal)));
        Assert.Equal(["hall,no_video=1"], _measured.Observe("ambianic.pipeline.visibility").Where(state => state.EndsWith("=1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Healings_OfAPipeline_AreByWhatWasReplaced()
    {
        _feed.Publish(Snapshot(Pipeline("hall") with { Healed = 5, HealedElements = 2, Rebuilt = 1 }));

        Assert.Equal(["hall,connection=3", "hall,element=2", "hall,pipeline=1"], _measured.Observe("ambianic.pipeline.healings"));
    }

    [Fact]
    public void Metrics_OfAPipelineThatWasRemoved_AreGone()
    {
        _feed.Publish(Snapshot(Pipeline("hall"), Pipeline("door")));
        Assert.Equal(["hall=0", "door=0"], _measured.Observe("ambianic.frames.received"));

        _feed.Publish(Snapshot(Pipeline("door")));

        Assert.Equal(["door=0"], _measured.Observe("ambianic.frames.received"));
    }

    [Fact]
    public void Age_WhenTheSupervisorStops_Grows()
    {
        Assert.Empty(_measured.Observe("ambianic.supervisor.age"));
        _feed.Publish(Snapshot());

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(["=20"], _measured.Observe("ambianic.supervisor.age"));
    }

    private HealthSnapshot Snapshot(params PipelineHealth[] pipelines) => new(_time.GetUtcNow(), _time.GetTimestamp(), pipelines, null);

    private PipelineHealth Pipeline(string name) => new()
    {
        Name = name,
        SourceId = "camera",
        State = PipelineState.Running,
        Since = _time.GetUtcNow(),
        Visibility = VisibilityState.Visible,
        VisibilitySince = _time.GetUtcNow(),
        Reason = null,
    };
}
