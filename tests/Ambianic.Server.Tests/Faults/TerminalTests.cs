using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Faults;

[Slow]
public sealed class TerminalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_CameraStaysAway_HealthzFailsUntilItReturns() =>
        Assert.Contains("terminal", (await StayAwayAsync(stalledSeconds: 1)).Shown, StringComparison.Ordinal);

    internal async Task<Incident> StayAwayAsync(int stalledSeconds)
    {
        await using var well = await StillCamera.StartAsync();
        await using var camera = await StillCamera.StartAsync();
        camera.Answer = Answer.ServerError;
        await File.WriteAllTextAsync(_directory["config.yaml"], $$"""
            health: { stalled_seconds: {{stalledSeconds}} }
            pipelines:
              door:
                - source: { uri: "{{camera.Address}}", type: image, live: true }
              hall:
                - source: { uri: "{{well.Address}}", type: image, live: true }
              stairs:
                - source: { uri: "{{well.Address}}", type: image, live: true }
            """, Cancellation);
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        var start = TimeProvider.System.GetTimestamp();
        var trouble = await AnswerAsync(client, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("door", trouble, StringComparison.Ordinal);
        var noticed = TimeProvider.System.GetElapsedTime(start);
        await Eventually.TrueAsync(() => Door(client) is { } door && (string?)door["state"] == "terminal" && (long)door["rebuilt"]! > 0);
        using (var answer = await client.GetAsync("/healthz", Cancellation))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode); // building it anew heals nothing
        }

        var others = await OthersAsync(client);
        var goingOn = others;
        while (!goingOn.WatchedOnSince(others))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
            goingOn = await OthersAsync(client);
        }

        camera.Answer = Answer.BlackPicture;
        start = TimeProvider.System.GetTimestamp();
        await AnswerAsync(client, HttpStatusCode.OK);
        var recovered = TimeProvider.System.GetElapsedTime(start);
        var account = await client.GetFromJsonAsync<JsonObject>("/api/coverage?pipeline=door", Cancellation);
        await Eventually.TrueAsync(() => program.Output.Contains("Pipeline door: video is back after", StringComparison.Ordinal));
        var intervals = account!["coverage"]!.AsArray()
            .Where(interval => (string?)interval!["reason"] != "the program or the machine stood still").ToList(); // a starved one does at times
        Assert.Equal(("blind", "watching"), ((string?)intervals[0]!["sight"], (string?)intervals[^1]!["sight"]));
        Assert.All(intervals.SkipLast(1), interval => Assert.Equal("blind", (string?)interval!["sight"]));
        Assert.True(DateTimeOffset.Parse((string)intervals[^1]!["from"]!, CultureInfo.InvariantCulture) >= DateTimeOffset.Parse((string)intervals[^2]!["to"]!, CultureInfo.InvariantCulture));
        return new Incident(
            $"a camera does not come back (`stalled_seconds: {stalledSeconds}`)",
            "`terminal`, and `/healthz` answers 503",
            new Promise((3 * stalledSeconds) + 2, 5),
            noticed,
            recovered,
            (await OthersAsync(client)).Lost);
    }

    private static async Task<Witnesses> OthersAsync(HttpClient client) => new(
        (await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation))!["pipelines"]!.AsArray()
            .Where(pipeline => (string)pipeline!["name"]! != "door").Select(pipeline => pipeline!));

    private static JsonNode? Door(HttpClient client) =>
        client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation).GetAwaiter().GetResult()!["pipelines"]!.AsArray()
            .First(pipeline => (string)pipeline!["name"]! == "door");

    private static async Task<string> AnswerAsync(HttpClient client, HttpStatusCode expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(2 * Eventually.Patience);
        while (true)
        {
            using var answer = await client.GetAsync("/healthz", limit.Token);
            if (answer.StatusCode == expected)
            {
                return await answer.Content.ReadAsStringAsync(limit.Token);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}
