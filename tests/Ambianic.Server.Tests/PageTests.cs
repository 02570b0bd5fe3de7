using System.Text.RegularExpressions;
using Ambianic.Core.Health;
using Ambianic.Tests;
using Microsoft.Playwright;

namespace Ambianic.Server.Tests;

/// <summary>The timeline page in a real browser.</summary>
[Slow]
public sealed class PageTests : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private ServedHouse _house = null!;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"there is no browser at {Chromium}");
        _house = await ServedHouse.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_house is not null)
        {
            await _house.DisposeAsync();
        }
    }

    [Fact]
    public async Task Page_EventWithPerson_ShowsPictureBoxAndName()
    {
        await _house.RememberAsync(1, "person");
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("#device")).ToHaveTextAsync("Grandma's house");
        var card = page.Locator("article");
        await Assertions.Expect(card).ToHaveCountAsync(1);
        await Assertions.Expect(card.Locator("h2")).ToHaveTextAsync("person 90 %");
        await Assertions.Expect(card.Locator(".pipeline")).ToHaveTextAsync("front");
        await Assertions.Expect(card.Locator("rect")).ToHaveAttributeAsync("x", "0.1");
        Assert.True(await card.Locator("img").EvaluateAsync<bool>("async image => { await image.decode(); return image.naturalWidth > 0; }"));
    }

    [Fact]
    public async Task Docs_Opened_ShowEveryCallAndFetchNothingFromElsewhere()
    {
        var page = await _browser!.NewPageAsync();
        List<string> asked = [];
        page.Request += (_, request) => asked.Add(request.Url);

        await page.GotoAsync(new Uri(_house.Address, "docs").ToString());

        await Assertions.Expect(page.Locator("summary", new PageLocatorOptions { HasText = "/api/device/display_name/{name}" })).ToBeVisibleAsync();
        Assert.NotEmpty(asked);
        Assert.All(asked, address => Assert.StartsWith(_house.Address.ToString(), address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_EventHappensWhileOpen_AppearsByItself()
    {
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator("#empty")).ToBeVisibleAsync();

        await _house.RememberAsync(1, "person");

        await Assertions.Expect(page.Locator("article h2")).ToHaveTextAsync("person 90 %");
        await Assertions.Expect(page.Locator("#empty")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Page_LabelIsChosen_ShowsOnlyThose()
    {
        await _house.RememberAsync(1, "person");
        await _house.RememberAsync(2, "cat");
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(2);

        await page.SelectOptionAsync("#label", "cat");

        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("article h2")).ToHaveTextAsync("cat 90 %");
    }

    [Fact]
    public async Task Page_PipelineDoesNotWatch_SaysSo()
    {
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("Not watching: broken");
        await Assertions.Expect(page.Locator("#cameras .state")).ToContainTextAsync("Not used, because its configuration is wrong: ");
    }

    [Fact]
    public async Task Page_NobodyAnsweredAnAlert_SaysSo()
    {
        await _house.RememberUnansweredAsync(1, "Somebody fell: front");
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("article h2")).ToHaveTextAsync("Nobody answered an alert");
        await Assertions.Expect(page.Locator("article")).ToContainTextAsync("Somebody fell: front. Everybody on the list was told, and nobody answered.");
    }

    [Fact]
    public async Task Page_MessagesDoNotArrive_SaysSo()
    {
        var page = await OpenAsync(async page =>
        {
            await page.RouteAsync("**/api/health", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = """
                {"alert_fault": "ntfy (default/0) does not take messages: no connection", "configuration_problems": [], "pipelines": [
                    {"name": "door", "source_id": "door", "state": "running", "visibility": "visible", "visibility_since": null, "reason": null}]}
                """ }));
        });

        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("Watching, but messages may not arrive: ntfy (default/0) does not take messages: no connection");
    }

    [Fact]
    public async Task Page_CamerasWithFaults_SaysOfEachInPlainWordsHowItIsAndWasInTheLastDay()
    {
        var now = TimeProvider.System.GetUtcNow();
        var page = await OpenAsync(async page =>
        {
            await page.RouteAsync("**/api/health", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = $$"""
                {"systemic_trouble": null, "configuration_problems": [], "pipelines": [
                    {{Camera("door", "running", "visible")}},
                    {{Camera("yard", "running", "frozen", "the same picture comes again and again")}},
                    {{Camera("shed", "running", "covered", "all of it is one colour")}},
                    {{Camera("gate", "healing", "no_video", "no picture came for 10 s")}},
                    {{Camera("barn", "terminal", "no_video", "nothing answers")}},
                    {{Camera("roof", "reconnecting", "no_video", "no route to host")}},
                    {{Camera("loft", "starting", "no_video", "a model is being fetched")}},
                    {{Camera("film", "ended", "no_video", "cut short")}},
                    {{Camera("clip", "ended", "off", "the recording has ended")}}]}
                """ }));
            await page.RouteAsync("**/api/visibility?*", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = $$"""
                {"visibility": [
                    {"pipeline": "gate", "visibility": "visible", "from": "{{now.AddHours(-30):O}}", "to": "{{now.AddHours(-6):O}}"},
                    {"pipeline": "gate", "visibility": "no_video", "from": "{{now.AddHours(-6):O}}", "to": null}]}
                """ }));
        });

        await Assertions.Expect(page.Locator("#health")).ToHaveTextAsync("Not watching: yard, shed, gate, barn, roof, film");
        await SaysAsync("door", "^Watching$");
        await SaysAsync("yard", "^Frozen picture since .*: the same picture comes again and again$");
        await SaysAsync("shed", @"^Covered lens\? since .*: all of it is one colour$");
        await SaysAsync("gate", "^No video since .*; it is being repaired: no picture came for 10 s$");
        await SaysAsync("barn", "^No video since .*, and nothing has helped so far; Ambianic goes on trying: nothing answers$");
        await SaysAsync("roof", "^No video since .*: no route to host$");
        await SaysAsync("loft", "^Getting ready: a model is being fetched$");
        await SaysAsync("film", "^The recording cannot be read: cut short$");
        await SaysAsync("clip", "^The recording has been watched to its end$");
        await Assertions.Expect(page.Locator("li[data-name=gate] .day")).ToHaveTextAsync("Last 24 hours: watched 18 h, no video 6 h");
        await Assertions.Expect(page.Locator("li[data-name=gate] .bar .no-video")).ToHaveAttributeAsync("style", new Regex("left: 7[45].*width: 2[45]"));

        Task SaysAsync(string camera, string words) =>
            Assertions.Expect(page.Locator($"li[data-name={camera}] .state")).ToHaveTextAsync(new Regex(words));

        string Camera(string name, string state, string visibility, string? reason = null) => $$"""
            {"name": "{{name}}", "source_id": "{{name}}", "state": "{{state}}", "visibility": "{{visibility}}", "visibility_since": "{{now.AddHours(-6):O}}", "reason": {{(reason is null ? "null" : $"\"{reason}\"")}}}
            """;
    }

    [Fact]
    public async Task Page_OutageBeganAndIsOver_TellsItWithoutAPicture()
    {
        await _house.RememberOutageAsync(1, VisibilityState.NoVideo);
        await _house.RememberOutageAsync(13, VisibilityState.Visible);
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("article h2")).ToHaveTextAsync(["Picture is back", "No video"]);
        await Assertions.Expect(page.Locator("article img")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("article .reason").First).ToContainTextAsync("for 12 min");
        await Assertions.Expect(page.Locator("article .reason").Last).ToHaveTextAsync("no route to host");

        await _house.RememberAsync(20, "person");
        await page.SelectOptionAsync("#label", "sight");
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Page_EventIsKept_StaysSoAfterOpeningAgain()
    {
        await _house.RememberAsync(1, "person");
        var page = await OpenAsync();

        await page.ClickAsync("article .keep");
        await Assertions.Expect(page.Locator("article .keep")).ToHaveAttributeAsync("aria-pressed", "true");

        await page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        await Assertions.Expect(page.Locator("article .keep")).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task Page_LabelWithMarkup_IsShownAsText()
    {
        await _house.RememberAsync(1, "<img src=x onerror=document.title='owned'>");
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("article h2")).ToContainTextAsync("<img");
        Assert.Equal("Grandma's house", await page.TitleAsync());
    }

    private async Task<IPage> OpenAsync(Func<IPage, Task>? prepare = null)
    {
        var page = await _browser!.NewPageAsync();
        await (prepare?.Invoke(page) ?? Task.CompletedTask);
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync(_house.Address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }
}
