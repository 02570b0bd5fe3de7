using System.Text.Json.Nodes;
using Ambianic.Core.Health;

namespace Ambianic.Core.Mqtt;

/// <summary>The entities of one pipeline in Home Assistant.</summary>
/// <param name="topics">Of this device.</param>
/// <param name="pipeline">Its name.</param>
/// <param name="isAlone">True when no other pipeline watches the camera: then names need not say which it is.</param>
internal sealed class PipelineEntities(MqttTopics topics, string pipeline, bool isAlone)
{
    /// <summary>Who acknowledges by the button.</summary>
    public const string ByButton = "Home Assistant";

    private readonly PipelineTopics _topics = topics.Of(pipeline);

    /// <summary>All of them.</summary>
    /// <param name="labels">By label in topics: what is counted, for people.</param>
    /// <param name="detectsFalls">True when it looks for falls.</param>
    /// <param name="hasPictures">True when pictures are sent.</param>
    public IEnumerable<Entity> All(IReadOnlyDictionary<string, string> labels, bool detectsFalls, bool hasPictures)
    {
        foreach (var (label, name) in labels)
        {
            yield return Make($"label-{label}", "binary_sensor", name, ("state_topic", $"{_topics.Root}/count/{label}"), ("value_template", "{{ 'ON' if value | int(0) > 0 else 'OFF' }}"), ("device_class", "occupancy")) with { Available = Watching };
        }

        if (detectsFalls)
        {
            yield return Make("fall", "binary_sensor", "Fall", ("state_topic", _topics.Fall), ("device_class", "safety"), ("json_attributes_topic", _topics.FallEvent)) with { Available = [topics.Available, _topics.FallAvailable] };
            yield return Make("fall-event", "event", "Fall report", ("state_topic", _topics.FallEvent), ("event_types", Words(EventMessages.FallTypes)));
        }

        yield return Make("problem", "binary_sensor", "No video", ("state_topic", _topics.Problem), ("device_class", "problem"), ("json_attributes_topic", _topics.Status));
        yield return Make("event", "event", "Event", ("state_topic", _topics.Event), ("event_types", Words(EventMessages.Types)));
        if (hasPictures)
        {
            yield return Make("event-picture", "image", "Last event", ("image_topic", _topics.EventPicture), ("content_type", "image/jpeg"));
            yield return Make("picture", "camera", "Picture", ("topic", _topics.Picture)) with { Available = Watching };
        }

        yield return Make("enabled", "switch", "Watching", ("state_topic", _topics.Enabled), ("command_topic", _topics.Command("enabled")), ("icon", "mdi:cctv"));
        yield return Make("acknowledge", "button", "Acknowledge", ("command_topic", _topics.Command("acknowledge")), ("payload_press", ByButton), ("icon", "mdi:check"));
        yield return Make("resolve", "button", "It is over", ("command_topic", _topics.Command("resolve")), ("payload_press", ByButton), ("icon", "mdi:check-all"));
        yield return Make("snooze", "button", "Snooze 30 min", ("command_topic", _topics.Command("snooze")), ("payload_press", "30"), ("icon", "mdi:bell-sleep"));
        yield return Make("state", "sensor", "State", ("state_topic", _topics.State), ("device_class", "enum"), ("options", Words(Enum.GetNames<PipelineState>().Select(MqttText.Word)))) with { IsDiagnostic = true };
        yield return Figure("fps", "Frames per second", "fps", "measurement");
        yield return Figure("frame_ms", "Time per frame", "ms", "measurement");
        yield return Figure("dropped", "Dropped frames", "frames", "total_increasing");
    }

    /// <summary>Only while the program runs and the picture can be used.</summary>
    private string[] Watching => [topics.Available, _topics.Available];

    private Entity Figure(string key, string name, string unit, string kind) =>
        Make(key, "sensor", name, ("state_topic", _topics.Stats), ("value_template", $"{{{{ value_json.{key} }}}}"), ("unit_of_measurement", unit), ("state_class", kind)) with { IsDiagnostic = true };

    private Entity Make(string key, string platform, string name, params (string, JsonNode)[] options) =>
        new($"{TopicNames.Of(pipeline)}-{key}", platform, isAlone ? name : $"{MqttText.Name(pipeline)}: {name}") { Options = options };

    private static JsonArray Words(IEnumerable<string> words) => [.. words.Select(word => (JsonNode)word)];
}
