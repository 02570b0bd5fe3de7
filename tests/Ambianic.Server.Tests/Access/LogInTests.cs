using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Access;

/// <summary>People log in and out by the page.</summary>
public sealed class LogInTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Page_NotLoggedIn_LeadsToLogInAndBack()
    {
        using var browser = _house.Browser();
        using var first = await GetAsync(browser, "/api/timeline?page=2&label=a%20b");
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("../login?next=api%2Ftimeline%3Fpage%3D2%26label%3Da%2520b", first.Headers.Location?.ToString());

        var page = new Uri(new Uri(_house.House.Address, "/api/timeline"), first.Headers.Location!);
        Assert.Contains("<input name=\"password\" type=\"password\"", await browser.GetStringAsync(page, Cancellation), StringComparison.Ordinal);
        using var done = await GuardedHouse.LogInAsync(browser, "The.Viewer ", path: page.PathAndQuery);

        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.Equal("./api/timeline?page=2&label=a%20b", done.Headers.Location?.ToString());
        using var again = await GetAsync(browser, "/api/timeline?page=2");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("./\t//evil.example")]
    [InlineData("..//evil.example")]
    [InlineData("")]
    public void ReturnPath_OfAnotherSite_IsNotFollowed(string next)
    {
        var target = new Uri(new Uri("http://house.example:8778/login"), ReturnPath.Local(next));

        Assert.Equal("http://house.example:8778", target.GetLeftPart(UriPartial.Authority));
    }

    [Fact]
    public async Task Cookie_AfterLogIn_IsForThisSiteAndNotForScripts()
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");

        var cookies = done.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count); // of the session and of the device
        Assert.All(cookies, cookie =>
        {
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/;", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Theory]
    [InlineData("the.admin")]
    [InlineData("nobody")]
    [InlineData("../../etc")]
    [InlineData("")]
    public async Task LogIn_WrongPassword_IsRefusedInTheSameWords(string name)
    {
        using var browser = _house.Browser();
        using var answer = await GuardedHouse.LogInAsync(browser, name, "something else");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Name or password is wrong.", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public void Passwords_OfAnUnknownUser_AreHashedAllTheSame()
    {
        // Asserted by what is done, as time is no measure on a busy machine: an unknown user's password meets a hash of the same cost.
        Assert.False(Passwords.Verify(null, GuardedHouse.Password, out var better));
        Assert.Null(better);
        Assert.True(Passwords.Verify(Passwords.Hash(GuardedHouse.Password), GuardedHouse.Password, out _));
    }

    [Fact]
    public async Task LogIn_ManyWrongPasswords_HasToWaitEvenWithTheRightOne()
    {
        using var browser = _house.Browser();
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await GuardedHouse.LogInAsync(browser, "the.admin", $"wrong guess {i}");
        }

        using var refused = await GuardedHouse.LogInAsync(browser, "the.admin");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));

        _house.LimitTime.Advance(TimeSpan.FromSeconds(1));
        using var granted = await GuardedHouse.LogInAsync(browser, "the.admin");
        Assert.Equal(HttpStatusCode.SeeOther, granted.StatusCode);
    }

    [Fact]
    public async Task LogOut_EndsTheSessionOnTheServer()
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.viewer");
        var cookie = done.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        using var logOut = await browser.PostAsync(new Uri("/logout", UriKind.Relative), null, Cancellation);

        using var thief = _house.Program(null);
        thief.DefaultRequestHeaders.Add("Cookie", cookie);
        using var answer = await GetAsync(thief, "/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task LogOut_WithACookieOfNobody_LeavesNoTrace()
    {
        using var admin = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(admin, "the.admin");
        using var stranger = _house.Program(null);
        stranger.DefaultRequestHeaders.Add("Cookie", "ambianic=x");
        using var logOut = await stranger.PostAsync(new Uri("/logout", UriKind.Relative), null, Cancellation);

        Assert.Equal(HttpStatusCode.SeeOther, logOut.StatusCode);
        Assert.DoesNotContain("log-out", (await admin.GetFromJsonAsync<JsonObject>("/api/audit", Cancellation))!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_RemovedOrWithANewPassword_IsRefusedAtOnce()
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.carer");
        using var other = _house.Browser();
        using var doneToo = await GuardedHouse.LogInAsync(other, "the.viewer");
        Assert.Equal("carer", (string?)(await browser.GetFromJsonAsync<JsonObject>("/api/me", Cancellation))!["role"]);

        using (var command = new AccessDatabase(_house.House.DataDir, TimeProvider.System)) // as another process does
        {
            Assert.Null(command.RemoveUser("the.carer"));
            Assert.Null(command.SetPassword("the.viewer", Passwords.Hash("another password")));
        }

        using var carer = await GetAsync(browser, "/api/me");
        using var viewer = await GetAsync(other, "/api/me");
        Assert.Equal(HttpStatusCode.Redirect, carer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, viewer.StatusCode);
    }

    [Fact]
    public async Task LiveTimeline_TokenIsRemoved_Ends()
    {
        using var program = _house.Program(AccessRole.Viewer);
        using var answer = await program.GetAsync(new Uri("/api/timeline/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        Assert.True(await stream.ReadAsync(new byte[64], Cancellation) > 0);

        Assert.Null(_house.Database.RemoveToken(_house.Database.Load().Tokens[0].Id));

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await stream.ReadAsync(new byte[64], Cancellation) > 0)
            {
                // what was sent before
            }

            throw new EndOfStreamException();
        });
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task LogIn_FromAPageOfAnotherSite_IsRefused(string header, string value)
    {
        using var browser = _house.Browser();
        browser.DefaultRequestHeaders.Add(header, value);
        using var answer = await GuardedHouse.LogInAsync(browser, "the.admin");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Health_OfStrangers_HasNoNames()
    {
        using var stranger = _house.Program(null);
        using var answer = await GetAsync(stranger, "/healthz");

        Assert.DoesNotContain("broken", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_CannotBeRead_LetsNobodyIn()
    {
        await using var house = await ServedHouse.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(house.DataDir, AccessDatabase.FileName), "this is no database at all, and longer than the header of one: " + new string('x', 4096), Cancellation);

        using var answer = await house.Client.GetAsync(new Uri("/api/timeline", UriKind.Relative), Cancellation);
        using var ping = await house.Client.GetAsync(new Uri("/api/ping", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("access.db", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path) => client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
}
