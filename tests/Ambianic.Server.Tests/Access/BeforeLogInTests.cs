using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Access;

/// <summary>Before there is an administrator: this computer may do everything, and nobody else anything.</summary>
public sealed class BeforeLogInTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task ThisComputer_IsAdministrator()
    {
        var me = await _house.Client.GetFromJsonAsync<JsonObject>("/api/me", Cancellation);

        Assert.Equal("admin", (string?)me!["role"]);
        Assert.False((bool?)me["needs_log_in"]);
        Assert.False(File.Exists(Path.Combine(_house.DataDir, "access.db")));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Ingress-Path", "/api/hassio_ingress/x")]
    public async Task CallThatAProxyPassesOn_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/timeline");
        request.Headers.Add(header, value);
        using var answer = await _house.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("ambianic user add", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstUser_IsNotAddedThroughTheApi()
    {
        using var answer = await _house.Client.PostAsJsonAsync("/api/users", new { name = "ann", password = "five green frogs", role = "admin" }, Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("ambianic user add", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var after = await _house.Client.GetAsync(new Uri("/api/timeline", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task LogInPage_SaysHowToAddAnAdministrator() => Assert.Contains(
        "ambianic user add", await _house.Client.GetStringAsync(new Uri("/login", UriKind.Relative), Cancellation), StringComparison.Ordinal);
}
