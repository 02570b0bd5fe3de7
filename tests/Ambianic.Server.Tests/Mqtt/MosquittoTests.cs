using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Server.Tests.Alerts;
using Ambianic.Tests;
using Ambianic.Tests.Messaging.Providers;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>The whole program and a real broker.</summary>
[Slow]
public sealed class MosquittoTests
{
    [Fact]
    public async Task Program_WithABroker_IsFoundByHomeAssistant()
    {
        await using var broker = await Broker.StartAsync();
        await broker.SendAsync("homeassistant/device/ambianic-gone/config", """{"components":{}}""", isRetained: true);
        await broker.SendAsync("ambianic/gone/state", "running", isRetained: true);
        await using (var house = await ServedHouse.StartAsync(Section(broker.Port)))
        {
            await SaysAsync(broker, "ambianic/available", "online");

            await SaysAsync(broker, "ambianic/gone/state", null);
            await SaysAsync(broker, "ambianic/broken/state", "disabled");
            var kept = await broker.KeptAsync();
            Assert.Equal(("disabled", "no_video", "ON"), (Text(kept["ambianic/broken/state"]), Text(kept["ambianic/broken/visibility"]), Text(kept["ambianic/broken/problem"])));
            Assert.DoesNotContain(kept.Keys, topic => topic.Contains("gone", StringComparison.Ordinal));
            var documents = kept.Values.Where(message => message.Topic.StartsWith("homeassistant/", StringComparison.Ordinal)).ToList();
            Assert.Equal(["homeassistant/device/ambianic-broken/config", "homeassistant/device/ambianic/config"], documents.Select(document => document.Topic).Order(StringComparer.Ordinal));
            Assert.Empty(documents.SelectMany(document => HomeAssistantSchema.Faults(document.Topic, JsonNode.Parse(Text(document))!.AsObject())));
        }

        await SaysAsync(broker, "ambianic/available", "offline"); // it has stopped and says so
    }

    [Fact]
    public async Task Program_AnEventIsStored_IsToldWithItsPicture()
    {
        await using var broker = await Broker.StartAsync();
        await using var house = await ServedHouse.StartAsync(Section(broker.Port));
        await broker.SubscribeAsync();
        await SaysAsync(broker, "ambianic/available", "online");

        var seen = await house.RememberAsync(4, "person", TimeProvider.System.GetLocalNow());
        await Eventually.TrueAsync(() => broker.Published.Any(message => message.Topic == "ambianic/front/event/picture"));

        var told = JsonNode.Parse(Text(broker.Published.First(message => message.Topic == "ambianic/front/event")))!;
        Assert.Equal((seen.Id, "detection"), ((string)told["id"]!, (string)told["event_type"]!));
        Assert.Equal([0xff, 0xd8], broker.Published.First(message => message.Topic == "ambianic/front/event/picture").Payload.First.Span[..2].ToArray());
    }

    [Fact]
    public async Task Program_TheBrokerIsKilledAndHasForgottenAll_TellsItAgain()
    {
        await using var broker = await Broker.StartAsync();
        await using var house = await ServedHouse.StartAsync(Section(broker.Port));
        await SaysAsync(broker, "ambianic/available", "online");
        var before = (await broker.KeptAsync()).Keys.Order(StringComparer.Ordinal).ToList();

        broker.Kill();
        await broker.RestartAsync();
        await SaysAsync(broker, "ambianic/available", "online");

        Assert.Equal(before, (await broker.KeptAsync()).Keys.Order(StringComparer.Ordinal));
        var answer = await house.Client.GetStringAsync(new Uri("/api/health", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("\"supervisor_is_alive\":true", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_HomeAssistantStarts_IsToldAgain()
    {
        await using var broker = await Broker.StartAsync();
        await using var house = await ServedHouse.StartAsync(Section(broker.Port));
        await SaysAsync(broker, "ambianic/available", "online");
        await broker.SubscribeAsync();
        await Eventually.TrueAsync(() => broker.Published.Any(message => message.Topic == "homeassistant/device/ambianic/config"));
        var before = broker.Published.Count(message => message.Topic == "homeassistant/device/ambianic/config");

        await broker.SendAsync("homeassistant/status", "online");

        await Eventually.TrueAsync(() => broker.Published.Count(message => message.Topic == "homeassistant/device/ambianic/config") > before);
    }

    [Fact]
    public async Task Program_Commands_AreDoneAndBrokenOnesDoNoHarm()
    {
        await using var broker = await Broker.StartAsync();
        var desk = new FakeAlertDesk(TimeProvider.System);
        desk.Raise(AlertHouse.Fall with { Pipeline = "broken" });
        await using var house = await ServedHouse.StartAsync(Section(broker.Port), services => services.AddSingleton<IAlertDesk>(desk));
        await SaysAsync(broker, "ambianic/available", "online");
        await broker.SubscribeAsync();

        foreach (var topic in new[] { "ambianic/broken/enabled/set", "ambianic/broken/snooze/set", "ambianic/nobody/enabled/set", "ambianic/broken/nothing/set", "ambianic/broken/acknowledge/set/more" })
        {
            await broker.SendAsync(topic, new string('\u0001', 50_000));
        }

        await broker.SendAsync("homeassistant/status", "\u0000{");
        await broker.SendAsync("ambianic/broken/acknowledge/set", "Home Assistant");
        await Eventually.TrueAsync(() => desk.Asked.Count > 0 && broker.Published.Count(message => message.Topic == "ambianic/result") == 4);

        Assert.Equal(["answer taking_care by Home Assistant"], desk.Asked);
        Assert.Equal([false, false, false, true], broker.Published.Where(message => message.Topic == "ambianic/result").Select(message => (bool)JsonNode.Parse(Text(message))!["ok"]!));
    }

    [Fact]
    public async Task Program_WithABrokerOfItsOwn_TellsItEverything()
    {
        using var free = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var house = await ServedHouse.StartAsync($"mqtt: {{broker: {{enabled: true, port: {port}, password: Wren9Owl77}}}}");
        var received = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        using var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += message =>
        {
            received[message.ApplicationMessage.Topic] = Text(message.ApplicationMessage);
            return Task.CompletedTask;
        };

        await Eventually.TrueAsync(() => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(point => point.Port == port));
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithCredentials("ambianic", "Wren9Owl77").Build(), TestContext.Current.CancellationToken);
        await client.SubscribeAsync("#", cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => received.GetValueOrDefault("ambianic/available") == "online" && received.ContainsKey("ambianic/broken/state"));

        Assert.Contains("homeassistant/device/ambianic-broken/config", received.Keys);
    }

    private static string Section(int port) => $"mqtt: {{uri: 'mqtt://127.0.0.1:{port}'}}";

    private static string Text(MqttApplicationMessage message) => Encoding.UTF8.GetString(message.Payload.First.Span);

    private static async Task SaysAsync(Broker broker, string topic, string? text)
    {
        for (var looks = 0; ((await broker.KeptAsync()).TryGetValue(topic, out var kept) ? Text(kept) : null) != text; looks++)
        {
            Assert.True(looks < 500, $"{topic} never said {text ?? "nothing"}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
