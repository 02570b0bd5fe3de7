using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>docs/reference/mqtt.md says what is sent, and what is sent is there.</summary>
public sealed class MqttReferenceTests : IAsyncDisposable
{
    private static readonly string Page = ProjectFiles.Locate("docs/reference/mqtt.md");

    private readonly Bridge _bridge = new();

    public ValueTask DisposeAsync() => _bridge.DisposeAsync();

    [Fact]
    public void Reference_TopicsThatAreSent_AreThoseOfTheSource() => DocumentTable.AssertIs(
        Page,
        "<!-- topics -->",
        TopicCatalog.Published.Select(entry => $"| `{entry.Pattern}` | {(entry.IsRetained ? "yes" : "no")} | {entry.Payload} |").Prepend("|---|---|---|").Prepend("| topic | retained | payload |"));

    [Fact]
    public void Reference_Commands_AreThoseOfTheSource() => DocumentTable.AssertIs(
        Page,
        "<!-- commands -->",
        TopicCatalog.Commands.Select(entry => $"| `{entry.Pattern}` | {entry.Payload} |").Prepend("|---|---|").Prepend("| topic | payload |"));

    [Fact]
    public void Reference_KeysOfJson_AreThoseOfTheSource() => DocumentTable.AssertIs(
        Page,
        "<!-- keys -->",
        TopicCatalog.Published.SelectMany(entry => entry.Keys.Select(key => $"| `{entry.Pattern}` | `{key.Key}` | {key.Meaning} |")).Prepend("|---|---|---|").Prepend("| topic | key | meaning |"));

    [Fact]
    public async Task Messages_OfAWholeStory_AreThoseOfTheReference()
    {
        await _bridge.StartAsync();
        _bridge.Desk.Raise(_bridge.FallAlert());
        _bridge.See(_bridge.Event("front", Bridge.Person));
        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL")));
        _bridge.Look(health => health with { State = PipelineState.Stalled, Visibility = VisibilityState.Frozen, Reason = "frozen" });
        _bridge.Broker.Send("ambianic/front/acknowledge/set", "me");
        await Eventually.TrueAsync(() => _bridge.Broker.Text("ambianic/front/event/picture") is not null && _bridge.Desk.Asked.Count > 0);
        await _bridge.SettleAsync();

        var sent = _bridge.Broker.Published.Where(message => message.Topic.StartsWith("ambianic/", StringComparison.Ordinal) && message.Payload.Length > 0).ToList();
        Assert.All(sent, message => Assert.Equal("", Fault(message)));
        var patterns = TopicCatalog.Published.Where(entry => sent.Exists(message => IsOf(message, entry))).Select(entry => entry.Pattern);
        Assert.Equal(TopicCatalog.Published.Select(entry => entry.Pattern).Where(pattern => pattern != "PREFIX/PIPELINE/picture"), patterns); // no camera here
    }

    private static string Fault(MqttMessage message)
    {
        if (TopicCatalog.Published.SingleOrDefault(entry => IsOf(message, entry)) is not { } entry)
        {
            return $"{message.Topic} is not in the reference";
        }

        if (entry.IsRetained != message.IsRetained)
        {
            return $"{message.Topic} is retained otherwise";
        }

        if (entry.Keys.Count == 0)
        {
            return "";
        }

        var json = JsonNode.Parse(message.Text)!;
        IEnumerable<JsonObject> objects = json is JsonArray list ? list.Select(item => item!.AsObject()) : [json.AsObject()];
        return objects.All(one => one.Select(key => key.Key).SequenceEqual(entry.Keys.Select(key => key.Key))) ? "" : $"{message.Topic} has other keys: {message.Text}";
    }

    private static bool IsOf(MqttMessage message, TopicEntry entry) =>
        Regex.IsMatch(message.Topic, $"^{entry.Pattern.Replace("PREFIX", "ambianic", StringComparison.Ordinal).Replace("PIPELINE", "front", StringComparison.Ordinal).Replace("LABEL", "person", StringComparison.Ordinal)}$");
}
