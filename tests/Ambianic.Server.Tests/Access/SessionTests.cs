using System.Net;
using System.Net.Http.Json;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Access;

/// <summary>When sessions and tokens end, and what a cookie may be used for.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData(89, HttpStatusCode.OK)]
    [InlineData(90, HttpStatusCode.Unauthorized)]
    public async Task Session_UsedEveryDay_EndsAfterNinetyDays(int days, HttpStatusCode expected)
    {
        var user = _house.Database.Load().FindUser("the.viewer")!;
        Assert.True(_house.Database.Add(new LogInSession(Secret.Hash("cookie"), user.Name, TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(days), default), user.PasswordHash, "device"));
        _house.Database.Touch(Secret.Hash("cookie"));
        using var client = _house.Program(null);
        client.DefaultRequestHeaders.Add("Cookie", $"{AccessHandler.Cookie}=cookie");
        using var answer = await client.GetAsync(new Uri("/api/me", UriKind.Relative), Cancellation);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Token_OfAPersonWhoIsRemoved_IsRefusedAtOnce()
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");
        Assert.Null(_house.Database.Add(new UserAccount("bob", "no hash", AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        using var made = await browser.PostAsJsonAsync("/api/tokens", new { name = "ha", role = "admin" }, Cancellation);
        var token = (await made.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>(Cancellation))!;
        Assert.Equal("the.admin", (string?)token["owner"]);
        using var program = _house.Program(null);
        program.DefaultRequestHeaders.Authorization = new("Bearer", (string)token["token"]!);

        Assert.Null(_house.Database.SetRole("the.admin", AccessRole.Viewer));
        using var lowered = await program.GetAsync(new Uri("/api/users", UriKind.Relative), Cancellation);
        using var still = await program.GetAsync(new Uri("/api/status", UriKind.Relative), Cancellation);
        Assert.Null(_house.Database.RemoveUser("the.admin"));
        using var removed = await program.GetAsync(new Uri("/api/status", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (lowered.StatusCode, still.StatusCode, removed.StatusCode));
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("Referer", "http://evil.example/page", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.BadRequest)]
    [InlineData("Referer", "SELF", HttpStatusCode.BadRequest)]
    public async Task TestMessage_ByCookie_OnlyFromOurOwnPage(string? header, string? value, HttpStatusCode expected)
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");
        if (header is not null)
        {
            browser.DefaultRequestHeaders.Add(header, value == "SELF" ? new Uri(_house.House.Address, "/index.html").ToString() : value);
        }

        using var answer = await browser.GetAsync(new Uri("/api/notifications/test?name=no-such-entry", UriKind.Relative), Cancellation);
        Assert.Equal(expected, answer.StatusCode); // 400: the call was made, and there is no such entry
    }

    [Fact]
    public async Task TestMessage_ByToken_NeedsNoHeaders()
    {
        using var program = _house.Program(AccessRole.Carer);
        using var answer = await program.GetAsync(new Uri("/api/notifications/test?name=no-such-entry", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
