using System.Text.Json.Nodes;

namespace Ambianic.Core.Mqtt;

/// <summary>An entity of Home Assistant: what stands under <c>components</c> of a device.</summary>
/// <param name="Key">Its name within the device; letters, digits, _ and -.</param>
/// <param name="Platform">For example <c>binary_sensor</c>.</param>
/// <param name="Name">For people.</param>
internal sealed record Entity(string Key, string Platform, string Name)
{
    private const string Diagnostic = "diagnostic";

    /// <summary>The keys of its platform.</summary>
    public IReadOnlyList<(string Key, JsonNode Value)> Options { get; init; } = [];

    /// <summary>Topics that must all say <c>online</c>; empty is that of the device alone.</summary>
    public IReadOnlyList<string> Available { get; init; } = [];

    /// <summary>True for what few people want to see.</summary>
    public bool IsDiagnostic { get; init; }

    /// <summary>As it is sent.</summary>
    /// <param name="device">Id of the device.</param>
    public JsonObject Document(string device)
    {
        var document = new JsonObject { ["platform"] = Platform, ["unique_id"] = $"{device}-{Key}", ["name"] = Name };
        foreach (var (key, value) in Options)
        {
            document[key] = value.DeepClone();
        }

        if (IsDiagnostic)
        {
            document["entity_category"] = Diagnostic;
        }

        if (Available.Count > 0)
        {
            document["availability"] = Availability(Available);
            document["availability_mode"] = "all";
        }

        return document;
    }

    /// <summary>A list of topics that say <c>online</c> or <c>offline</c>.</summary>
    public static JsonArray Availability(IEnumerable<string> topics) => [.. topics.Select(topic => new JsonObject { ["topic"] = topic })];
}
