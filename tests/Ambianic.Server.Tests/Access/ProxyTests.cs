using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Access;

/// <summary>Behind a reverse proxy, and behind Home Assistant's ingress.</summary>
public sealed class ProxyTests
{
    private const string Trusting = "ui: {trusted_proxies: [127.0.0.0/8]}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrustedProxy_SaysHttps_CookieIsSecure()
    {
        await using var house = await GuardedHouse.StartAsync(Trusting);
        using var browser = house.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");

        Assert.All(done.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        using var program = house.Program(Storage.Access.AccessRole.Admin);
        var audit = await program.GetFromJsonAsync<JsonObject>("/api/audit", Cancellation);
        Assert.Equal("203.0.113.7", (string?)audit!["audit"]![0]!["from"]);
    }

    [Fact]
    public async Task ProxyThatIsNotTrusted_IsNotBelieved()
    {
        await using var house = await GuardedHouse.StartAsync("ui: {trusted_proxies: [10.1.1.1]}");
        using var browser = house.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        browser.DefaultRequestHeaders.Add("X-Ingress-Path", "/elsewhere");
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");

        var cookie = string.Join('\n', done.Headers.GetValues("Set-Cookie"));
        Assert.NotEmpty(cookie);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("elsewhere", cookie, StringComparison.Ordinal);
        using var program = house.Program(Storage.Access.AccessRole.Admin);
        var audit = await program.GetFromJsonAsync<JsonObject>("/api/audit", Cancellation);
        Assert.Equal("127.0.0.1", (string?)audit!["audit"]![0]!["from"]);
    }

    [Fact]
    public async Task Ingress_LogIn_StaysBelowItsPath()
    {
        await using var house = await GuardedHouse.StartAsync(Trusting);
        using var browser = house.Browser();
        browser.DefaultRequestHeaders.Add("X-Ingress-Path", "/api/hassio_ingress/Abc");
        browser.DefaultRequestHeaders.Add("X-Forwarded-Host", "homeassistant.local:8123");
        using var page = await browser.GetAsync(new Uri("/index.html", UriKind.Relative), Cancellation);
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin", path: "/login?next=index.html");

        Assert.Equal("login?next=index.html", page.Headers.Location?.ToString());
        Assert.Equal("./index.html", done.Headers.Location?.ToString());
        Assert.All(done.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; path=/api/hassio_ingress/Abc;", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task AnyHost_OnceEverybodyHasToLogIn_IsAnswered()
    {
        await using var house = await GuardedHouse.StartAsync();
        using var program = house.Program(null);
        program.DefaultRequestHeaders.Host = "ambianic.home.example";
        using var answer = await program.GetAsync(new Uri("/api/timeline", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
