using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Mqtt;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>
/// What Home Assistant's documentation says of a document of MQTT device discovery: the keys of a device and of each platform that we use,
/// which of them must be there, and what they may hold.
/// </summary>
internal static partial class HomeAssistantSchema
{
    private static readonly Dictionary<string, Func<JsonNode, bool>> Everywhere = new()
    {
        ["platform"] = IsText,
        ["unique_id"] = IsText,
        ["name"] = IsName,
        ["availability"] = IsAvailability,
        ["availability_mode"] = IsOneOf("all", "any", "latest"),
        ["entity_category"] = IsOneOf("diagnostic"),
        ["icon"] = node => IconRegex().IsMatch((string)node!),
        ["json_attributes_topic"] = IsTopic,
    };

    private static readonly Dictionary<string, (string[] Required, Dictionary<string, Func<JsonNode, bool>> Keys)> Platforms = new()
    {
        ["binary_sensor"] = (["state_topic"], new() { ["state_topic"] = IsTopic, ["value_template"] = IsTemplate, ["device_class"] = IsOneOf("occupancy", "problem", "safety") }),
        ["sensor"] = (["state_topic"], new()
        {
            ["state_topic"] = IsTopic, ["value_template"] = IsTemplate, ["device_class"] = IsOneOf("enum"), ["options"] = IsWords,
            ["unit_of_measurement"] = IsText, ["state_class"] = IsOneOf("measurement", "total_increasing"),
        }),
        ["event"] = (["state_topic", "event_types"], new() { ["state_topic"] = IsTopic, ["event_types"] = IsWords }),
        ["image"] = (["image_topic"], new() { ["image_topic"] = IsTopic, ["content_type"] = IsOneOf("image/jpeg") }),
        ["camera"] = (["topic"], new() { ["topic"] = IsTopic }),
        ["button"] = (["command_topic"], new() { ["command_topic"] = IsTopic, ["payload_press"] = IsText }),
        ["switch"] = (["command_topic"], new() { ["command_topic"] = IsTopic, ["state_topic"] = IsTopic }),
    };

    private static readonly Dictionary<string, Func<JsonNode, bool>> Device = new()
    {
        ["identifiers"] = IsWords, ["name"] = IsName, ["manufacturer"] = IsText, ["model"] = IsText, ["sw_version"] = IsText,
        ["via_device"] = IsText, ["suggested_area"] = IsName, ["configuration_url"] = IsAddress,
    };

    private static readonly Dictionary<string, Func<JsonNode, bool>> Document = new()
    {
        ["device"] = node => node is JsonObject device && device.ContainsKey("identifiers"),
        ["origin"] = node => node is JsonObject origin && origin.ContainsKey("name"),
        ["components"] = node => node is JsonObject { Count: > 0 },
        ["availability"] = IsAvailability,
        ["availability_mode"] = IsOneOf("all", "any", "latest"),
        ["qos"] = node => (int)node is 0 or 1 or 2,
    };

    /// <summary>Everything that is wrong with a message; empty when Home Assistant takes it.</summary>
    public static IEnumerable<string> Faults(string topic, JsonObject document)
    {
        if (!TopicRegex().IsMatch(topic))
        {
            yield return $"{topic} is no topic of discovery";
        }

        foreach (var fault in Check("", document, Document, [.. Document.Keys])
            .Concat(Check("device.", document["device"]!.AsObject(), Device, ["identifiers", "name"]))
            .Concat(Check("origin.", document["origin"]!.AsObject(), new() { ["name"] = IsText, ["sw_version"] = IsText, ["support_url"] = IsAddress }, ["name"])))
        {
            yield return fault;
        }

        foreach (var (key, node) in document["components"]!.AsObject())
        {
            var component = node!.AsObject();
            if (!KeyRegex().IsMatch(key))
            {
                yield return $"{key} is no key of a component";
            }

            if (component.Count == 1 && component.ContainsKey("platform"))
            {
                continue; // removes it
            }

            var (required, keys) = Platforms[(string)component["platform"]!];
            foreach (var fault in Check($"{key}.", component, keys.Concat(Everywhere).ToDictionary(), ["platform", "unique_id", "name", .. required]))
            {
                yield return fault;
            }

            if ((string?)component["device_class"] == "enum" && (component.ContainsKey("state_class") || component.ContainsKey("unit_of_measurement") || !component.ContainsKey("options")))
            {
                yield return $"{key}: an enum has options, and neither a state class nor a unit";
            }
        }

        var ids = document["components"]!.AsObject().Select(component => (string?)component.Value!["unique_id"]).OfType<string>().ToList();
        if (ids.Distinct().Count() != ids.Count)
        {
            yield return "two entities have the same unique_id";
        }
    }

    private static IEnumerable<string> Check(string path, JsonObject map, Dictionary<string, Func<JsonNode, bool>> keys, string[] required) =>
        required.Where(key => !map.ContainsKey(key)).Select(key => $"{path}{key} is missing")
            .Concat(map.Where(entry => !keys.TryGetValue(entry.Key, out var isRight) || entry.Value is null || !isRight(entry.Value)).Select(entry => $"{path}{entry.Key} is wrong: {entry.Value?.ToJsonString()}"));

    private static bool IsText(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and < 256;

    private static bool IsName(JsonNode node) => IsText(node) && !((string)node!).Any(char.IsControl);

    private static bool IsTopic(JsonNode node) => IsText(node) && MqttTopicRegex().IsMatch((string)node!);

    /// <summary>A figure of a JSON message that the documentation names, or a number that is compared.</summary>
    private static bool IsTemplate(JsonNode node) => (string)node! is var text && (text == "{{ 'ON' if value | int(0) > 0 else 'OFF' }}"
        || (ValueRegex().Match(text) is { Success: true, Groups: var groups } && TopicCatalog.Published.Any(entry => entry.Keys.Any(key => key.Key == groups["key"].Value))));

    private static bool IsWords(JsonNode node) => node is JsonArray { Count: > 0 } list && list.All(item => IsText(item!)) && list.Select(item => (string)item!).Distinct().Count() == list.Count;

    private static bool IsAddress(JsonNode node) => Uri.TryCreate((string)node!, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static bool IsAvailability(JsonNode node) => node is JsonArray { Count: > 0 } list && list.All(item => item is JsonObject { Count: 1 } one && one["topic"] is { } topic && IsTopic(topic));

    private static Func<JsonNode, bool> IsOneOf(params string[] words) => node => words.Contains((string)node!);

    [GeneratedRegex("^homeassistant/device/[a-zA-Z0-9_-]+/config$")]
    private static partial Regex TopicRegex();

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex KeyRegex();

    [GeneratedRegex("^[^#+\\u0000-\\u001f]+$")]
    private static partial Regex MqttTopicRegex();

    [GeneratedRegex("^mdi:[a-z-]+$")]
    private static partial Regex IconRegex();

    [GeneratedRegex(@"^\{\{ (?:'ON' if )?value_json\.(?<key>[a-z_]+)(?: else 'OFF')? \}\}$")]
    private static partial Regex ValueRegex();
}
