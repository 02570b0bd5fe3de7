using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Vision.Elements;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Mqtt;

public sealed class MqttBridgeTests : IAsyncDisposable
{
    private readonly Bridge _bridge = new();

    public ValueTask DisposeAsync() => _bridge.DisposeAsync();

    [Fact]
    public async Task Run_APipelineThatIsWell_TellsHowItIs()
    {
        await _bridge.StartAsync();

        Assert.Equal("running", _bridge.Broker.Text("ambianic/front/state"));
        Assert.Equal("visible", _bridge.Broker.Text("ambianic/front/visibility"));
        Assert.Equal(("OFF", "ON", "OFF", "0"), (Says("front/problem"), Says("front/enabled"), Says("front/fall"), Says("front/count/person")));
        Assert.Equal(("online", "online"), (Says("front/available"), Says("front/fall/available")));
        Assert.Equal("Grandma's house", (string)_bridge.Broker.Json("ambianic/state")!["name"]!);
        Assert.Equal(3, (int)_bridge.Broker.Json("ambianic/front/stats")!["dropped"]!);
        Assert.All(_bridge.Broker.Published.Where(message => message.Topic != "ambianic/result"), message => Assert.True(message.IsRetained));
    }

    [Fact]
    public async Task Run_NoVideo_SaysWhyAndThatNobodyCanTellOfFalls()
    {
        await _bridge.StartAsync();

        _bridge.Look(health => health with { State = PipelineState.Reconnecting, Visibility = VisibilityState.NoVideo, Reason = "rtsp://me:hush@camera/ does not answer" });
        await _bridge.SaysAsync("front/available", "offline");

        Assert.Equal(("reconnecting", "no_video", "ON", "offline"), (Says("front/state"), Says("front/visibility"), Says("front/problem"), Says("front/fall/available")));
        Assert.Contains("does not answer", (string)_bridge.Broker.Json("ambianic/front/status")!["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnEvent_IsToldWithItsPicture()
    {
        await _bridge.StartAsync();
        var seen = _bridge.Event("front", Bridge.Person);

        _bridge.See(seen);
        await _bridge.SaysAsync("front/event/picture", new MqttMessage("", _bridge.Pictures.Jpeg, true).Text);

        var told = _bridge.Broker.Json("ambianic/front/event")!;
        Assert.Equal(("detection", seen.Id, 0.91, $"https://home.example.org/#event={seen.Id}"), ((string)told["event_type"]!, (string)told["id"]!, (double)told["confidence"]!, (string)told["url"]!));
        Assert.Equal("person", (string)told["labels"]![0]!);
        Assert.Equal(0.1, (double)told["detections"]![0]!["box"]!["x_min"]!);
    }

    [Fact]
    public async Task Run_AQuietPicture_IsNoEvent()
    {
        await _bridge.StartAsync();

        _bridge.See(_bridge.Event("front"));
        _bridge.See(_bridge.Event("front", Bridge.Person));
        await Eventually.TrueAsync(() => _bridge.Broker.Text("ambianic/front/event") is not null);

        Assert.Single(_bridge.Broker.Published, message => message.Topic == "ambianic/front/event");
    }

    [Fact]
    public async Task Run_AFall_IsOnUntilThePersonIsUp()
    {
        await _bridge.StartAsync();

        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL")));
        await _bridge.SaysAsync("front/fall", "ON");
        Assert.Equal(("fall", 1, 2.5), ((string)Fall["event_type"]!, (int)Fall["person"]!, (double)Fall["down_seconds"]!));

        _bridge.Look(health => health with { Visibility = VisibilityState.NoVideo });
        await _bridge.SaysAsync("front/available", "offline");
        Assert.Equal(("ON", "online"), (Says("front/fall"), Says("front/fall/available"))); // somebody lies there, seen or not

        _bridge.See(_bridge.Event("front", Bridge.Fall("RECOVERED")));
        await Eventually.TrueAsync(() => (string)Fall["event_type"]! == "recovered");
        _bridge.Look();
        await _bridge.SaysAsync("front/fall", "OFF");
    }

    [Fact]
    public async Task Run_TwoFallen_IsOnUntilBothAreUp()
    {
        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL", person: 1)));
        _bridge.See(_bridge.Event("front", Bridge.Fall("PERSON_DOWN", person: 2)));
        await _bridge.SaysAsync("front/fall", "ON");

        _bridge.See(_bridge.Event("front", Bridge.Fall("RECOVERED", person: 1)));
        await _bridge.SettleAsync();
        Assert.Equal("ON", Says("front/fall"));

        _bridge.See(_bridge.Event("front", Bridge.Fall("GOT_UP", person: 2)));
        await Eventually.TrueAsync(() => (string)Fall["event_type"]! == "got_up");
        _bridge.Look();
        await _bridge.SaysAsync("front/fall", "OFF");
    }

    [Theory]
    [InlineData(AlertState.Closed, "OFF")]
    [InlineData(AlertState.Expired, "ON")] // nobody has answered: the person may still lie there
    public async Task Run_TheAlertOfAFallHasEnded_IsOffOnlyWhenSomebodySaidSo(AlertState end, string says)
    {
        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL")));
        _bridge.Desk.Raise(_bridge.FallAlert());
        await _bridge.SettleAsync();
        Assert.Equal("ON", Says("front/fall"));

        _bridge.Ended.Commit(new AlertChanges { Alerts = [_bridge.FallAlert() with { State = end, EndedAt = _bridge.Time.GetUtcNow() }] });
        _bridge.Desk.End("a1");
        await _bridge.SettleAsync();

        Assert.Equal(says, Says("front/fall"));
    }

    [Fact]
    public async Task Run_StartedAgain_KnowsWhoIsDown()
    {
        _bridge.Timeline.Add(_bridge.Event("front", Bridge.Fall("FALL")));
        _bridge.Configuration = _bridge.Configuration with { Pipelines = [.. _bridge.Configuration.Pipelines, Bridge.Pipeline("back", "hall", new DetectFallsOptions())] };
        _bridge.Timeline.Add(_bridge.Event("back", Bridge.Fall("FALL")));
        _bridge.Time.Advance(TimeSpan.FromMinutes(1));
        _bridge.Timeline.Add(_bridge.Event("back", Bridge.Fall("RECOVERED")));

        await _bridge.StartAsync();

        Assert.Equal(("ON", "OFF"), (Says("front/fall"), Says("back/fall")));
        Assert.DoesNotContain(_bridge.Broker.Published, message => message.Topic.EndsWith("fall/event", StringComparison.Ordinal)); // no news
    }

    [Fact]
    public async Task Run_StartedAgainAfterTheAlertWasAnswered_ShowsNobodyDown()
    {
        _bridge.Timeline.Add(_bridge.Event("front", Bridge.Fall("FALL")));
        _bridge.Ended.Commit(new AlertChanges { Alerts = [_bridge.FallAlert() with { State = AlertState.Closed, EndedAt = _bridge.Time.GetUtcNow().AddMinutes(5) }] });
        _bridge.Time.Advance(TimeSpan.FromMinutes(10));

        await _bridge.StartAsync();

        Assert.Equal("OFF", Says("front/fall"));
    }

    [Fact]
    public async Task Command_Enabled_SwitchesThePipeline()
    {
        await _bridge.StartAsync();

        _bridge.Broker.Send("ambianic/front/enabled/set", "OFF");
        await Eventually.TrueAsync(() => _bridge.Supervisor.IsOff("front"));
        _bridge.Look();
        await _bridge.SaysAsync("front/enabled", "OFF");
        var health = _bridge.Supervisor.Observe().Pipelines.Single();
        Assert.Equal((PipelineState.Stopped, VisibilityState.Off, "it was switched off"), (health.State, health.Visibility, health.Reason));

        _bridge.Broker.Send("ambianic/front/enabled/set", "on");
        await Eventually.TrueAsync(() => !_bridge.Supervisor.IsOff("front"));
        _bridge.Look();
        await _bridge.SaysAsync("front/enabled", "ON");
        Assert.Equal(["the pipeline is off", "the pipeline is on"], _bridge.Results.Where(result => (string)result["topic"]! == "ambianic/front/enabled/set").Select(result => (string)result["detail"]!));
    }

    [Fact]
    public async Task Command_AcknowledgeSnoozeAndResolve_AreDoneForThePipelineAlone()
    {
        await _bridge.StartAsync();
        _bridge.Desk.Raise(_bridge.FallAlert("a1"));
        _bridge.Desk.Raise(_bridge.FallAlert("a2", "back"));

        _bridge.Broker.Send("ambianic/front/acknowledge/set", "Grandson");
        _bridge.Broker.Send("ambianic/front/snooze/set", "15");
        _bridge.Broker.Send("ambianic/front/resolve/set", "PRESS");
        await Eventually.TrueAsync(() => _bridge.Desk.Asked.Count == 3);
        _bridge.Broker.Send("ambianic/acknowledge/set", "");
        await Eventually.TrueAsync(() => _bridge.Desk.Asked.Count == 4);

        Assert.Equal(["answer taking_care by Grandson", "snooze front for 15 min", "resolve by MQTT", "answer taking_care by MQTT"], _bridge.Desk.Asked);
        Assert.NotNull(_bridge.Desk.Open.Single(alert => alert.Id == "a2").AcknowledgedAt);
    }

    [Fact]
    public async Task Command_AcknowledgeWithoutAlert_EndsTheFall()
    {
        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL")));
        await _bridge.SaysAsync("front/fall", "ON");

        _bridge.Broker.Send("ambianic/front/acknowledge/set", "Home Assistant");
        await Eventually.TrueAsync(() => _bridge.Results.Any(result => ((string)result["detail"]!).Contains("nobody is shown as fallen", StringComparison.Ordinal)));
        _bridge.Look();

        await _bridge.SaysAsync("front/fall", "OFF");
    }

    public static TheoryData<string, byte[], string> BrokenCommands => new()
    {
        { "ambianic/front/enabled/set", "maybe"u8.ToArray(), "ON or OFF" },
        { "ambianic/front/enabled/set", [], "ON or OFF" },
        { "ambianic/front/enabled/set", [0xff, 0xfe, 0x00], "UTF-8" },
        { "ambianic/front/enabled/set", new byte[100_000], "longer" },
        { "ambianic/front/snooze/set", "-5"u8.ToArray(), "minutes" },
        { "ambianic/front/snooze/set", "-Infinity"u8.ToArray(), "minutes" },
        { "ambianic/front/snooze/set", "1e9"u8.ToArray(), "minutes" },
        { "ambianic/front/snooze/set", "1441"u8.ToArray(), "minutes" },
        { "ambianic/front/acknowledge/set", "a\nb"u8.ToArray(), "control" },
        { "ambianic/front/acknowledge/set", "{\"by\": \"\u0000\"}"u8.ToArray(), "control" },
        { "ambianic/nobody/enabled/set", "OFF"u8.ToArray(), "no such pipeline" },
    };

    [Theory]
    [MemberData(nameof(BrokenCommands))]
    public async Task Command_Broken_IsRefusedAndDoesNothing(string topic, byte[] payload, string why)
    {
        await _bridge.StartAsync();
        _bridge.Desk.Raise(_bridge.FallAlert());

        _bridge.Broker.Send(new MqttMessage(topic, payload, IsRetained: false));
        await Eventually.TrueAsync(() => _bridge.Results.Any(result => (string)result["topic"]! == topic && ((string)result["detail"]!).Contains(why, StringComparison.Ordinal)));

        Assert.False((bool)_bridge.Results.Last(result => (string)result["topic"]! == topic)["ok"]!);
        Assert.Empty(_bridge.Desk.Asked);
        Assert.False(_bridge.Supervisor.IsOff("front"));
        Assert.Contains(_bridge.Log.Lines, line => line.StartsWith($"Warning: MQTT: command on {topic} refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_KeptByTheBroker_IsNotCarriedOut()
    {
        _bridge.Broker.Send("ambianic/front/enabled/set", "OFF", isRetained: true);

        await _bridge.StartAsync();
        await Eventually.TrueAsync(() => _bridge.Results.Any(result => ((string)result["detail"]!).Contains("without retain", StringComparison.Ordinal)));

        Assert.False(_bridge.Supervisor.IsOff("front"));
    }

    [Fact]
    public async Task Run_BrokerAwayForAnHour_TellsHowEverythingIsAtOnce()
    {
        await _bridge.StartAsync();
        _bridge.Log.Clear();
        _bridge.Broker.IsAway = true;
        _bridge.Broker.Break();
        Assert.Equal("offline", Says("available"));

        for (var minute = 0; minute < 60; minute++)
        {
            var attempts = _bridge.Broker.Attempts;
            _bridge.See(_bridge.Event("front", Bridge.Person));
            await Eventually.TrueAsync(() =>
            {
                _bridge.Time.Advance(TimeSpan.FromSeconds(10));
                _bridge.Look(health => health with { Reason = $"minute {minute}" });
                return _bridge.Broker.Attempts > attempts;
            });
        }

        _bridge.See(_bridge.Event("front", Bridge.Fall("FALL")));
        _bridge.Broker.ForgetEverything();
        _bridge.Broker.IsAway = false;
        await Eventually.TrueAsync(() =>
        {
            _bridge.Time.Advance(TimeSpan.FromSeconds(1));
            return _bridge.Broker.IsConnected && Says("available") == "online";
        });
        await _bridge.SettleAsync();

        Assert.Equal(("ON", "running", "online"), (Says("front/fall"), Says("front/state"), Says("front/available")));
        Assert.NotNull(_bridge.Discovery("ambianic-hall"));
        Assert.InRange(_bridge.Broker.Published.Count(message => message.Topic == "ambianic/front/event"), 0, 7); // those of the last minute, and the fall
        Assert.Single(_bridge.Log.Lines, line => line.StartsWith("Warning: MQTT: no connection", StringComparison.Ordinal) && line.Contains("(attempt 1)", StringComparison.Ordinal));
        Assert.InRange(_bridge.Log.Lines.Count(line => line.StartsWith("Warning: MQTT: still no connection", StringComparison.Ordinal)), 1, 10);
        await Eventually.TrueAsync(() =>
        {
            _bridge.Time.Advance(TimeSpan.FromSeconds(1));
            _bridge.Look();
            return _bridge.Log.Lines.Any(line => line.StartsWith("Information: MQTT: connected to broker.example.org:1883 again after", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Run_ConnectionsThatDoNotLast_AreTriedEverMoreSeldom()
    {
        await _bridge.StartAsync();

        var start = _bridge.Time.GetUtcNow();
        await Eventually.TrueAsync(() =>
        {
            _bridge.Broker.Break(); // another device connects by the same name
            _bridge.Time.Advance(TimeSpan.FromSeconds(1));
            return _bridge.Broker.Attempts >= 8;
        });

        Assert.True(_bridge.Time.GetUtcNow() - start > TimeSpan.FromSeconds(30), "eight attempts should take far longer than eight seconds");
        await Eventually.TrueAsync(() =>
        {
            _bridge.Time.Advance(TimeSpan.FromSeconds(1));
            return Says("available") == "online";
        });
    }

    [Fact]
    public async Task Run_ABrokerThatTakesNothing_HoldsOneMessageForEachTopic()
    {
        await _bridge.StartAsync();
        using var permits = new SemaphoreSlim(0);
        _bridge.Broker.Permits = permits;
        _bridge.Broker.Clear();

        for (var second = 0; second < 10; second++)
        {
            _bridge.Look(health => health with { Reason = $"{second}", Visibility = second % 2 == 0 ? VisibilityState.Frozen : VisibilityState.Visible });
        }

        permits.Release(1000);
        await Eventually.TrueAsync(() => (string?)_bridge.Broker.Json("ambianic/front/status")!["reason"] == "9");
        await _bridge.SettleAsync();

        Assert.Equal("visible", Says("front/visibility"));
        Assert.InRange(_bridge.Broker.Published.Count(message => message.Topic == "ambianic/front/visibility"), 0, 10);
    }

    [Fact]
    public async Task Run_HomeAssistantStarts_IsToldEverythingAgain()
    {
        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("front", Bridge.Person));
        await Eventually.TrueAsync(() => _bridge.Broker.Text("ambianic/front/event") is not null);
        _bridge.Broker.Clear();

        _bridge.Broker.Send("homeassistant/status", "online");
        await Eventually.TrueAsync(() => _bridge.Broker.Published.Any(message => message.Topic == "ambianic/available"));

        Assert.Contains(_bridge.Broker.Published, message => message.Topic == "homeassistant/device/ambianic/config");
        Assert.Contains(_bridge.Broker.Published, message => message.Topic == "homeassistant/device/ambianic-hall/config");
        Assert.Contains(_bridge.Broker.Published, message => message.Topic == "ambianic/front/fall");
        Assert.DoesNotContain(_bridge.Broker.Published, message => message.Topic == "ambianic/front/event"); // it happened once
    }

    [Fact]
    public async Task Run_ACameraIsRemoved_NothingOfItStays()
    {
        var whole = _bridge.Configuration;
        _bridge.Configuration = whole with { Pipelines = [.. whole.Pipelines, Bridge.Pipeline("back", "yard", new DetectObjectsOptions())] };
        await _bridge.StartAsync();
        _bridge.See(_bridge.Event("back", Bridge.Person));
        await Eventually.TrueAsync(() => _bridge.Broker.Text("ambianic/back/event/picture") is not null);
        Assert.NotNull(_bridge.Discovery("ambianic-back"));

        _bridge.Configuration = whole;
        _bridge.Look();
        await Eventually.TrueAsync(() => !_bridge.Broker.Kept.Keys.Any(topic => topic.Contains("back", StringComparison.Ordinal)));

        Assert.NotNull(_bridge.Discovery("ambianic-hall"));
    }

    [Fact]
    public async Task Run_ACameraWasRemovedWhileNobodyRan_NothingOfItStays()
    {
        _bridge.Broker.Send("homeassistant/device/ambianic-yard/config", """{"device":{"identifiers":["ambianic-yard"]},"components":{"yard-fall":{"platform":"binary_sensor","unique_id":"x"}}}""", isRetained: true);
        _bridge.Broker.Send("homeassistant/device/ambianic2-yard/config", "{}", isRetained: true); // of another device
        _bridge.Broker.Send("homeassistant/device/zigbee_lamp/config", "{}", isRetained: true);
        _bridge.Broker.Send("ambianic/yard/state", "running", isRetained: true);
        _bridge.Broker.Send("ambianic/yard/count/person", "1", isRetained: true);
        _bridge.Broker.Send("ambianic/yard/event/picture", "jpeg", isRetained: true);
        _bridge.Broker.Send("ambianic/front/count/dog", "1", isRetained: true);
        _bridge.Broker.Send("ambianic/front/event", "{}", isRetained: true);
        _bridge.Broker.Send("ambianic/somebody/elses", "topic", isRetained: true);

        await _bridge.StartAsync();
        await _bridge.SettleAsync();

        Assert.Equal(
            ["ambianic/front/event", "ambianic/somebody/elses", "homeassistant/device/ambianic2-yard/config", "homeassistant/device/zigbee_lamp/config"],
            _bridge.Broker.Kept.Keys.Except(_bridge.Broker.Published.Where(message => message.Payload.Length > 0).Select(message => message.Topic)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_AnEntityIsNoLongerThere_IsRemovedFromItsDevice()
    {
        _bridge.Broker.Send(
            "homeassistant/device/ambianic-hall/config",
            """{"components":{"front-label-dog":{"platform":"binary_sensor","unique_id":"x","name":"dog"},"front-fall":{"platform":"binary_sensor","unique_id":"y"},"broken":7}}""",
            isRetained: true);

        await _bridge.StartAsync();

        var components = _bridge.Discovery("ambianic-hall")["components"]!;
        Assert.Equal("""{"platform":"binary_sensor"}""", components["front-label-dog"]!.ToJsonString());
        Assert.Equal("ambianic-hall-front-fall", (string)components["front-fall"]!["unique_id"]!);
        Assert.Null(components["broken"]);
    }

    [Fact]
    public async Task Run_LabelsThatWereSeenBefore_StayWhereAnyLabelMayCome()
    {
        _bridge.Configuration = _bridge.Configuration with { Pipelines = [Bridge.Pipeline("front", "hall", new DetectObjectsOptions())] };
        _bridge.Broker.Send(
            "homeassistant/device/ambianic-hall/config",
            """{"components":{"front-label-dog":{"platform":"binary_sensor","unique_id":"x","name":"dog"}}}""",
            isRetained: true);

        await _bridge.StartAsync();

        var components = _bridge.Discovery("ambianic-hall")["components"]!;
        Assert.Equal(("dog", "person"), ((string)components["front-label-dog"]!["name"]!, (string)components["front-label-person"]!["name"]!));
        Assert.Equal("0", Says("front/count/dog"));
    }

    [Fact]
    public async Task Run_DiscoveryIsSwitchedOff_HomeAssistantForgetsTheDevice()
    {
        await _bridge.StartAsync();
        Assert.NotNull(_bridge.Discovery("ambianic"));

        _bridge.Configuration = _bridge.Configuration with { Mqtt = _bridge.Configuration.Mqtt with { Discovery = new MqttDiscoveryOptions { Enabled = false } } };
        _bridge.Look();

        await Eventually.TrueAsync(() => !_bridge.Broker.Kept.Keys.Any(topic => topic.StartsWith("homeassistant/", StringComparison.Ordinal)));
        Assert.Equal("running", Says("front/state"));
    }

    [Fact]
    public async Task Run_MqttIsSwitchedOff_NothingStaysAtTheBroker()
    {
        await _bridge.StartAsync();

        _bridge.Configuration = _bridge.Configuration with { Mqtt = new MqttOptions() };
        _bridge.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => !_bridge.Broker.IsConnected);

        Assert.Empty(_bridge.Broker.Kept);
    }

    [Fact]
    public async Task Run_AnotherPrefix_MovesEverything()
    {
        await _bridge.StartAsync();

        _bridge.Configuration = _bridge.Configuration with { Mqtt = _bridge.Configuration.Mqtt with { TopicPrefix = "home/watch" } };
        _bridge.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => Says("available") is null);
        await Eventually.TrueAsync(() =>
        {
            _bridge.Time.Advance(TimeSpan.FromSeconds(1));
            _bridge.Look();
            return _bridge.Broker.Text("home/watch/available") == "online" && _bridge.Broker.Text("home/watch/front/state") is not null;
        });

        Assert.DoesNotContain(_bridge.Broker.Kept.Keys, topic => topic.StartsWith("ambianic/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_TheBrokerRefusesMessages_IsLoggedOnceForEachTopic()
    {
        _bridge.Broker.Refusal = "not allowed";
        _bridge.Start();
        _bridge.Look();

        await Eventually.TrueAsync(() =>
        {
            _bridge.Time.Advance(TimeSpan.FromSeconds(1)); // it does not say what it has kept either
            return _bridge.Log.Lines.Contains("Warning: MQTT: the broker refuses messages on ambianic/front/state: not allowed");
        });
        for (var looks = 0; looks < 5; looks++)
        {
            _bridge.Look(health => health with { State = looks % 2 == 0 ? PipelineState.Healing : PipelineState.Running });
        }

        Assert.Single(_bridge.Log.Lines, line => line.Contains("on ambianic/front/state:", StringComparison.Ordinal));
    }

    private JsonObject Fall => _bridge.Broker.Json("ambianic/front/fall/event")!;

    private string? Says(string rest) => _bridge.Broker.Text(Bridge.Topic(rest));
}
