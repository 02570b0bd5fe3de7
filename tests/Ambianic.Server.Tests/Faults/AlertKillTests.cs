using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Inference.Sessions;
using Ambianic.Tests.Media.Sources;
using Ambianic.Tests.Messaging;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Ends the program as a loss of power would, while alerts are on their way to a service that is slow and fails often.</summary>
[Slow]
public sealed class AlertKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Recipients = 2;

    private readonly Clips _clips = new();
    private readonly Random _random = new();
    private bool _isUnreliable = true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    [Fact]
    public async Task Run_KilledBetweenEventAndDelivery_EveryAlertArrivesWithOneKey()
    {
        var asked = Environment.GetEnvironmentVariable("AMBIANIC_TEST_KILLS");
        var rounds = asked is { Length: > 0 } ? int.Parse(asked, CultureInfo.InvariantCulture) : 4;
        await using var service = new RecordingServer { Answer = _ => Answer() };
        var clip = _clips.Make("clip.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");
        var model = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_clips.Folder);
        await ConfigureAsync(service, clip, model, confidence: 0.5);
        for (var round = 0; round < rounds; round++)
        {
            await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
            await program.AddressAsync(Cancellation);
            var before = service.Requests.Count;
            if (round % 2 == 0)
            {
                await Eventually.TrueAsync(() => service.Requests.Count > before); // in every other round; a kill before that is worth a try, too
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1500)), TimeProvider.System, Cancellation);
            await program.KillAsync(Cancellation);
            Assert.DoesNotContain("damaged", program.Output, StringComparison.Ordinal);
        }

        _isUnreliable = false;
        await ConfigureAsync(service, clip, model, confidence: 0.95); // nothing is seen any more
        await using var last = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await last.AddressAsync(Cancellation) };
        await AssertAllArrivedAsync(client, service, rounds);
    }

    private async Task AssertAllArrivedAsync(HttpClient client, RecordingServer service, int rounds)
    {
        var events = (await PagesAsync(client, "timeline", "timeline")).Where(seen => seen["args"]!["inference_result"]!.AsArray().Count > 0).Select(Id).ToHashSet();
        Assert.True(events.Count > rounds, $"{events.Count} events in {rounds} rounds");
        await UntilTakenAsync(client, events);

        var details = new List<JsonNode>();
        foreach (var alert in await PagesAsync(client, "alerts", "alerts"))
        {
            details.Add(await SentAsync(client, (string)alert["id"]!));
        }

        var deliveries = details.SelectMany(alert => alert["deliveries"]!.AsArray()).ToList();
        var arrived = service.Requests.GroupBy(request => request.Header("Idempotency-Key")!).ToDictionary(group => group.Key, group => group.ToList());
        Assert.Empty(events.Except(details.Select(alert => (string?)alert["alert"]!["event_id"] ?? "")));
        Assert.All(details, alert => Assert.Equal(Recipients, alert["deliveries"]!.AsArray().Count));
        Assert.All(deliveries, delivery => Assert.Equal("delivered", (string?)delivery!["state"]));
        Assert.Equal(deliveries.Select(delivery => (string)delivery!["id"]!).Order(StringComparer.Ordinal), arrived.Keys.Order(StringComparer.Ordinal)); // none lost, none under another key
        Assert.All(arrived.Values, requests => Assert.Single(requests.Select(request => (request.Path, Alert: (string?)request.Json.GetProperty("alert_id").GetString())).Distinct()));
        Assert.Equal(arrived.Count, arrived.Values.Select(requests => (requests[0].Path, requests[0].Json.GetProperty("alert_id").GetString())).Distinct().Count());
        output.WriteLine(
            $"{rounds} kills, {events.Count} events, {details.Count} alerts, {deliveries.Count} messages: none lost; {service.Requests.Count - arrived.Count} requests came again, all with the key of the first");
    }

    /// <summary>Waits until every event has its alert and nothing is to be sent any more.</summary>
    private static async Task UntilTakenAsync(HttpClient client, HashSet<string> events)
    {
        var left = int.MaxValue;
        for (var inVain = 0; left > 0; inVain++)
        {
            Assert.True(inVain < 600, $"{left} alerts or messages are still to come after a minute without progress");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
            var alerts = await PagesAsync(client, "alerts", "alerts");
            var missing = events.Except(alerts.Select(alert => (string?)alert["event_id"] ?? "")).Count();
            var now = missing + alerts.Count(alert => alert["delivered_at"] is null);
            var waiting = (await client.GetFromJsonAsync<JsonNode>("/api/deliveries?limit=1000", Cancellation))!["deliveries"]!.AsArray().Count(delivery => (string?)delivery!["state"] == "waiting");
            (left, inVain) = (now + waiting, now + waiting < left ? 0 : inVain);
        }
    }

    /// <summary>An alert whose messages have all been taken; of many alerts the list of deliveries shows the newest alone.</summary>
    private static async Task<JsonNode> SentAsync(HttpClient client, string id)
    {
        for (var looks = 0; ; looks++)
        {
            var alert = (await client.GetFromJsonAsync<JsonNode>($"/api/alerts/{id}", Cancellation))!;
            if (looks == 600 || alert["deliveries"]!.AsArray().All(delivery => (string?)delivery!["state"] != "waiting"))
            {
                return alert;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }
    }

    private static string Id(JsonNode entry) => (string)entry["id"]!;

    private static async Task<List<JsonNode>> PagesAsync(HttpClient client, string call, string list)
    {
        var all = new List<JsonNode>();
        for (var page = 1; ; page++)
        {
            var answer = await client.GetFromJsonAsync<JsonNode>($"/api/{call}?page_size=100&page={page}", Cancellation);
            if (answer![list]!.AsArray() is not { Count: > 0 } found)
            {
                return all;
            }

            all.AddRange(found.Select(entry => entry!));
        }
    }

    /// <summary>A quarter fails, one in fifty is never answered, the others take up to half a second.</summary>
    private CannedAnswer Answer() => !_isUnreliable ? new CannedAnswer() : _random.Next(100) switch
    {
        < 2 => new CannedAnswer { NeverBegins = true },
        < 6 => new CannedAnswer { IsSilent = true },
        < 25 => new CannedAnswer(500) { After = TimeSpan.FromMilliseconds(_random.Next(100)) },
        _ => new CannedAnswer { After = TimeSpan.FromMilliseconds(_random.Next(_random.Next(500))) },
    };

    /// <summary>Every event is an alert of its own, and critical ones are sent one by one.</summary>
    private async Task ConfigureAsync(RecordingServer service, string clip, string model, double confidence)
    {
        var providers = Enumerable.Range(1, Recipients).Select(number => $"\"json://{service.Authority}/{number}\"");
        var pipelines = Enumerable.Range(1, 3).Select(number => string.Create(CultureInfo.InvariantCulture, $$"""
              camera_{{number}}:
                - source: { uri: "{{clip}}", live: true, fps: 3 }
                - detect_objects: { model: { onnx: "{{model}}" }, confidence_threshold: {{confidence}} }
                - save_detections: { positive_interval: 0 }
            """));
        await File.WriteAllTextAsync(Path.Combine(_clips.Folder, "config.yaml"), $$"""
            notifications:
              default: { severity: critical, cooldown: 0s, repeat_every: 0s, providers: [{{string.Join(", ", providers)}}] }
            pipelines:
            {{string.Join('\n', pipelines)}}
            """, Cancellation);
    }
}
