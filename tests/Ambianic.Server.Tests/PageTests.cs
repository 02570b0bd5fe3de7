using Microsoft.Playwright;

namespace Ambianic;

/// <summary>The timeline page in a real browser.</summary>
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

        await Assertions.Expect(page.Locator("#health")).ToContainTextAsync("Not watching: broken (disabled: ");
    }

    [Fact]
    public async Task Page_LabelWithMarkup_IsShownAsText()
    {
        await _house.RememberAsync(1, "<img src=x onerror=document.title='owned'>");
        var page = await OpenAsync();

        await Assertions.Expect(page.Locator("article h2")).ToContainTextAsync("<img");
        Assert.Equal("Grandma's house", await page.TitleAsync());
    }

    private async Task<IPage> OpenAsync()
    {
        var page = await _browser!.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync(_house.Address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }
}
