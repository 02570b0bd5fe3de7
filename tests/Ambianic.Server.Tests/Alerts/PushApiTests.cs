using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;
using Ambianic.Tests.Messaging.Push;

namespace Ambianic.Server.Tests.Alerts;

public sealed class PushApiTests : IAsyncLifetime
{
    private const string Path = "/api/push/subscriptions";

    private readonly PushReceiver _receiver = new();
    private AlertHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await AlertHouse.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Key_Asked_IsAPointOfTheCurve()
    {
        var key = (string)(await GetAsync("/api/push/key"))["public_key"]!;

        Assert.Matches("^B[A-Za-z0-9_-]{86}$", key);
        Assert.Equal(key, (string?)(await GetAsync("/api/push/key"))["public_key"]);
    }

    [Fact]
    public async Task Subscribe_AsTheBrowserSays_IsListedWithoutWhatIsSecret()
    {
        using var answer = await SubscribeAsync(name: "Anna's phone", severity: "warning");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var device = Assert.Single((await GetAsync(Path))["subscriptions"]!.AsArray())!;
        Assert.Equal("Anna's phone", (string?)device["name"]);
        Assert.Equal("warning", (string?)device["min_severity"]);
        Assert.DoesNotContain("/send", device.ToJsonString(), StringComparison.Ordinal);
        var stored = Assert.Single(_house.Store.Subscriptions());
        Assert.Equal(_receiver.Subscription with { Id = stored.Id, Name = "Anna's phone", MinSeverity = AlertSeverity.Warning }, stored);
        Assert.Equal($"{Path}/{stored.Id}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Subscribe_SameEndpointAgain_ReplacesIt()
    {
        using var first = await SubscribeAsync(name: "Phone");
        using var second = await SubscribeAsync(name: "Anna's phone");

        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("Anna's phone", Assert.Single(_house.Store.Subscriptions()).Name);
    }

    [Theory]
    [InlineData("http://push.example.org/1", null, null, "endpoint must begin with https://")]
    [InlineData("https://192.168.1.1/", null, null, "endpoint must be a push service on the internet")]
    [InlineData(null, "all", null, "min_severity must be one of info, warning, critical")]
    [InlineData(null, null, "too long", "name must not be longer")]
    public async Task Subscribe_Wrong_SaysWhatIsRight(string? endpoint, string? severity, string? name, string expected)
    {
        using var answer = await SubscribeAsync(endpoint, name is null ? null : new string('a', 101), severity);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(_house.Store.Subscriptions());
    }

    [Fact]
    public async Task Subscribe_WithoutAnything_SaysWhatIsMissing()
    {
        using var answer = await _house.Client.PostAsJsonAsync(Path, new { }, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("endpoint", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OneOfTwo_LeavesTheOther()
    {
        using var made = await SubscribeAsync(name: "Phone");

        using var answer = await _house.Client.PatchAsJsonAsync(made.Headers.Location, new { min_severity = "critical" }, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var stored = Assert.Single(_house.Store.Subscriptions());
        Assert.Equal(("Phone", AlertSeverity.Critical), (stored.Name, stored.MinSeverity));
    }

    [Fact]
    public async Task Unsubscribe_Twice_IsNotFoundTheSecondTime()
    {
        using var made = await SubscribeAsync();

        using var first = await _house.Client.DeleteAsync(made.Headers.Location, Cancellation);
        using var second = await _house.Client.DeleteAsync(made.Headers.Location, Cancellation);
        using var change = await _house.Client.PatchAsJsonAsync(made.Headers.Location, new { name = "x" }, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, change.StatusCode);
        Assert.Empty(_house.Store.Subscriptions());
    }

    private async Task<JsonNode> GetAsync(string path) => (await _house.Client.GetFromJsonAsync<JsonNode>(path, Cancellation))!;

    private Task<HttpResponseMessage> SubscribeAsync(string? endpoint = null, string? name = null, string? severity = null) => _house.Client.PostAsJsonAsync(
        Path,
        new
        {
            endpoint = endpoint ?? _receiver.Subscription.Endpoint,
            expirationTime = (string?)null,
            keys = new { p256dh = _receiver.Subscription.P256dh, auth = _receiver.Subscription.Auth },
            name,
            min_severity = severity,
        },
        Cancellation);
}
