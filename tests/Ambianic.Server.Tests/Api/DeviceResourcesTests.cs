using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Inference.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ambianic.Server.Tests.Api;

/// <summary>Models, storage, the computer and the log, over HTTP.</summary>
public sealed class DeviceResourcesTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync("retention: {max_age_days: 30, max_size_mb: 500}");

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Models_OfTheCatalog_HaveLicenceAndSize()
    {
        var models = (await GetAsync("/api/models"))["models"]!.AsArray();

        Assert.Equal(ModelCatalog.All.Select(model => model.Name), models.Select(model => (string?)model!["name"]));
        var centernet = models.Single(model => (string?)model!["name"] == "centernet")!;
        Assert.Equal(("objects", true, 512, 80, false), ((string?)centernet["role"], (bool)centernet["is_default"]!, (int)centernet["width"]!, (int)centernet["classes"]!, (bool)centernet["is_in_use"]!));
        Assert.Contains("MIT", (string?)centernet["licence"], StringComparison.Ordinal);
        Assert.Equal((bool)centernet["is_fetched"]!, centernet["bytes"] is not null);
    }

    [Fact]
    public async Task Storage_SomeEvents_SaysHowMuchAndWhatRetentionDoes()
    {
        var now = TimeProvider.System.GetUtcNow();
        await _house.RememberAsync(1, "person", now.AddDays(-29.5));
        await _house.RememberAsync(2, "cat", now.AddDays(-2));

        var storage = await GetAsync("/api/storage");

        Assert.Equal((2, false, 1), ((long)storage["events"]!, (bool)storage["bytes_are_estimated"]!, (long)storage["may_expire_within_a_day"]!));
        Assert.Equal((30, 500), ((double)storage["retention"]!["max_age_days"]!, (double)storage["retention"]!["max_size_mb"]!));
        Assert.True((long)storage["bytes"]! > 1000);
        Assert.True((long)storage["disk"]!["free_bytes"]! > 0);
        Assert.Equal(now.AddDays(-29.5), (DateTimeOffset)storage["oldest"]!, TimeSpan.FromSeconds(1));
        Assert.Null(storage["room_runs_out_at"]); // age makes room before
    }

    [Fact]
    public async Task Storage_NoEvents_IsEmpty()
    {
        var storage = await GetAsync("/api/storage");

        Assert.Equal((0, 0, null), ((long)storage["events"]!, (long)storage["bytes"]!, (string?)storage["oldest"]));
    }

    [Fact]
    public async Task System_Always_TellsOfTheComputerAndTheProgram()
    {
        var system = await GetAsync("/api/system");

        Assert.Equal((Environment.ProcessorCount, TimeZoneInfo.Local.Id), ((int)system["cores"]!, (string?)system["time_zone"]));
        Assert.True((double)system["uptime_seconds"]! > 0);
        Assert.True((long)system["memory"]!["process_bytes"]! > 0);
        Assert.NotNull(system["version"]);
        Assert.True(system["ffmpeg"] is null ^ system["ffmpeg_fault"] is null);
    }

    [Fact]
    public async Task Logs_AskedForWithFilters_GivesTheLinesWithoutSecrets()
    {
        var logger = _house.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ambianic.Test");
        logger.RequestFailed(null, "/api/one", "rtsp://someone:topsecret@camera/x");
        var last = (long)(await GetAsync("/api/logs"))["last"]!;
        logger.RequestFailed(null, "/api/two", "the disk is full");
        logger.ConfigurationTakenOver("nothing");

        var all = (await GetAsync("/api/logs?limit=1000"))["lines"]!.AsArray();
        Assert.Contains(all, line => (string?)line!["text"] == "/api/one could not be answered: rtsp://***@camera/x");
        Assert.DoesNotContain("topsecret", all.ToJsonString(), StringComparison.Ordinal);

        var errors = (await GetAsync("/api/logs?level=error&text=DISK"))["lines"]!.AsArray().Single()!;
        Assert.Equal(("error", "Ambianic.Test", 7001, "/api/two could not be answered: the disk is full"), ((string?)errors["level"], (string?)errors["source"], (int)errors["event_id"]!, (string?)errors["text"]));

        var news = (await GetAsync($"/api/logs?after={last}"))["lines"]!.AsArray().Where(line => (string?)line!["source"] == "Ambianic.Test");
        Assert.Equal(["error", "info"], news.Select(line => (string?)line!["level"]));
    }

    [Theory]
    [InlineData("level=loud")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("after=yesterday")]
    public async Task Logs_WrongParameter_IsRefused(string query)
    {
        using var answer = await _house.Client.GetAsync(new Uri($"/api/logs?{query}", UriKind.Relative), Cancellation);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<JsonObject> GetAsync(string path) => (await _house.Client.GetFromJsonAsync<JsonObject>(path, Cancellation))!;
}
