using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Motion;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Api;

/// <summary>Pipelines over HTTP: how they are, and what people can do about them.</summary>
[Slow]
public sealed class PipelinesApiTests : IAsyncLifetime
{
    private LiveHouse _live = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SettingsHouse House => _live.House;

    public async ValueTask InitializeAsync()
    {
        _live = await LiveHouse.StartAsync();
        await _live.RunsAsync();
    }

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    [Fact]
    public async Task Pipelines_OneRuns_TellsStateCountersAndWhatItSees()
    {
        var (status, page) = await House.CallAsync("GET", "/api/pipelines");
        var (_, one) = await House.CallAsync("GET", "/api/pipelines/front");

        Assert.Equal(200, status);
        Assert.Equal("front", (string?)page!["pipelines"]!.AsArray().Single()!["name"]);
        Assert.Equal(("hall", "running", "visible"), ((string?)one!["source_id"], (string?)one["state"], (string?)one["visibility"]));
        Assert.True((long?)one["processed"] > 0);
        Assert.True((bool?)one["is_on"]);
        Assert.Empty(one["labels"]!.AsObject());
        Assert.Null(one["motion"]);
    }

    [Fact]
    public async Task Pipeline_WhoseFramesAreDecidedOn_TellsHowManyWereLookedAtAndWhy()
    {
        var scene = House.Services.GetRequiredService<Scenes>().Of("front");
        scene.Decided(LookReason.SceneChange);
        scene.Decided(LookReason.Quiet);
        scene.Decided(LookReason.Quiet);

        var motion = (await House.CallAsync("GET", "/api/pipelines/front")).Body!["motion"]!;

        Assert.Equal("quiet", (string?)motion["reason"]);
        Assert.Equal((2, 1, 0), ((int)motion["frames"]!["quiet"]!, (int)motion["frames"]!["scene_change"]!, (int)motion["frames"]!["full_look"]!));
    }

    [Fact]
    public async Task Stop_ThenStart_SwitchesItOffAndOnAgain()
    {
        Assert.Equal(204, (await House.CallAsync("POST", "/api/pipelines/front/stop")).Status);
        await Eventually.TrueAsync(async () => await StateAsync() == "stopped");
        var off = (await House.CallAsync("GET", "/api/pipelines/front")).Body!;
        var (healed, problem) = await House.CallAsync("POST", "/api/pipelines/front/heal");

        Assert.Equal((false, "it was switched off"), ((bool)off["is_on"]!, (string?)off["reason"]));
        Assert.Equal((409, "it does not run: it was switched off"), (healed, (string?)problem!["detail"]));

        Assert.Equal(204, (await House.CallAsync("POST", "/api/pipelines/front/start")).Status);
        await Eventually.TrueAsync(async () => await StateAsync() == "running");
    }

    [Fact]
    public async Task Heal_ARunningPipeline_RecreatesIt()
    {
        Assert.Equal(204, (await House.CallAsync("POST", "/api/pipelines/front/heal")).Status);

        await Eventually.TrueAsync(async () =>
            (await House.CallAsync("GET", "/api/pipelines/front")).Body is { } now && (long?)now["rebuilt"] == 1 && (string?)now["state"] == "running");
    }

    [Fact]
    public async Task Snooze_SomeMinutes_IsShownUntilItIsEnded()
    {
        Assert.Equal(400, (await House.CallAsync("POST", "/api/pipelines/front/snooze", new { minutes = 0 })).Status);
        Assert.Equal(204, (await House.CallAsync("POST", "/api/pipelines/front/snooze", new { minutes = 30 })).Status);
        await Eventually.TrueAsync(async () => await SnoozedAsync() is not null);

        Assert.Equal(204, (await House.CallAsync("DELETE", "/api/pipelines/front/snooze")).Status);
        await Eventually.TrueAsync(async () => await SnoozedAsync() is null);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/start")]
    [InlineData("POST", "/stop")]
    [InlineData("POST", "/heal")]
    [InlineData("DELETE", "/snooze")]
    [InlineData("GET", "/snapshot.jpg")]
    [InlineData("GET", "/live.mjpg")]
    public async Task Call_APipelineThatIsNotThere_SaysSo(string method, string call)
    {
        var (status, problem) = await House.CallAsync(method, $"/api/pipelines/nobody{call}");

        Assert.Equal((404, "there is no such pipeline; GET /api/pipelines lists them"), (status, (string?)problem!["detail"]));
    }

    [Fact]
    public async Task Carer_OfTheHouse_HealsButDoesNotSwitchOff()
    {
        using var carer = _live.Program(AccessRole.Carer);
        using var healed = await carer.PostAsync(new Uri("/api/pipelines/front/heal", UriKind.Relative), null, Cancellation);
        using var stopped = await carer.PostAsync(new Uri("/api/pipelines/front/stop", UriKind.Relative), null, Cancellation);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Forbidden), (healed.StatusCode, stopped.StatusCode));
        Assert.True((bool?)(await carer.GetFromJsonAsync<JsonObject>("/api/pipelines/front", Cancellation))!["is_on"]);
    }

    private async Task<string?> StateAsync() => (string?)(await House.CallAsync("GET", "/api/pipelines/front")).Body!["state"];

    private async Task<string?> SnoozedAsync() => (string?)(await House.CallAsync("GET", "/api/pipelines/front")).Body!["snoozed_until"];
}
