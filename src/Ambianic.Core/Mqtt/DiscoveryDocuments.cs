using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>
/// What Home Assistant is told of this device and its cameras: a document for each. It also knows what was told before, in earlier runs
/// too: what is no longer there is removed, and what was seen of an open set of labels stays.
/// </summary>
/// <param name="topics">Of this device.</param>
/// <param name="version">Of Ambianic.</param>
internal sealed class DiscoveryDocuments(MqttTopics topics, string version)
{
    private const string Site = "https://github.com/ambianic";

    /// <summary>Documents of earlier runs; nobody has so many cameras.</summary>
    private const int MostTold = 1000;

    private readonly Dictionary<string, JsonObject> _told = new(StringComparer.Ordinal); // components by topic

    /// <summary>Id of this device; those of its cameras begin with it and a hyphen, which it does not hold.</summary>
    private string DeviceId => TopicNames.Of(topics.Prefix);

    /// <summary>Topics of documents that anybody has sent.</summary>
    public static string Filter(string prefix) => $"{prefix}/device/+/config";

    /// <summary>Takes in a document that the broker has kept, if it is one of ours.</summary>
    /// <returns>True when it is.</returns>
    public bool Remember(MqttMessage kept, string prefix)
    {
        if (kept.Topic.Split('/') is not [.., "device", var id, "config"] || kept.Topic != TopicOf(prefix, id)
            || !(id == DeviceId || id.StartsWith(DeviceId + "-", StringComparison.Ordinal)))
        {
            return false;
        }

        if (_told.Count < MostTold && !_told.ContainsKey(kept.Topic))
        {
            _told[kept.Topic] = Components(kept);
        }

        return true;
    }

    /// <summary>The labels of a pipeline that an earlier run has told, by their word in topics: what they are called.</summary>
    public IReadOnlyDictionary<string, string> LabelsOf(string pipeline)
    {
        var start = $"{TopicNames.Of(pipeline)}-label-";
        return _told.Values.SelectMany(components => components)
            .Where(component => component.Key.StartsWith(start, StringComparison.Ordinal) && component.Value is JsonObject known && known.ContainsKey("name"))
            .DistinctBy(component => component.Key)
            .ToDictionary(component => component.Key[start.Length..], component => ShortName(component.Value!["name"]!.ToString(), pipeline));
    }

    /// <summary>All documents, by topic; null for one that is to be removed.</summary>
    /// <param name="configuration">As it is now.</param>
    /// <param name="labels">What is counted, by pipeline, and by its word in topics.</param>
    public IReadOnlyDictionary<string, JsonObject?> Make(AmbianicConfiguration configuration, Func<PipelineConfiguration, IReadOnlyDictionary<string, string>> labels)
    {
        var (options, made) = (configuration.Mqtt.Discovery, new Dictionary<string, JsonObject?>(StringComparer.Ordinal));
        if (options.Enabled)
        {
            made[TopicOf(options.Prefix, DeviceId)] = Document(Device(configuration), DeviceEntities());
            foreach (var camera in configuration.Pipelines.GroupBy(pipeline => CameraOf(pipeline, configuration), StringComparer.Ordinal))
            {
                var isAlone = camera.Count() == 1;
                var entities = camera.SelectMany(pipeline => new PipelineEntities(topics, pipeline.Name, isAlone)
                    .All(labels(pipeline), WatchedLabels.Of(pipeline).DetectsFalls, configuration.Mqtt.PicturesEvery > TimeSpan.Zero));
                made[TopicOf(options.Prefix, $"{DeviceId}-{TopicNames.Of(camera.Key)}")] = Document(Camera(camera.Key, options), entities);
            }
        }

        foreach (var (topic, told) in _told)
        {
            if (made.GetValueOrDefault(topic) is not { } document)
            {
                made[topic] = null;
                continue;
            }

            var components = document["components"]!.AsObject();
            foreach (var gone in told.Where(component => !components.ContainsKey(component.Key)))
            {
                components[gone.Key] = new JsonObject { ["platform"] = gone.Value?["platform"]?.DeepClone() }; // this alone removes it
            }
        }

        foreach (var (topic, document) in made)
        {
            _told[topic] = document?["components"]?.DeepClone().AsObject() ?? [];
        }

        return made;
    }

