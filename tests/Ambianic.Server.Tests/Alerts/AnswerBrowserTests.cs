using Ambianic.Tests;
using Microsoft.Playwright;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>The answer page in a real browser on a telephone, without JavaScript.</summary>
[Slow]
public sealed class AnswerBrowserTests
{
    private const string Chromium = "/usr/bin/chromium";

    [Fact]
    public async Task Page_TakingCareIsPressed_SaysWhoTakesCare()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"there is no browser at {Chromium}");
        await using var house = await AlertHouse.StartAsync();
        var seen = await house.House.RememberAsync(1, "person");
        house.Pictures.Jpeg = await house.Client.GetByteArrayAsync(new Uri($"/api/data/{seen.RelDir}/{seen.ImageFileName}", UriKind.Relative), TestContext.Current.CancellationToken);
        house.Desk.Raise(AlertHouse.Fall);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = false,
            ViewportSize = new ViewportSize { Width = 360, Height = 740 },
            BaseURL = house.House.Address.ToString(),
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);

        await page.GotoAsync(house.Link().ToString());
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Somebody fell: broken");
        var picture = await page.Locator("img").BoundingBoxAsync();
        Assert.InRange(picture!.Height, 100, 740); // it has loaded: 64 x 48 across the page
        var button = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "I am taking care" });
        Assert.InRange((await button.BoundingBoxAsync())!.Height, 48, 200); // large enough for a thumb
        await button.ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Thank you. The others are told that you are taking care of it.");
        await Assertions.Expect(page.Locator(".state")).ToContainTextAsync("neighbour is taking care");
        Assert.Equal(["answer taking_care by neighbour"], house.Desk.Asked);
        Assert.Empty(complaints); // of the content security policy

        await page.ReloadAsync(); // sends nothing again
        Assert.Single(house.Desk.Asked);
    }
}
