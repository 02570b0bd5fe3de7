using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Elements;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Mqtt;

public sealed class DiscoveryTests : IAsyncDisposable
{
    private readonly Bridge _bridge = new();

    public static TheoryData<string> HostileNames =>
    [
        "front", "Front door", "front/door", "#", "+", "a/+/b/#", "🚪", "ünïcode", " ", "..", "front\nhall", "$SYS", "\u202e reversed", "rtsp://me:hush12345@camera/stream", new string('x', 1024),
        "front_0a1b2c3d", "{{ states('sensor.x') }}", "a\"b'c\\d", "\ud800 half a letter",
    ];

    public ValueTask DisposeAsync() => _bridge.DisposeAsync();

    [Fact]
    public async Task Documents_OfThisDeviceAndItsCameras_AreThoseThatHomeAssistantTakes()
    {
        _bridge.Configuration = _bridge.Configuration with
        {
            Ui = new UiOptions { Baseurl = "https://home.example.org/" },
            Mqtt = _bridge.Configuration.Mqtt with { Discovery = new MqttDiscoveryOptions { Areas = new Dictionary<string, string> { ["hall"] = "Living room" } } },
            Pipelines =
            [
                .. _bridge.Configuration.Pipelines,
                Bridge.Pipeline("hall_faces", "hall", new DetectFacesOptions()),
                Bridge.Pipeline("inline", "rtsp://***@camera", new DetectPosesOptions()),
            ],
        };

        await _bridge.StartAsync();

        AssertAllAreRight();
        var (house, hall, inline) = (_bridge.Discovery("ambianic"), _bridge.Discovery("ambianic-hall"), _bridge.Discovery("ambianic-inline"));
        Assert.Equal(("Grandma's house", "https://home.example.org/"), ((string)house["device"]!["name"]!, (string)house["device"]!["configuration_url"]!));
        Assert.Equal(("ambianic", "Living room", "hall"), ((string)hall["device"]!["via_device"]!, (string)hall["device"]!["suggested_area"]!, (string)hall["device"]!["name"]!));
        Assert.Equal("inline", (string)inline["device"]!["name"]!);
        var fall = hall["components"]!["front-fall"]!;
        Assert.Equal(("binary_sensor", "safety", "front: Fall"), ((string)fall["platform"]!, (string)fall["device_class"]!, (string)fall["name"]!));
        Assert.Equal(["ambianic/available", "ambianic/front/fall/available"], fall["availability"]!.AsArray().Select(topic => (string)topic!["topic"]!));
        Assert.Equal(("problem", "all"), ((string)hall["components"]!["front-problem"]!["device_class"]!, (string)hall["availability_mode"]!));
        Assert.Equal("person", (string)inline["components"]!["inline-label-person"]!["name"]!); // alone, it need not say which pipeline it is
        Assert.False(inline["components"]!.AsObject().ContainsKey("inline-fall"));
        Assert.Equal(
            ["binary_sensor", "button", "camera", "event", "image", "sensor", "switch"],
            hall["components"]!.AsObject().Select(component => (string)component.Value!["platform"]!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Documents_WithoutPictures_HaveNoCamera()
    {
        _bridge.Configuration = _bridge.Configuration with { Mqtt = _bridge.Configuration.Mqtt with { PicturesEvery = TimeSpan.Zero } };

        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("front", Bridge.Person));
        await Eventually.TrueAsync(() => _bridge.Broker.Text("ambianic/front/event") is not null);
        await _bridge.SettleAsync();

        Assert.DoesNotContain(_bridge.Discovery("ambianic-hall")["components"]!.AsObject(), component => (string)component.Value!["platform"]! is "camera" or "image");
        Assert.DoesNotContain(_bridge.Broker.Kept.Keys, topic => topic.EndsWith("picture", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Documents_HostileName_AreValidAndUnique(string name)
    {
        _bridge.Configuration = _bridge.Configuration with
        {
            DisplayName = name,
            Sources = new Dictionary<string, SourceOptions> { ["hall"] = Bridge.Source("hall"), [name] = Bridge.Source(name) },
            Mqtt = _bridge.Configuration.Mqtt with { Discovery = new MqttDiscoveryOptions { Areas = new Dictionary<string, string> { [name] = name } } },
            Pipelines = [Bridge.Pipeline("other", "hall"), Bridge.Pipeline(name, name, new DetectObjectsOptions { LabelFilter = [name, "person"] }, new DetectFallsOptions())],
        };

        await _bridge.StartAsync();
        _bridge.See(_bridge.Event(name, Bridge.Fall("FALL")));
        await Eventually.TrueAsync(() => _bridge.Broker.Kept.Keys.Any(topic => topic.EndsWith("/fall/event", StringComparison.Ordinal)));

        AssertAllAreRight();
        Assert.All(_bridge.Broker.Published, message => Assert.Matches("^[A-Za-z0-9_/-]{1,200}$", message.Topic));
        Assert.All(_bridge.Broker.Published, message => Assert.DoesNotContain("hush", message.Topic + message.Text, StringComparison.Ordinal));
        Assert.Equal(3, Documents().Count);
        Assert.Equal(2, _bridge.Broker.Kept.Keys.Count(topic => topic.EndsWith("/state", StringComparison.Ordinal) && topic.Split('/').Length == 3));
    }

    private List<(string Topic, JsonObject Document)> Documents() =>
        [.. _bridge.Broker.Kept.Values.Where(kept => kept.Topic.StartsWith("homeassistant/", StringComparison.Ordinal)).Select(kept => (kept.Topic, JsonNode.Parse(kept.Text)!.AsObject()))];

    private void AssertAllAreRight()
    {
        var documents = Documents();
        Assert.NotEmpty(documents);
        Assert.Empty(documents.SelectMany(one => HomeAssistantSchema.Faults(one.Topic, one.Document)));
        var ids = documents.SelectMany(one => one.Document["components"]!.AsObject()).Select(component => (string?)component.Value!["unique_id"]).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
