using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Server.Tests.Api;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

public sealed class ApiTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => _house.Client;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("/", "Ambianic Edge!")]
    [InlineData("/healthcheck", "is running")]
    [InlineData("/api/ping", "pong")]
    public async Task Get_CallOfTheReferenceClient_AnswersJsonString(string path, string expected)
    {
        var answer = await Client.GetFromJsonAsync<string>(path, Cancellation);

        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_AskedByBrowser_LeadsToThePage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml");

        using var answer = await Client.SendAsync(request, Cancellation);

        Assert.Contains("<main id=\"timeline\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reference_TableOfCalls_IsThatOfTheDescription()
    {
        var document = await Client.GetFromJsonAsync<JsonObject>("/api/openapi.json", Cancellation);

        DocumentTable.AssertIs(ProjectFiles.Locate("docs/reference/api.md"), "<!-- calls -->", CallTable.Of(document!));
    }

    [Fact]
    public async Task Status_Always_NamesTheDevice()
    {
        var status = await Client.GetFromJsonAsync<JsonObject>("/api/status", Cancellation);

        Assert.Equal("OK", (string?)status!["status"]);
        Assert.Equal("Grandma's house", (string?)status["display_name"]);
        Assert.True((bool?)status["notifications_enabled"]);
        Assert.False(string.IsNullOrEmpty((string?)status["version"]));
    }

    [Fact]
    public async Task Health_DisabledPipeline_IsShownWithItsReason()
    {
        JsonNode? pipeline = null;
        for (var attempt = 0; pipeline is null && attempt < 100; attempt++)
        {
            var health = await Client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
            pipeline = health!["pipelines"]!.AsArray().FirstOrDefault();
            await Task.Yield();
        }

        Assert.Equal("broken", (string?)pipeline!["name"]);
        Assert.Equal("disabled", (string?)pipeline["state"]);
        Assert.Contains("nowhere", (string?)pipeline["last_error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeline_SevenEvents_AreServedFiveAPageNewestFirst()
    {
        var ids = new List<string>();
        for (var minute = 0; minute < 7; minute++)
        {
            ids.Insert(0, (await _house.RememberAsync(minute, minute % 2 == 0 ? "person" : "cat")).Id);
        }

        Assert.Equal(ids[..5], await IdsAsync("/api/timeline?pipeline=front"));
        Assert.Equal(ids[5..], await IdsAsync("/api/timeline.json?page=2&pipeline=front"));
        Assert.Empty(await IdsAsync("/api/timeline?page=3&pipeline=front"));
        Assert.Equal(3, (await IdsAsync("/api/timeline?label=cat")).Count);
        Assert.Empty(await IdsAsync("/api/timeline?pipeline=elsewhere"));
    }

    [Theory]
    [InlineData("timeline?page=0", "page counts from 1")]
    [InlineData("timeline?page=-1", "page counts from 1")]
    [InlineData("timeline?page=2000000000&page_size=100", "page counts from 1")]
    [InlineData("timeline?page_size=101", "1 to 100")]
    [InlineData("timeline?page=many", "many")]
    [InlineData("timeline?from=yesterday", "yesterday")]
    [InlineData("timeline?from=2026-05-02&to=2026-05-01", "from is later than to")]
    [InlineData("coverage?to=tomorrow", "tomorrow")]
    [InlineData("visibility?to=tomorrow", "tomorrow")]
    [InlineData("visibility?from=2026-05-02&to=2026-05-01", "from is later than to")]
    [InlineData("coverage?from=2026-05-02&to=2026-05-01", "from is later than to")]
    public async Task Get_SenselessQuery_IsRefusedWithTheReason(string query, string reason)
    {
        using var answer = await Client.GetAsync($"/api/{query}", Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeline_DatabaseIsDamaged_SaysWhatHelps()
    {
        await _house.RememberAsync(1, "person");
        _house.DamageDatabase();

        using var answer = await Client.GetAsync("/api/timeline", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var detail = (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["detail"];
        Assert.Contains("rebuilt from the event files", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimelineLive_NewEvent_ArrivesWhileListening()
    {
        using var answer = await Client.GetAsync("/api/timeline/live", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));

        var remembered = await _house.RememberAsync(1, "person");
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Cancellation);
        }
        while (line is not null && !line.StartsWith("data: {", StringComparison.Ordinal));

        Assert.Contains(remembered.Id, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pin_Event_IsShownAsKeptUntilItIsLetGo()
    {
        var remembered = await _house.RememberAsync(1, "person");
        var pin = $"/api/events/{remembered.Id}/pin";

        using var kept = await Client.PutAsync(pin, null, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
        Assert.True((bool?)(await EventAsync())["pinned"]);

        using var letGo = await Client.DeleteAsync(pin, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, letGo.StatusCode);
        Assert.Null((await EventAsync())["pinned"]);

        using var unknown = await Client.PutAsync("/api/events/nobody/pin", null, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        async Task<JsonObject> EventAsync() =>
            (await Client.GetFromJsonAsync<JsonObject>("/api/timeline?pipeline=front", Cancellation))!["timeline"]![0]!.AsObject();
    }

    [Fact]
    public async Task Data_PictureOfAnEvent_IsServed()
    {
        var remembered = await _house.RememberAsync(1, "person");

        using var picture = await Client.GetAsync($"/api/data/{remembered.RelDir}/{remembered.ImageFileName}", Cancellation);
        var json = await Client.GetFromJsonAsync<JsonObject>($"/api/data/{remembered.RelDir}/{remembered.JsonFileName}", Cancellation);

        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0xFFD8, FirstTwo(await picture.Content.ReadAsByteArrayAsync(Cancellation)));
        Assert.Equal(remembered.Id, (string?)json!["id"]);
    }

    [Theory]
    [InlineData("/api/data/events.db")]
    [InlineData("/api/data/detections/../events.db")]
    [InlineData("/api/data/detections/%2e%2e/events.db")]
    [InlineData("/api/data/detections/..%2fevents.db")]
    [InlineData("/api/data/detections/..%5cevents.db")]
    [InlineData("/api/data/detections/%252e%252e/events.db")]
    [InlineData("/api/data/detections//etc/passwd")]
    [InlineData("/api/data/detections/../../config.yaml")]
    [InlineData("/api/data/../../../../../../etc/passwd")]
    [InlineData("/../config.yaml")]
    [InlineData("/api/data/detections/")]
    public async Task Data_PathThatLeadsElsewhere_IsNotFound(string path)
    {
        await _house.RememberAsync(1, "person");

        var answer = await AskRawAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (404|400) ", answer);
    }

    [Fact]
    public async Task AnyCall_HostNameOfAnotherSite_IsRefused()
    {
        var answer = await AskRawAsync("GET /api/timeline HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_WithSecrets_IsMasked()
    {
        var text = await Client.GetStringAsync("/api/config", Cancellation);

        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal("rtsp://***@127.0.0.1:1/door", (string?)JsonNode.Parse(text)!["sources"]!["door"]!["uri"]);
    }

    [Fact]
    public async Task OpenApi_Always_DescribesEveryCall()
    {
        var document = await Client.GetFromJsonAsync<JsonObject>("/api/openapi.json", Cancellation);
        var paths = document!["paths"]!.AsObject().Select(path => path.Key).ToList();

        Assert.Superset(
            new HashSet<string>(["/api/ping", "/api/status", "/api/health", "/api/timeline", "/api/timeline/live", "/api/events/{id}/pin", "/api/config", "/healthz"]),
            paths.ToHashSet());
        Assert.NotNull(document["paths"]!["/api/timeline"]!["get"]!["responses"]!["200"]!["content"]);
    }

    private static int FirstTwo(byte[] bytes) => (bytes[0] << 8) | bytes[1];

    private async Task<string> AskRawAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port, Cancellation);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private async Task<List<string>> IdsAsync(string path)
    {
        var page = await Client.GetFromJsonAsync<JsonObject>(path, Cancellation);
        Assert.Equal("success", (string?)page!["status"]);
        return [.. page["timeline"]!.AsArray().Select(entry => (string)entry!["id"]!)];
    }
}