    private static string TopicOf(string prefix, string id) => $"{prefix}/device/{id}/config";

    /// <summary>A source that the configuration names is a camera of that name; one that stands in a pipeline has the pipeline's.</summary>
    private static string CameraOf(PipelineConfiguration pipeline, AmbianicConfiguration configuration) =>
        pipeline.Source is { } source && configuration.Sources.ContainsKey(source.Id) ? source.Id : pipeline.Name;

    private static string ShortName(string name, string pipeline) =>
        name.StartsWith($"{MqttText.Name(pipeline)}: ", StringComparison.Ordinal) ? name[(MqttText.Name(pipeline).Length + 2)..] : name;

    private static JsonObject Components(MqttMessage kept)
    {
        try
        {
            return JsonNode.Parse(kept.Payload.Span) is JsonObject document && document["components"] is JsonObject components
                ? new JsonObject(components.Where(component => component.Value is JsonObject known && known["platform"] is JsonValue).Select(component => KeyValuePair.Create(component.Key, component.Value?.DeepClone())))
                : [];
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return []; // somebody else wrote it; ours takes its place
        }
    }

    private JsonObject Document(JsonObject device, IEnumerable<Entity> entities)
    {
        var id = device["identifiers"]![0]!.ToString();
        return new JsonObject
        {
            ["device"] = device,
            ["origin"] = new JsonObject { ["name"] = "Ambianic", ["sw_version"] = version, ["support_url"] = Site },
            ["availability"] = Entity.Availability([topics.Available]),
            ["availability_mode"] = "all",
            ["qos"] = 1,
            ["components"] = new JsonObject(entities.Select(entity => KeyValuePair.Create(entity.Key, (JsonNode?)entity.Document(id)))),
        };
    }

    private JsonObject Device(AmbianicConfiguration configuration)
    {
        var device = new JsonObject
        {
            ["identifiers"] = new JsonArray(DeviceId),
            ["name"] = MqttText.Name(configuration.DisplayName),
            ["manufacturer"] = "Ambianic",
            ["model"] = "Ambianic",
            ["sw_version"] = version,
        };
        if (Uri.TryCreate(configuration.Ui.Baseurl, UriKind.Absolute, out var page) && page.Scheme is "http" or "https")
        {
            device["configuration_url"] = configuration.Ui.Baseurl;
        }

        return device;
    }

    private JsonObject Camera(string name, MqttDiscoveryOptions options)
    {
        var device = new JsonObject
        {
            ["identifiers"] = new JsonArray($"{DeviceId}-{TopicNames.Of(name)}"),
            ["name"] = MqttText.Name(name),
            ["manufacturer"] = "Ambianic",
            ["model"] = "Camera",
            ["via_device"] = DeviceId,
        };
        if (options.Areas.TryGetValue(name, out var area) && area.Length > 0)
        {
            device["suggested_area"] = MqttText.Name(area);
        }

        return device;
    }

    private IEnumerable<Entity> DeviceEntities() =>
    [
        new("fault", "binary_sensor", "Fault")
        {
            Options = [("state_topic", topics.State), ("value_template", "{{ 'ON' if value_json.fault else 'OFF' }}"), ("device_class", "problem"), ("json_attributes_topic", topics.State)],
        },
        new("open_alerts", "sensor", "Open alerts")
        {
            Options = [("state_topic", topics.State), ("value_template", "{{ value_json.open_alerts }}"), ("state_class", "measurement"), ("icon", "mdi:bell")],
        },
        new("not_visible", "sensor", "Cameras without picture")
        {
            Options = [("state_topic", topics.State), ("value_template", "{{ value_json.not_visible }}"), ("state_class", "measurement"), ("icon", "mdi:camera-off")],
        },
        new("acknowledge", "button", "Acknowledge all") { Options = [("command_topic", topics.Acknowledge), ("payload_press", PipelineEntities.ByButton), ("icon", "mdi:check")] },
        new("inference_ms", "sensor", "Inference")
        {
            Options = [("state_topic", topics.State), ("value_template", "{{ value_json.inference_ms }}"), ("unit_of_measurement", "ms"), ("state_class", "measurement")],
            IsDiagnostic = true,
        },
    ];
}
