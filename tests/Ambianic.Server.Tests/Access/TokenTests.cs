using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Access;

/// <summary>Programs call with tokens, and administrators add users and tokens by the API.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Token_MadeByTheApi_WorksUntilItIsRemoved()
    {
        using var admin = _house.Program(AccessRole.Admin);
        using var made = await admin.PostAsJsonAsync("/api/tokens", new { name = "Home Assistant".Replace(' ', '-'), role = "carer", days = 3 }, Cancellation);
        var token = (await made.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!;
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var program = _house.Program(null);
        program.DefaultRequestHeaders.Authorization = new("Bearer", (string)token["token"]!);
        Assert.Equal("token home-assistant", (string?)(await program.GetFromJsonAsync<JsonObject>("/api/me", Cancellation))!["name"]);

        var list = await admin.GetStringAsync(new Uri("/api/tokens", UriKind.Relative), Cancellation);
        Assert.Contains("home-assistant", list, StringComparison.Ordinal);
        Assert.DoesNotContain((string)token["token"]!, list, StringComparison.Ordinal);

        using var removed = await admin.DeleteAsync(new Uri($"/api/tokens/{token["id"]}", UriKind.Relative), Cancellation);
        using var refused = await program.GetAsync(new Uri("/api/me", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Token_Stored_IsAHash()
    {
        var token = _house.AddToken(AccessRole.Admin);
        var stored = await File.ReadAllBytesAsync(Path.Combine(_house.House.DataDir, AccessDatabase.FileName), Cancellation);

        Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(token)));
        Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(GuardedHouse.Password)));
    }

    [Fact]
    public async Task Token_Expired_IsRefused()
    {
        using var program = _house.Program(AccessRole.Admin, TimeSpan.Zero);
        using var answer = await program.GetAsync(new Uri("/api/me", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic dGhlLmFkbWluOnNldmVuIGJyb3duIGhlcm9ucw==")]
    public async Task Header_ThatIsNoToken_IsRefusedEvenWithACookie(string header)
    {
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");
        browser.DefaultRequestHeaders.Remove("Accept");
        Assert.True(browser.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header));
        using var answer = await browser.GetAsync(new Uri("/api/me", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("ambianic token add", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_AddedByTheApi_LogIn()
    {
        using var admin = _house.Program(AccessRole.Admin);
        using var added = await admin.PostAsJsonAsync("/api/users", new { name = "Ömer", password = "five green frogs", role = "viewer" }, Cancellation);
        using var twice = await admin.PostAsJsonAsync("/api/users", new { name = "ömer", password = "five green frogs", role = "viewer" }, Cancellation);
        using var weak = await admin.PostAsJsonAsync("/api/users", new { name = "bob", password = "short", role = "viewer" }, Cancellation);
        using var browser = _house.Browser();
        using var done = await GuardedHouse.LogInAsync(browser, "ÖMER", "five green frogs");

        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
    }

    [Fact]
    public async Task Users_LastAdministrator_IsNotRemoved()
    {
        using var admin = _house.Program(AccessRole.Admin);
        using var refused = await admin.DeleteAsync(new Uri("/api/users/the.admin", UriKind.Relative), Cancellation);
        using var unknown = await admin.DeleteAsync(new Uri("/api/users/nobody", UriKind.Relative), Cancellation);
        using var removed = await admin.DeleteAsync(new Uri("/api/users/the.viewer", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
    }

    [Fact]
    public async Task Alert_AnsweredByAPerson_HasTheirOwnName()
    {
        await using var alerts = await Alerts.AlertHouse.StartAsync();
        alerts.Desk.Raise(Alerts.AlertHouse.Fall);
        using var database = new AccessDatabase(alerts.House.DataDir, TimeProvider.System);
        Assert.Null(database.Add(new UserAccount("ann", Ambianic.Server.Access.Passwords.Hash(GuardedHouse.Password), AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        using var done = await GuardedHouse.LogInAsync(alerts.Client, "ann");
        using var answer = await alerts.Client.PostAsJsonAsync($"/api/alerts/{Alerts.AlertHouse.Id}/acknowledge", new { by = "bob" }, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["answer taking_care by ann"], alerts.Desk.Asked);
    }

    [Fact]
    public async Task Audit_LogInsAndWhatAdministratorsChange_NamesWhoWhatAndWhere()
    {
        using var browser = _house.Browser();
        using var failed = await GuardedHouse.LogInAsync(browser, "the.admin", "my other password");
        using var unknown = await GuardedHouse.LogInAsync(browser, "a password typed as a name", "x");
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");
        using var added = await browser.PostAsJsonAsync("/api/users", new { name = "bob", password = "five green frogs", role = "viewer" }, Cancellation);
        using var removed = await browser.DeleteAsync(new Uri("/api/users/bob", UriKind.Relative), Cancellation);

        var audit = (await browser.GetFromJsonAsync<JsonObject>("/api/audit", Cancellation))!["audit"]!.AsArray();
        Assert.Equal(
            ["the.admin DELETE /api/users/bob", "the.admin POST /api/users", "the.admin log-in", "an unknown name log-in refused", "the.admin log-in refused"],
            audit.Select(entry => $"{entry!["who"]} {entry["what"]}"));
        Assert.All(audit, entry => Assert.Equal("127.0.0.1", (string?)entry!["from"]));
    }
}
