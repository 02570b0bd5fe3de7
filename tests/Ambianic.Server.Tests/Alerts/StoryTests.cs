using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Messaging;
using Microsoft.Playwright;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>The whole story on the running program: somebody falls, a telephone rings, its owner answers, and nobody else is woken.</summary>
[Slow]
public sealed class StoryTests : IDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Fall_OnCamera_RingsAtTheCarerAndIsAnswered_TheNeighbourIsNeverTold()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"there is no browser at {Chromium}");
        var clip = TestData.Require("falls/gmdcsa24_S2_Fall_12.mp4");
        await using var phone = new RecordingServer();
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $$"""
            data_dir: ./data
            ui: {baseurl: "http://127.0.0.1:1"}
            notifications:
              default:
                include_attachments: true
                providers: ["ntfy://{{phone.Authority}}/carer"]
                escalate: [{after: 20s, to: [neighbour]}]
              neighbour:
                providers: ["ntfy://{{phone.Authority}}/neighbour"]
            pipelines:
              living_room:
                - source: "{{clip}}"
                - detect_falls:
                - save_detections:
            """,
            Cancellation);
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        await Eventually.TrueAsync(() => phone.Requests.Any(request => request.Path.StartsWith("/carer", StringComparison.Ordinal)));
        var alert = (await client.GetFromJsonAsync<JsonNode>("/api/alerts?open=true", Cancellation))!["alerts"]![0]!;
        var message = string.Join('\n', phone.Requests[0].Headers.Values);
        Assert.Contains("/a/", message, StringComparison.Ordinal);
        var link = System.Text.RegularExpressions.Regex.Match(message, "http://127.0.0.1:1(/a/[A-Za-z0-9_-]+)").Groups[1].Value;
        await AnswerAsync(client.BaseAddress!, link);

        var answered = await client.GetFromJsonAsync<JsonNode>($"/api/alerts/{alert["id"]}", Cancellation);
        Assert.Equal("default", (string?)answered!["alert"]!["acknowledged_by"]);
        await EscalationHasPassedAsync(alert);
        Assert.DoesNotContain(phone.Requests, request => request.Path.StartsWith("/neighbour", StringComparison.Ordinal));
    }

    private static async Task EscalationHasPassedAsync(JsonNode alert)
    {
        var due = (DateTimeOffset)alert["raised_at"]! + TimeSpan.FromSeconds(25);
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() > due);
    }

    private static async Task AnswerAsync(Uri home, string link)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = home.ToString() });
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "I am taking care" }).ClickAsync();
        await Assertions.Expect(page.Locator(".state")).ToContainTextAsync("is taking care");
    }
}
