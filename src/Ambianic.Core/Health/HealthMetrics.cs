using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Health;

/// <summary>How pipelines are, as the latest <see cref="HealthSnapshot"/> says: those of a pipeline that was removed are gone with it.</summary>
public sealed class HealthMetrics
{
    private readonly HealthFeed _health;
    private readonly TimeProvider _time;

    /// <param name="meters">Owns the instruments.</param>
    /// <param name="health">Is asked for each reading.</param>
    /// <param name="time">Clock.</param>
    public HealthMetrics(IMeterFactory meters, HealthFeed health, TimeProvider time)
    {
        (_health, _time) = (health, time);
        var meter = Instruments.MeterOf(meters);
        meter.CreateObservableCounter("ambianic.frames.received", () => Each(pipeline => pipeline.Received), "{frame}", "Frames that the source gave, by pipeline.");
        meter.CreateObservableCounter("ambianic.frames.dropped", () => Each(pipeline => pipeline.Dropped), "{frame}", "Frames of a camera that were replaced by newer ones before anybody looked, by pipeline.");
        meter.CreateObservableGauge("ambianic.frames.waiting", () => Each(pipeline => pipeline.Waiting), "{frame}", "Frames that wait to be looked at, by pipeline: 1 at most for a camera, 4 for a file.");
        meter.CreateObservableGauge("ambianic.frames.damaged", () => Each(pipeline => pipeline.Source.DamagedPercent / 100), "1", "Share of damaged pictures in the last minute, 0 to 1, by pipeline.");
        meter.CreateObservableCounter("ambianic.samples.processed", () => Each(pipeline => pipeline.Processed), "{sample}", "Samples that reached the end of their chain, by pipeline.");
        meter.CreateObservableCounter("ambianic.samples.failed", () => Each(pipeline => pipeline.Failed), "{sample}", "Samples that an element failed on, by pipeline.");
        meter.CreateObservableGauge("ambianic.pipeline.silence", () => Each(pipeline => pipeline.Silence.TotalSeconds), "s", "Time since a sample last reached the end, by pipeline.");
        meter.CreateObservableGauge("ambianic.pipeline.state", () => StateSets(pipeline => pipeline.State), null, "1 for the state of the pipeline, 0 for each other, by pipeline and state.");
        meter.CreateObservableGauge("ambianic.pipeline.visibility", () => StateSets(pipeline => pipeline.Visibility, "visibility"), null, "1 for the visibility of the pipeline, 0 for each other, by pipeline and visibility.");
        meter.CreateObservableCounter("ambianic.pipeline.healings", Healings, "{healing}", "Times that something of a pipeline was replaced, by pipeline and kind: connection, element, pipeline.");
        meter.CreateObservableGauge("ambianic.supervisor.age", Age, "s", "Age of the latest look at all pipelines: more than a few seconds when the supervisor does not run.");
    }

    private IEnumerable<Measurement<double>> Age() =>
        _health.Latest is var latest && latest != HealthSnapshot.None ? [new(_time.GetElapsedTime(latest.Timestamp).TotalSeconds)] : [];

    private IEnumerable<Measurement<T>> Each<T>(Func<PipelineHealth, T> value)
        where T : struct => _health.Latest.Pipelines.Select(pipeline => new Measurement<T>(value(pipeline), Of(pipeline)));

    private IEnumerable<Measurement<int>> StateSets<T>(Func<PipelineHealth, T> state, string label = "state")
        where T : struct, Enum => _health.Latest.Pipelines.SelectMany(pipeline => Instruments.StateSet(label, state(pipeline), Of(pipeline)));

    private IEnumerable<Measurement<long>> Healings()
    {
        foreach (var pipeline in _health.Latest.Pipelines)
        {
            yield return new(pipeline.Healed - pipeline.HealedElements, Of(pipeline), Instruments.Label("kind", "connection"));
            yield return new(pipeline.HealedElements, Of(pipeline), Instruments.Label("kind", "element"));
            yield return new(pipeline.Rebuilt, Of(pipeline), Instruments.Label("kind", "pipeline"));
        }
    }

    private static KeyValuePair<string, object?> Of(PipelineHealth pipeline) => Instruments.Label(Instruments.Pipeline, pipeline.Name);
}
