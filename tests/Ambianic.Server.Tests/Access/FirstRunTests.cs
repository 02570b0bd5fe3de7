using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Access;

/// <summary>The first administrator is added by the page, with the address that the program printed at its start.</summary>
public sealed class FirstRunTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Page => new(_house.Services.GetRequiredService<FirstRun>().Path, UriKind.Relative);

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task FirstUser_AddedWithTheCodeThatWasPrinted_IsLoggedInAndNobodyElseIs()
    {
        using var browser = Browser();
        Assert.Contains("name=\"again\"", await browser.GetStringAsync(Page, Cancellation), StringComparison.Ordinal);
        using var added = await AddAsync(browser, Page, "Ann");

        Assert.Equal(HttpStatusCode.SeeOther, added.StatusCode);
        Assert.Equal("ann", (string?)(await browser.GetFromJsonAsync<JsonObject>("/api/me", Cancellation))!["name"]);
        using var other = await _house.Client.GetAsync(new Uri("/api/me", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        using var again = await AddAsync(browser, Page, "mallory");
        Assert.Equal("./login", again.Headers.Location?.ToString());
        using var database = new AccessDatabase(_house.DataDir, TimeProvider.System);
        Assert.Equal(["ann"], database.Load().Users.Select(user => user.Name));
        Assert.Equal(AccessRole.Admin, database.Load().Users[0].Role);
    }

    [Theory]
    [InlineData("first-run")]
    [InlineData("first-run?code=")]
    [InlineData("first-run?code=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task FirstUser_WithoutTheCode_IsNotAdded(string page)
    {
        using var browser = Browser();
        using var shown = await browser.GetAsync(new Uri(page, UriKind.Relative), Cancellation);
        using var added = await AddAsync(browser, new Uri(page, UriKind.Relative), "mallory");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (shown.StatusCode, added.StatusCode));
        Assert.False(File.Exists(Path.Combine(_house.DataDir, AccessDatabase.FileName)));
    }

    [Theory]
    [InlineData("", "five green frogs", "five green frogs", "name")]
    [InlineData("ann", "short", "short", "10 characters")]
    [InlineData("ann", "five green frogs", "six green frogs", "differ")]
    public async Task FirstUser_WrongInput_SaysWhatIsWrong(string name, string password, string again, string said)
    {
        using var browser = Browser();
        using var added = await AddAsync(browser, Page, name, password, again);

        Assert.Equal(HttpStatusCode.BadRequest, added.StatusCode);
        Assert.Contains(said, await added.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_house.DataDir, AccessDatabase.FileName)));
    }

    private HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _house.Address };

    private static async Task<HttpResponseMessage> AddAsync(HttpClient browser, Uri page, string name, string password = "five green frogs", string again = "five green frogs")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = name, ["password"] = password, ["again"] = again });
        return await browser.PostAsync(page, form, Cancellation);
    }
}
