using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Api;

/// <summary>The configuration files are shown without secrets, and the one that the program writes can be replaced without losing anything.</summary>
public sealed class ConfigFilesApiTests : IAsyncLifetime
{
    private const string Main = """
        display_name: Home
        sources:
          door: {uri: "rtsp://someone:topsecret@127.0.0.1:1/door"}
        pipelines:
          front: [source: door]
        """;

    private const string Local = """
        # My own: rtsp://old:oldsecret@127.0.0.1:1/gate
        sources:
          gate:
            uri: rtsp://someone:gatesecret@127.0.0.1:1/gate # the gate
        mqtt: {broker: {user: house, password: mqttsecret}}

        """;

    private static readonly string[] Secrets = ["topsecret", "oldsecret", "gatesecret", "mqttsecret", "newsecret"];

    private SettingsHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string LocalPath => Path.Combine(_house.Folder, "config.local.yaml");

    public async ValueTask InitializeAsync() => _house = await SettingsHouse.StartAsync(Main);

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Files_WithSecrets_AreShownWithoutThem()
    {
        await ReplaceAsync(Local);

        var (status, body) = await _house.CallAsync("GET", "/api/config/files");

        Assert.Equal(200, status);
        Assert.Equal(["secrets.yaml", "config.yaml", "local"], body!["files"]!.AsArray().Select(file => (string?)file!["id"]));
        Assert.Equal([false, false, true], body["files"]!.AsArray().Select(file => (bool)file!["written"]!));
        Assert.Equal([false, true, true], body["files"]!.AsArray().Select(file => (bool)file!["exists"]!));
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, body.ToJsonString(), StringComparison.Ordinal));
        var text = (string)body["files"]![2]!["text"]!;
        Assert.Contains("uri: \"rtsp://***@127.0.0.1:1/gate\" # the gate", text, StringComparison.Ordinal);
        Assert.Contains("password: \"***\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_TextAsItWasShown_ChangesNothing()
    {
        await ReplaceAsync(Local);
        var before = _house.Local;
        var file = await FileAsync();

        var (status, _) = await PutAsync((string)file["text"]!, (string)file["etag"]!);

        Assert.Equal(200, status);
        Assert.Equal(Local, before);
        Assert.Equal(before, _house.Local);
        Assert.Equal(before.Length, (await File.ReadAllTextAsync(LocalPath, Cancellation)).Length);
    }

    [Fact]
    public async Task Replace_EditedText_IsInForceAndKeepsItsSecrets()
    {
        await ReplaceAsync(Local);
        var file = await FileAsync();
        var edited = "display_name: Kitchen\n" + ((string)file["text"]!).Replace("user: house", "user: garden", StringComparison.Ordinal);

        var (status, body) = await PutAsync(edited, (string)file["etag"]!);

        Assert.Equal(200, status);
        Assert.Equal("display_name: Kitchen\n" + Local.Replace("user: house", "user: garden", StringComparison.Ordinal), _house.Local);
        Assert.NotEqual((string?)file["etag"], (string?)body!["etag"]);
        Assert.Equal("Kitchen", (string?)(await _house.CallAsync("GET", "/api/device/display_name")).Body);
        Assert.StartsWith(Main, await File.ReadAllTextAsync(Path.Combine(_house.Folder, "config.yaml"), Cancellation), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LocalPath));
        }
    }

    [Theory]
    [InlineData("sources: {gate: {uri: \"rtsp://***@evil.example/gate\"}}", "sources.gate.uri")]
    [InlineData("sources: {other: {uri: \"rtsp://***@127.0.0.1:1/gate\"}}", "sources.other.uri")]
    [InlineData("mqtt: {broker: {user: \"***\"}}", "mqtt.broker.user")]
    public async Task Replace_MaskElsewhere_IsRefusedAtItsPlace(string text, string path)
    {
        await ReplaceAsync(Local);

        var (status, body) = await PutAsync(text, (string)(await FileAsync())["etag"]!);

        Assert.Equal(422, status);
        var problem = Assert.Single(body!["problems"]!.AsArray(), problem => (string?)problem!["path"] == path)!;
        Assert.Contains("write the secret itself", (string?)problem["message"], StringComparison.Ordinal);
        Assert.Equal(1, (int)problem["line"]!);
        Assert.Equal(Local, _house.Local);
    }

    [Theory]
    [InlineData("display_name: \"@format {this.sources.door.uri}\"")]
    [InlineData("heartbeat: {url: \"https://evil.example/${HOME}\"}")]
    [InlineData("display_name: \"{env[HOME]}\"")]
    public async Task Replace_ValueThatWouldTakeInASecret_IsRefused(string text)
    {
        var (status, body) = await ReplaceAsync(text);

        Assert.Equal(422, status);
        Assert.Contains("by hand", body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Theory]
    [InlineData("sources: {gate: {uri: /etc/passwd}}")]
    [InlineData("sources: {gate: {uri: \"rtsp://127.0.0.1:1/gate\", format: concat}}")]
    [InlineData("pipelines: {back: [source: {uri: \"file:///etc/passwd\"}]}")]
    [InlineData("api: {allow_local_sources: true}")]
    [InlineData("data_dir: /tmp/elsewhere")]
    [InlineData("logging: {file: /etc/cron.d/x}")]
    public async Task Replace_ReachesIntoTheComputer_IsForbidden(string text)
    {
        var (status, body) = await ReplaceAsync(text);

        Assert.Equal(403, status);
        Assert.Contains("allow_local_sources", body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task Replace_WrongText_IsRefusedWithAllProblems()
    {
        var (status, body) = await ReplaceAsync("display_name: [\nsources:\n");
        Assert.Equal(422, status);
        Assert.NotEmpty(body!["problems"]!.AsArray());

        (status, body) = await ReplaceAsync("displayname: x\nhealth:\n  stalled_seconds: -1\n");

        Assert.Equal(422, status);
        Assert.Equal([(1, 1), (3, 20)], body!["problems"]!.AsArray().Select(problem => ((int)problem!["line"]!, (int)problem["column"]!)));
        Assert.Equal("", _house.Local);
        Assert.Empty((await _house.CallAsync("GET", "/api/config/history")).Body!["history"]!.AsArray());
    }

    [Fact]
    public async Task Replace_WithoutIfMatchOrAfterAChange_IsRefused()
    {
        var (status, _) = await PutAsync("display_name: A", null);
        Assert.Equal(428, status);

        var etag = (string)(await FileAsync())["etag"]!;
        await File.WriteAllTextAsync(LocalPath, "display_name: B\n", Cancellation);
        (status, _) = await PutAsync("display_name: A", etag);

        Assert.Equal(412, status);
        Assert.Equal("display_name: B\n", _house.Local);
    }

    [Fact]
    public async Task Replace_ManyWithTheSameTag_OneWins()
    {
        var etag = (string)(await FileAsync())["etag"]!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number => (number, (await PutAsync($"display_name: Writer {number}\n", etag)).Status)));

        var (winner, _) = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(7, answers.Count(answer => answer.Status == 412));
        Assert.Equal($"display_name: Writer {winner}\n", _house.Local);
    }

    [Fact]
    public async Task File_IsKnown_IsNotSentAgain()
    {
        using var first = await _house.Client.GetAsync(new Uri("/api/config/files/local", UriKind.Relative), Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/config/files/local");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _house.Client.SendAsync(request, Cancellation);

        Assert.Equal(304, (int)second.StatusCode);
    }

    [Fact]
    public async Task File_IsBroken_IsNotShown()
    {
        await File.WriteAllTextAsync(LocalPath, "mqtt: {password: newsecret\nx", Cancellation);

        var file = await FileAsync();

        Assert.Null(file["text"]);
        Assert.Contains("not valid YAML", (string?)file["problem"], StringComparison.Ordinal);
        Assert.DoesNotContain("newsecret", file.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await PutAsync("display_name: Mended\n", (string)file["etag"]!)).Status);
    }

    [Fact]
    public async Task History_AfterChanges_ShowsWhatHasChangedAndPutsItBack()
    {
        await ReplaceAsync(Local);
        await ReplaceAsync(Local.Replace("mqttsecret", "newsecret", StringComparison.Ordinal).Replace("house", "garden", StringComparison.Ordinal));

        var history = (await _house.CallAsync("GET", "/api/config/history")).Body!["history"]!.AsArray();
        Assert.Equal([2, 1], history.Select(version => (int)version!["id"]!));
        var (_, version) = await _house.CallAsync("GET", "/api/config/history/2");
        Assert.Contains("-mqtt: {broker: {user: house, password: \"***\"}}\n+mqtt: {broker: {user: garden, password: \"***\"}}\n", (string?)version!["diff"], StringComparison.Ordinal);
        Assert.Equal(["mqtt.broker.password"], version["changed_secrets"]!.AsArray().Select(path => (string?)path));
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, version.ToJsonString(), StringComparison.Ordinal));
        var folder = Path.Combine(_house.Folder, "data", "config-history");
        Assert.All(Directory.GetFiles(folder), file => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)));

        var (status, _) = await _house.CallAsync("POST", "/api/config/history/2/restore");

        Assert.Equal(200, status);
        Assert.Equal(Local, _house.Local);
        Assert.Equal(3, (await _house.CallAsync("GET", "/api/config/history")).Body!["history"]!.AsArray().Count);
        Assert.Equal(404, (await _house.CallAsync("GET", "/api/config/history/77")).Status);
        Assert.Equal(404, (await _house.CallAsync("POST", "/api/config/history/77/restore")).Status);
    }

    [Fact]
    public async Task Restore_VersionThatIsNotValidAnyMore_IsRefused()
    {
        await ReplaceAsync("sources: {gate: {uri: \"rtsp://127.0.0.1:1/gate\"}}\npipelines: {back: [source: gate]}\n");
        await ReplaceAsync("sources: {gate: {uri: \"rtsp://127.0.0.1:1/gate\"}}\n");
        await File.WriteAllTextAsync(Path.Combine(_house.Folder, "config.yaml"), Main + "\nlogging: {console_level: ERROR}\npipelines: {}\n", Cancellation); // a key twice

        var (status, body) = await _house.CallAsync("POST", "/api/config/history/2/restore");

        Assert.Equal(422, status);
        Assert.NotEmpty(body!["problems"]!.AsArray());
    }

    [Fact]
    public async Task Setting_OfAnotherCall_IsInTheHistory()
    {
        await ReplaceAsync("display_name: First\n");
        Assert.Equal(204, (await _house.CallAsync("PUT", "/api/device/display_name/Second")).Status);

        Assert.Contains("-display_name: First\n+display_name: Second\n", (string?)(await _house.CallAsync("GET", "/api/config/history/2")).Body!["diff"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipelines: {a: [source: {uri: \"rtsp://127.0.0.1:1/a\"}]}\n", null, true, 0)]
    [InlineData("sources: {}\nbogus: 1\npipelines: {a: [source: nowhere]}\n", null, false, 2)]
    [InlineData("display_name: x\n", "local", true, 0)]
    [InlineData("a: [b\n", "local", false, 1)]
    [InlineData("pipelines: {front: [source: nowhere]}\n", "local", false, 1)]
    public async Task Validate_Text_TellsAllProblemsAndStoresNothing(string text, string? file, bool valid, int problems)
    {
        var (status, body) = await _house.CallAsync("POST", "/api/config/validate", new { text, file });

        Assert.Equal(200, status);
        Assert.Equal(valid, (bool)body!["valid"]!);
        Assert.Equal(problems, body["problems"]!.AsArray().Count);
        Assert.All(body["problems"]!.AsArray(), problem => Assert.True((int)problem!["line"]! > 0 && (int)problem["column"]! > 0));
        Assert.Equal("", _house.Local);
    }

    [Fact]
    public async Task Validate_NoTextOrUnknownFile_IsRefused()
    {
        Assert.Equal(400, (await _house.CallAsync("POST", "/api/config/validate", new { file = "local" })).Status);
        Assert.Equal(404, (await _house.CallAsync("POST", "/api/config/validate", new { text = "", file = "nothing" })).Status);
        Assert.Equal(404, (await _house.CallAsync("GET", "/api/config/files/nothing")).Status);
    }

    [Fact]
    public async Task Audit_AfterWritesAndLooks_HasTheWrites()
    {
        using (var access = new AccessDatabase(Path.Combine(_house.Folder, "data"), TimeProvider.System)) // as another process does
        {
            var (token, stored) = Tokens.New("test", AccessRole.Admin, null, TimeProvider.System);
            Assert.Null(access.Add(new UserAccount("anna", Passwords.Hash("seven brown herons"), AccessRole.Admin, TimeProvider.System.GetUtcNow())));
            Assert.Null(access.Add(stored));
            _house.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        await ReplaceAsync("display_name: A\n");
        await ReplaceAsync("display_name: B\n");
        await _house.CallAsync("POST", "/api/config/validate", new { text = "" });
        await _house.CallAsync("POST", "/api/config/history/2/restore");

        var audit = (await _house.CallAsync("GET", "/api/audit")).Body!["audit"]!.AsArray().Select(entry => (string?)entry!["what"]);
        Assert.Equal(["POST /api/config/history/2/restore", "PUT /api/config/files/local", "PUT /api/config/files/local"], audit);
        Assert.Equal("token test", (string?)(await _house.CallAsync("GET", "/api/config/history")).Body!["history"]![0]!["replaced_by"]);
    }

    private async Task<(int Status, JsonNode? Body)> ReplaceAsync(string text) => await PutAsync(text, (string)(await FileAsync())["etag"]!);

    private async Task<JsonNode> FileAsync() => (await _house.CallAsync("GET", "/api/config/files/local")).Body!;

    private async Task<(int Status, JsonNode? Body)> PutAsync(string text, string? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/config/files/local") { Content = JsonContent.Create(new { text }) };
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        using var answer = await _house.Client.SendAsync(request, Cancellation);
        var content = await answer.Content.ReadAsStringAsync(Cancellation);
        return ((int)answer.StatusCode, content.Length == 0 ? null : JsonNode.Parse(content));
    }
}
