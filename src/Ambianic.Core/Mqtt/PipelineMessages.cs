using System.Globalization;
using System.Text.Json.Nodes;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;

namespace Ambianic.Core.Mqtt;

/// <summary>Writes how one pipeline is to its topics. One call at a time.</summary>
/// <param name="topics">Its topics.</param>
/// <param name="outgoing">Sends them.</param>
/// <param name="time">Clock of the figures.</param>
internal sealed class PipelineMessages(PipelineTopics topics, OutgoingMessages outgoing, TimeProvider time)
{
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromSeconds(10);

    private readonly RateMeter _rate = new(time);
    private HashSet<string> _counted = new(StringComparer.Ordinal);
    private long? _figuresAt;

    /// <summary>Writes all but pictures and events.</summary>
    /// <param name="health">How it is.</param>
    /// <param name="isOff">True when it was switched off.</param>
    /// <param name="scene">What it sees.</param>
    /// <param name="labels">What is counted, by word in topics.</param>
    /// <param name="isDown">True while somebody is down after a fall; null when it does not look for falls.</param>
    public void Write(PipelineHealth health, bool isOff, Scene scene, IReadOnlyDictionary<string, string> labels, bool? isDown)
    {
        var isVisible = health.Visibility == VisibilityState.Visible;
        Set(topics.State, MqttText.Word(health.State.ToString()));
        Set(topics.Visibility, MqttText.Word(health.Visibility.ToString()));
        Set(topics.Problem, MqttText.Switch(!isVisible && health.Visibility != VisibilityState.Off));
        outgoing.Set(topics.Status, MqttText.Bytes(Status(health)));
        Set(topics.Enabled, MqttText.Switch(!isOff));
        WriteCounts(scene, labels);
        WriteFigures(health, scene);
        if (isDown is { } down)
        {
            Set(topics.Fall, MqttText.Switch(down));
            Set(topics.FallAvailable, MqttText.Available(isVisible || down));
        }
        else
        {
            Clear([topics.Fall, topics.FallAvailable, topics.FallEvent]);
        }

        Set(topics.Available, MqttText.Available(isVisible)); // last: what it stands for is right by then
    }

    /// <summary>Removes all of its topics from the broker.</summary>
    public void Remove() => Clear([.. topics.Fixed, .. _counted.Select(Count)], always: true);

    private static JsonObject Status(PipelineHealth health) => new()
    {
        ["state"] = MqttText.Word(health.State.ToString()),
        ["since"] = MqttText.Time(health.Since),
        ["visibility"] = MqttText.Word(health.Visibility.ToString()),
        ["visibility_since"] = MqttText.Time(health.VisibilitySince),
        ["reason"] = health.Reason,
    };

    private void WriteCounts(Scene scene, IReadOnlyDictionary<string, string> labels)
    {
        var counts = scene.Counts.ToDictionary(count => TopicNames.Of(count.Key), count => count.Value);
        foreach (var label in labels.Keys)
        {
            Set(Count(label), counts.GetValueOrDefault(label).ToString(CultureInfo.InvariantCulture));
        }

        Clear([.. _counted.Except(labels.Keys).Select(Count)]);
        _counted = [.. labels.Keys];
    }

    private void WriteFigures(PipelineHealth health, Scene scene)
    {
        if (_figuresAt is { } before && time.GetElapsedTime(before) < FiguresEvery)
        {
            return;
        }

        _figuresAt = time.GetTimestamp();
        var work = scene.Work;
        var rate = _rate.Measure(work.Samples, work.Time);
        outgoing.Set(topics.Stats, MqttText.Bytes(new JsonObject
        {
            ["fps"] = rate?.PerSecond ?? 0,
            ["frame_ms"] = rate?.Milliseconds,
            ["frames"] = work.Samples,
            ["failed"] = health.Failed,
            ["dropped"] = health.Dropped,
        }));
    }

    private string Count(string label) => $"{topics.Root}/count/{label}";

    private void Set(string topic, string text) => outgoing.Set(topic, MqttText.Bytes(text));

    private void Clear(IReadOnlyList<string> gone, bool always = false)
    {
        foreach (var topic in gone.Where(topic => always || outgoing.Has(topic)))
        {
            outgoing.Set(topic, ReadOnlyMemory<byte>.Empty);
        }
    }
}
