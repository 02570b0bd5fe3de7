using System.Net;
using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Api;

/// <summary>Settings that are changed through the API are written, in force, and there after a restart.</summary>
public sealed class SettingsApiTests : IAsyncLifetime
{
    private const string Configuration = """
        display_name: Home
        api: {cors_origins: ["https://ui.example.org"]}
        sources:
          door: {uri: "rtsp://someone:topsecret@127.0.0.1:1/door"}
        pipelines:
          front: [source: door]
        notifications:
          default:
            enabled: false
            providers: ["mailto://me:anothersecret@127.0.0.1:1"]
        """;

    private SettingsHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await SettingsHouse.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("Kitchen%20Device", "Kitchen Device")]
    [InlineData("a%2Fb%252F%3F", "a/b%2F?")]
    [InlineData("Gro%C3%9Fmutters%20K%C3%BCche", "Großmutters Küche")]
    [InlineData("%22yes%22%3A%20%5B%23", "\"yes\": [#")]
    public async Task DisplayName_IsSet_IsInForceAndWritten(string path, string name)
    {
        Assert.Equal(204, (await _house.CallAsync("PUT", $"/api/device/display_name/{path}")).Status);

        Assert.Equal(name, (string?)(await _house.CallAsync("GET", "/api/device/display_name")).Body);
        Assert.Equal(name, (string?)(await _house.CallAsync("GET", "/api/status")).Body!["display_name"]);
        Assert.Contains("display_name: ", _house.Local, StringComparison.Ordinal);
        Assert.StartsWith(Configuration, await File.ReadAllTextAsync(Path.Combine(_house.Folder, "config.yaml"), Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("display_name/")]
    [InlineData("display_name")]
    [InlineData("display_name/%20")]
    public async Task DisplayName_Empty_IsRefused(string path)
    {
        var (status, body) = await _house.CallAsync("PUT", $"/api/device/{path}");

        Assert.Equal(422, status);
        Assert.Contains("1 to 200", (string?)body!["detail"], StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Theory]
    [InlineData("/api/device/display_name/%40format%20%7Bthis.sources.door.uri%7D", null)]
    [InlineData("/api/device/display_name/%20%40str%20x", null)]
    [InlineData("/api/config/source", "@format {this.sources.door.uri}")]
    [InlineData("/api/config/source", "rtsp://127.0.0.1:1/${HOME}")]
    [InlineData("/api/config/source", "rtsp://127.0.0.1:1/{FRIGATE_RTSP_PASSWORD}")]
    public async Task Put_ValueThatWouldTakeInASecret_IsRefused(string path, string? uri)
    {
        var (status, _) = await _house.CallAsync("PUT", path, uri is null ? null : new { id = "gate", uri, type = "video", live = true });

        Assert.Equal(422, status);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task EnableNotifications_EntryIsSwitchedOff_IsSwitchedOnAndOffAgain()
    {
        Assert.False((bool?)(await _house.CallAsync("GET", "/api/status")).Body!["notifications_enabled"]);

        Assert.Equal(204, (await _house.CallAsync("PUT", "/api/notifications/enable/true")).Status);
        await Eventually.TrueAsync(() => _house.WouldSend); // alerting reads the configuration again by itself
        Assert.True((bool?)(await _house.CallAsync("GET", "/api/status")).Body!["notifications_enabled"]);
        Assert.True((bool?)(await _house.CallAsync("GET", "/api/config")).Body!["notifications"]!["default"]!["enabled"]);

        Assert.Equal(204, (await _house.CallAsync("PUT", "/api/notifications/enable/false")).Status);
        Assert.False((bool?)(await _house.CallAsync("GET", "/api/status")).Body!["notifications_enabled"]);
        Assert.Contains("enabled: false", _house.Local, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IftttKey_IsSet_IsInForceBesideTheOtherProvidersAndShownNowhere()
    {
        Assert.Equal(204, (await _house.CallAsync("PUT", "/api/integrations/ifttt/api_key/dQw4w9WgXcQ-key")).Status);
        Assert.Equal(204, (await _house.CallAsync("PUT", "/api/integrations/ifttt/api_key/second_Key-99")).Status);

        var config = (await _house.CallAsync("GET", "/api/config")).Body!;
        Assert.Equal(["mailto://***", "ifttt://***"], config["notifications"]!["default"]!["providers"]!.AsArray().Select(provider => (string?)provider));
        Assert.Equal("***", (string?)config["ifttt_webhook_id"]);
        Assert.DoesNotContain("second_Key", config.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("ifttt_webhook_id: second_Key-99", _house.Local, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a%20b")]
    [InlineData("a%40b")]
    [InlineData("key%0A")]
    public async Task IftttKey_IsNone_IsRefused(string key) =>
        Assert.Equal(422, (await _house.CallAsync("PUT", $"/api/integrations/ifttt/api_key/{key}")).Status);

    [Fact]
    public async Task Source_IsAddedChangedAndRemoved()
    {
        var (status, added) = await _house.CallAsync("PUT", "/api/config/source", new { id = "gate", uri = "rtsp://me:gatesecret@127.0.0.1:1/gate", type = "video", live = true });
        Assert.Equal(200, status);
        Assert.Equal(("gate", "rtsp://***@127.0.0.1:1/gate", "video", true), ((string?)added!["id"], (string?)added["uri"], (string?)added["type"], (bool?)added["live"]));

        // a client that changes one setting sends back the address as it was shown
        var (_, changed) = await _house.CallAsync("PUT", "/api/config/source", new { id = "gate", uri = "rtsp://***@127.0.0.1:1/gate", type = "image", live = false });
        Assert.Equal(("image", false), ((string?)changed!["type"], (bool?)changed["live"]));
        Assert.Contains("gatesecret", _house.Local, StringComparison.Ordinal);
        Assert.Equal(changed.ToJsonString(), (await _house.CallAsync("GET", "/api/config/source/gate")).Body!.ToJsonString());

        Assert.Equal("""{"status":"success"}""", (await _house.CallAsync("DELETE", "/api/config/source/gate")).Body!.ToJsonString());
        foreach (var method in (string[])["DELETE", "GET"])
        {
            var (missing, body) = await _house.CallAsync(method, "/api/config/source/gate");
            Assert.Equal(404, missing);
            Assert.Equal("""{"detail":"source id not found"}""", body!.ToJsonString());
        }

        Assert.DoesNotContain("gatesecret", _house.Local, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("/dev/video0", null)]
    [InlineData("picamera", null)]
    [InlineData("recording.mp4", null)]
    [InlineData("exec:cat", null)]
    [InlineData("http://127.0.0.1:1/list", "concat")]
    public async Task Source_OfThisComputer_IsForbidden(string uri, string? format)
    {
        var (status, body) = await _house.CallAsync("PUT", "/api/config/source", new { id = "here", uri, type = "video", format });

        Assert.Equal(403, status);
        Assert.Contains("allow_local_sources", (string?)body!["detail"], StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task Source_WithAFormatOfItsFile_GetsNoOtherAddress()
    {
        await using var house = await SettingsHouse.StartAsync("sources: {list: {uri: 'rtsp://127.0.0.1:1/list', format: concat}}\npipelines: {hall: [source: list]}");
        var (status, body) = await house.CallAsync("PUT", "/api/config/source", new { id = "list", uri = "http://127.0.0.1:1/list" });

        Assert.Equal(403, status);
        Assert.Contains("allow_local_sources", (string?)body!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_OfThisComputerAndAllowed_IsTaken()
    {
        await using var house = await SettingsHouse.StartAsync("api: {allow_local_sources: true}\npipelines: {front: [source: webcam]}");

        var (status, body) = await house.CallAsync("PUT", "/api/config/source", new { id = "here", uri = "/dev/video3", type = "video" });

        Assert.Equal((200, "/dev/video3"), (status, (string?)body!["uri"]));
    }

    [Theory]
    [InlineData("", "rtsp://127.0.0.1/1", "video", "id is missing")]
    [InlineData("a/b", "rtsp://127.0.0.1/1", "video", "must not hold '/'")]
    [InlineData("gate", "", "video", "uri is missing")]
    [InlineData("gate", "rtsp://***@127.0.0.1/1", "video", "write the secret itself")]
    [InlineData("gate", "rtsp://127.0.0.1/1", "film", "config.local.yaml")]
    [InlineData("gate", "rtsp://127.0.0.1:99999/1", "video", "99999")]
    [InlineData("rtsp://a:b@c/", "rtsp://127.0.0.1/1", "video", "must not hold an address")]
    public async Task Source_Wrong_IsRefusedWithTheReason(string id, string uri, string type, string reason)
    {
        var (status, body) = await _house.CallAsync("PUT", "/api/config/source", new { id, uri, type });

        Assert.Equal(422, status);
        Assert.Contains(reason, (string?)body!["detail"], StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task Source_ImmenseAddress_IsRefused()
    {
        var (status, _) = await _house.CallAsync("PUT", "/api/config/source", new { id = "gate", uri = "rtsp://127.0.0.1/" + new string('a', 900_000), type = "video" });

        Assert.Equal(422, status);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task Source_OfTheUsersFile_IsNotRemovedAndThePlaceIsSaid()
    {
        var (status, body) = await _house.CallAsync("DELETE", "/api/config/source/door");

        Assert.Equal(409, status);
        Assert.Contains("config.yaml:4:3", (string?)body!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnySetting_ConfigurationHasErrors_IsRefusedWithThem()
    {
        await File.AppendAllTextAsync(Path.Combine(_house.Folder, "config.yaml"), "\nlive: yes\n", Cancellation);

        var (status, body) = await _house.CallAsync("PUT", "/api/device/display_name/Kitchen");

        Assert.Equal(422, status);
        Assert.Contains("live", (string?)Assert.Single(body!["problems"]!.AsArray()), StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task AnySetting_ManyAtOnce_AreAllWritten()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number => Assert.Equal(
            200, (await _house.CallAsync("PUT", "/api/config/source", new { id = $"camera_{number}", uri = $"rtsp://127.0.0.1:1/{number}", type = "video" })).Status)));

        var sources = (await _house.CallAsync("GET", "/api/config")).Body!["sources"]!.AsObject();
        Assert.Equal(9, sources.Count);
    }

    [Theory]
    [InlineData("https://ui.example.org", true)]
    [InlineData("https://evil.example.org", false)]
    [InlineData("null", false)]
    public async Task Cors_Origin_IsAllowedWhenItIsListed(string origin, bool isAllowed)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Options, "/api/device/display_name/x");
        ask.Headers.Add("Origin", origin);
        ask.Headers.Add("Access-Control-Request-Method", "PUT");
        using var preflight = await _house.Client.SendAsync(ask, Cancellation);
        Assert.Equal(isAllowed, preflight.Headers.TryGetValues("Access-Control-Allow-Origin", out _));

        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/device/display_name/x");
        put.Headers.Add("Origin", origin);
        put.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await _house.Client.SendAsync(put, Cancellation);
        Assert.Equal(isAllowed ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden, answer.StatusCode);

        using var get = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        get.Headers.Add("Origin", origin);
        using var read = await _house.Client.SendAsync(get, Cancellation);
        Assert.Equal(isAllowed ? [origin] : [], read.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed : []);
    }

    [Theory]
    [InlineData("/docs", "docs.js")]
    [InlineData("/openapi.json", "\"/api/device/display_name/{name}\"")]
    public async Task Documentation_IsServed(string path, string holds) =>
        Assert.Contains(holds, await _house.Client.GetStringAsync(path, Cancellation), StringComparison.Ordinal);

    [Fact]
    public async Task Demo_WithoutConfigurationFiles_SaysThatNothingCanBeSaved()
    {
        await using var house = await ServedHouse.StartAsync();

        using var answer = await house.Client.PutAsync("/api/device/display_name/x", null, Cancellation);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("ambianic run", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["detail"], StringComparison.Ordinal);
    }
}
