using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Health;

namespace Ambianic.Core.Mqtt;

/// <summary>Writes how the device is, and what people have to react to. One call at a time.</summary>
/// <param name="parts">Know it.</param>
/// <param name="topics">Of this device.</param>
/// <param name="outgoing">Sends it.</param>
/// <param name="time">Clock of the figures.</param>
internal sealed class DeviceMessages(MqttParts parts, MqttTopics topics, OutgoingMessages outgoing, TimeProvider time)
{
    private const int MostAlerts = 20;
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromSeconds(10);

    private readonly RateMeter _inferences = new(time);
    private double? _inferenceMs;
    private long? _figuresAt;

    /// <summary>Writes it.</summary>
    public void Write(HealthSnapshot snapshot, string name, IReadOnlyList<Alert> open)
    {
        if (_figuresAt is not { } before || time.GetElapsedTime(before) >= FiguresEvery)
        {
            var (runs, busy) = parts.Inferences();
            (_figuresAt, _inferenceMs) = (time.GetTimestamp(), _inferences.Measure(runs, busy)?.Milliseconds);
        }

        outgoing.Set(topics.State, MqttText.Bytes(new JsonObject
        {
            ["name"] = MqttText.Name(name),
            ["version"] = parts.Version,
            ["pipelines"] = snapshot.Pipelines.Count,
            ["not_visible"] = snapshot.Pipelines.Count(pipeline => pipeline.Visibility is not (VisibilityState.Visible or VisibilityState.Off)),
            ["open_alerts"] = open.Count,
            ["inference_ms"] = _inferenceMs,
            ["fault"] = MqttText.Masked(snapshot.SystemicFault ?? parts.Fault()),
        }));
        outgoing.Set(topics.Alerts, MqttText.Bytes(new JsonArray([.. open.Take(MostAlerts).Select(Describe)])));
    }

    private static JsonNode Describe(Alert alert) => new JsonObject
    {
        ["id"] = alert.Id,
        ["kind"] = MqttText.Word(alert.Kind.ToString()),
        ["severity"] = MqttText.Word(alert.Severity.ToString()),
        ["state"] = MqttText.Word(alert.State.ToString()),
        ["pipeline"] = alert.Pipeline.Length == 0 ? "" : MqttText.Name(alert.Pipeline),
        ["labels"] = new JsonArray([.. alert.Labels.Select(label => (JsonNode)label)]),
        ["reason"] = MqttText.Masked(alert.Reason),
        ["raised_at"] = MqttText.Time(alert.RaisedAt),
        ["acknowledged_by"] = alert.AcknowledgedBy,
        ["is_test"] = alert.IsTest,
    };
}
