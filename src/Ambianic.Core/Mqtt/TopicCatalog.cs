namespace Ambianic.Core.Mqtt;

/// <summary>What is sent or taken on a topic, as docs/reference/mqtt.md lists it.</summary>
/// <param name="Pattern">The topic; words in upper case stand for names.</param>
/// <param name="Payload">What is in it.</param>
/// <param name="IsRetained">True when the broker keeps it.</param>
internal sealed record TopicEntry(string Pattern, string Payload, bool IsRetained = true)
{
    /// <summary>Keys of a JSON object, or of the objects of a JSON list, and what they mean; empty for other payloads.</summary>
    public IReadOnlyList<(string Key, string Meaning)> Keys { get; init; } = [];
}

/// <summary>All topics.</summary>
internal static class TopicCatalog
{
    private const string Time = "ISO 8601 with the device's offset";

    /// <summary>What this device publishes.</summary>
    public static IReadOnlyList<TopicEntry> Published { get; } =
    [
        new("PREFIX/available", "`online`; `offline` when Ambianic stops, by the last will when it is lost"),
        new("PREFIX/state", "JSON: the device")
        {
            Keys =
            [
                ("name", "`display_name`"), ("version", "version of Ambianic"), ("pipelines", "how many pipelines there are"), ("not_visible", "how many of them give no usable picture, without those that are off"),
                ("open_alerts", "how many alerts have not ended"), ("inference_ms", "average time of a model for one picture in the last seconds, ms; null when none ran"),
                ("fault", "what is wrong with the device, for people; null when nothing is"),
            ],
        },
        new("PREFIX/alerts", "JSON list: the alerts that have not ended, newest first, 20 at most")
        {
            Keys =
            [
                ("id", "as in `/api/alerts`"), ("kind", "`detection`, `fall`, `outage`, `storage`, …"), ("severity", "`info`, `warning`, `critical`"), ("state", "see [alerts](alerts.md)"),
                ("pipeline", "empty when it is about the device"), ("labels", "what was detected"), ("reason", "for people; may be empty"), ("raised_at", Time), ("acknowledged_by", "null when nobody has"), ("is_test", "true for a drill"),
            ],
        },
        new("PREFIX/result", "JSON: what became of a command", IsRetained: false)
        {
            Keys = [("topic", "of the command"), ("ok", "false when it was refused"), ("detail", "for people"), ("at", Time)],
        },
        new("PREFIX/PIPELINE/available", "`online` while its picture can be used, else `offline`"),
        new("PREFIX/PIPELINE/state", "`starting`, `running`, `reconnecting`, `failing`, `stalled`, `healing`, `terminal`, `ended`, `stopped`, `disabled`: see [health](health.md)"),
        new("PREFIX/PIPELINE/visibility", "`visible`, `no_video`, `frozen`, `black`, `covered`, `off`"),
        new("PREFIX/PIPELINE/problem", "`ON` while its picture cannot be used and it is not off, else `OFF`"),
        new("PREFIX/PIPELINE/status", "JSON: the same with reasons")
        {
            Keys = [("state", "as above"), ("since", Time), ("visibility", "as above"), ("visibility_since", Time), ("reason", "why the picture cannot be used, for people; null when it can")],
        },
        new("PREFIX/PIPELINE/stats", "JSON, every 10 s: figures")
        {
            Keys =
            [
                ("fps", "frames a second that were looked at"), ("frame_ms", "average time that all elements took for one frame, ms; null when none came"), ("frames", "frames that were looked at since the start"),
                ("failed", "samples that an element failed on"), ("dropped", "frames that were replaced by newer ones before anybody looked"),
            ],
        },
        new("PREFIX/PIPELINE/enabled", "`ON`, or `OFF` while it is switched off"),
        new("PREFIX/PIPELINE/count/LABEL", "the most of this label in one frame of the last 3 to 6 s"),
        new("PREFIX/PIPELINE/event", "JSON: the latest event; pictures of a quiet scene are none")
        {
            Keys =
            [
                ("event_type", "`detection`, `fall`, `long_lie`, `person_down`, `recovered`, `got_up`, `outage`, `outage_over`, `alert_unanswered`"), ("id", "of the event"), ("at", Time),
                ("pipeline", "name"), ("source", "id"), ("labels", "each once"), ("confidence", "of the most certain detection, 0 to 1; null without detections"),
                ("detections", "`label`, `confidence` and `box` (`x_min`, `y_min`, `x_max`, `y_max`, 0 to 1), 20 at most"), ("reason", "of an outage, for people; else null"), ("url", "where it is shown; null without `ui.baseurl`"),
            ],
        },
        new("PREFIX/PIPELINE/event/picture", "JPEG of the latest event that has one"),
        new("PREFIX/PIPELINE/picture", "JPEG of what the camera shows; with `skeleton_only` it shows no person"),
        new("PREFIX/PIPELINE/fall", "`ON` while somebody is down after a fall, else `OFF`; only with `detect_falls`"),
        new("PREFIX/PIPELINE/fall/available", "`offline` while nobody can tell: without usable picture, unless `fall` is `ON`"),
        new("PREFIX/PIPELINE/fall/event", "JSON: the latest report of a fall")
        {
            Keys =
            [
                ("event_type", "`fall`, `long_lie`, `person_down`, `recovered`, `got_up`"), ("id", "of the event"), ("at", Time), ("pipeline", "name"),
                ("person", "number of the person within this run"), ("confidence", "0 to 1"), ("down_seconds", "how long the person has been down"), ("url", "where it is shown; null without `ui.baseurl`"),
            ],
        },
    ];

    /// <summary>What this device takes.</summary>
    public static IReadOnlyList<TopicEntry> Commands { get; } =
    [
        new("PREFIX/acknowledge/set", "who takes care, for example `Home Assistant`; empty is `MQTT`. Acknowledges all open alerts", false),
        new("PREFIX/PIPELINE/enabled/set", "`ON` or `OFF`: switches the pipeline, until the next start of Ambianic", false),
        new("PREFIX/PIPELINE/acknowledge/set", "who takes care. Acknowledges the open alerts of the pipeline; when there is none, `fall` becomes `OFF`", false),
        new("PREFIX/PIPELINE/resolve/set", "who says that it is over. Resolves the open alerts of the pipeline, and `fall` becomes `OFF`", false),
        new("PREFIX/PIPELINE/snooze/set", "minutes, 0 to 1440: holds back the alerts of the pipeline for so long; 0 ends it. Empty is 30", false),
    ];
}
