using System.Text.Json.Nodes;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Mqtt;

/// <summary>Events as JSON. Home Assistant wants <c>event_type</c>, one of a list that it was told before.</summary>
internal static class EventMessages
{
    private const int MostDetections = 20;
    private const string Detected = "detection";
    private const string Outage = "outage";
    private const string OutageOver = "outage_over";
    private const string Unanswered = "alert_unanswered";

    /// <summary>Of reports of falls.</summary>
    public static IReadOnlyList<string> FallTypes { get; } =
        [.. new[] { FallLabels.Fall, FallLabels.LongLie, FallLabels.PersonDown, FallLabels.Recovered, FallLabels.GotUp }.Select(label => label.ToLowerInvariant())];

    /// <summary>Of all events.</summary>
    public static IReadOnlyList<string> Types { get; } = [Detected, .. FallTypes, Outage, OutageOver, Unanswered];

    /// <summary>What happened; null for a picture of a quiet scene.</summary>
    public static string? TypeOf(DetectionEvent seen) =>
        seen.Outage is { } outage ? (outage.Visibility == VisibilityState.Visible ? OutageOver : Outage)
        : seen.UnansweredAlert is not null ? Unanswered
        : seen.Detections.FirstOrDefault(detection => detection.Fall is not null) is { } fall ? FallType(fall)
        : seen.Detections.Count > 0 ? Detected
        : null;

    /// <summary>The message of an event.</summary>
    /// <param name="seen">The event.</param>
    /// <param name="type">See <see cref="TypeOf"/>.</param>
    /// <param name="url">Where it is shown; null when nobody knows.</param>
    public static JsonObject Of(DetectionEvent seen, string type, Uri? url) => new()
    {
        ["event_type"] = type,
        ["id"] = seen.Id,
        ["at"] = MqttText.Time(seen.At),
        ["pipeline"] = MqttText.Name(seen.Pipeline),
        ["source"] = MqttText.Name(seen.Source),
        ["labels"] = new JsonArray([.. seen.Labels.Select(label => (JsonNode)label)]),
        ["confidence"] = seen.Detections.Count == 0 ? null : Rounded(seen.Detections.Max(detection => detection.Confidence)),
        ["detections"] = new JsonArray([.. seen.Detections.Take(MostDetections).Select(Of)]),
        ["reason"] = MqttText.Masked(seen.Outage?.Reason),
        ["url"] = url?.AbsoluteUri,
    };

    /// <summary>The message of a report of a fall; null when the event is none.</summary>
    public static JsonObject? OfFall(DetectionEvent seen, Uri? url) => seen.Detections.FirstOrDefault(detection => detection.Fall is not null) is not { Fall: { } report } fall ? null : new()
    {
        ["event_type"] = FallType(fall),
        ["id"] = seen.Id,
        ["at"] = MqttText.Time(seen.At),
        ["pipeline"] = MqttText.Name(seen.Pipeline),
        ["person"] = report.Track,
        ["confidence"] = Rounded(fall.Confidence),
        ["down_seconds"] = double.IsFinite(report.DownSeconds) ? Math.Round(report.DownSeconds, 1) : null,
        ["url"] = url?.AbsoluteUri,
    };

    private static string FallType(Detection fall) => fall.Label.ToLowerInvariant();

    private static JsonNode Of(Detection detection) => new JsonObject
    {
        ["label"] = detection.Label,
        ["confidence"] = Rounded(detection.Confidence),
        ["box"] = new JsonObject
        {
            ["x_min"] = Rounded(detection.Box.XMin),
            ["y_min"] = Rounded(detection.Box.YMin),
            ["x_max"] = Rounded(detection.Box.XMax),
            ["y_max"] = Rounded(detection.Box.YMax),
        },
    };

    private static double? Rounded(float value) => float.IsFinite(value) ? Math.Round(value, 3) : null;
}
