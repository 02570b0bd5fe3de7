using System.Net;
using System.Text.Json.Nodes;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Visits;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Api;

public sealed class VisitsApiTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Visits_EarlierEvents_AreVisitsOfOnePicture()
    {
        var seen = await _house.RememberAsync(1, "person");

        var visit = Assert.Single((JsonArray)(await GetAsync("/api/visits"))["visits"]!)!;

        Assert.Equal(seen.Id, (string?)visit["id"]);
        Assert.Equal(("front", "person", 0), ((string?)visit["pipeline"], (string?)visit["label"], (double)visit["dwell_seconds"]!));
        Assert.Equal(seen.ThumbnailFileName, (string?)visit["best_picture"]!["thumbnail_file_name"]);
        Assert.Equal("null", visit["track_id"]?.ToJsonString() ?? "null");
    }

    [Fact]
    public async Task Visits_EventsOfAVisit_AreShownWithItAlone()
    {
        var (first, best) = (await _house.RememberAsync(1, "person"), await _house.RememberAsync(2, "person"));
        await RememberAsync(first, best);

        var visit = Assert.Single((JsonArray)(await GetAsync("/api/visits"))["visits"]!)!;

        Assert.Equal(60, (double)visit["dwell_seconds"]!);
        Assert.Equal(best.Id, (string?)visit["best_picture"]!["event_id"]);
        Assert.Equal([first.Id, best.Id], visit["pictures"]!.AsArray().Select(picture => (string?)picture!["event_id"]));
        Assert.Equal("medium", (string?)visit["speed"]);
        var details = await GetAsync($"/api/visits/{visit["id"]}");
        Assert.Equal([first.Id, best.Id], details["events"]!.AsArray().Select(seen => (string?)seen!["id"]));
    }

    [Fact]
    public async Task Visits_PageAfterPage_GivesAllOnce()
    {
        List<string> ids = [];
        for (var minute = 0; minute < 6; minute++)
        {
            var seen = await _house.RememberAsync(minute, "person");
            ids.Add(minute % 2 == 0 ? seen.Id : await RememberAsync(seen));
        }

        List<string> read = [];
        string? next = null;
        do
        {
            var page = await GetAsync($"/api/visits?limit=2{(next is null ? "" : $"&cursor={next}")}");
            read.AddRange(page["visits"]!.AsArray().Select(visit => (string)visit!["id"]!));
            next = (string?)page["next"];
        }
        while (next is not null && read.Count < 20);

        Assert.Equal(Enumerable.Reverse(ids), read);
    }

    [Fact]
    public async Task Visits_Filters_Apply()
    {
        var (first, last) = (await _house.RememberAsync(1, "car"), await _house.RememberAsync(3, "car"));
        var car = await RememberAsync(first, last);
        var person = await _house.RememberAsync(2, "person");

        Assert.Equal([car], await IdsAsync("min_dwell=60"));
        Assert.Equal([person.Id], await IdsAsync("max_dwell=60"));
        Assert.Equal([person.Id], await IdsAsync("label=person"));
        Assert.Equal([car], await IdsAsync("label=car&pipeline=front"));
        Assert.Empty(await IdsAsync("pipeline=back"));
        Assert.Equal([person.Id, car], await IdsAsync("from=2026-05-01T10:02:00Z"));
        Assert.Equal([car], await IdsAsync("to=2026-05-01T10:02:00Z"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("cursor=x")]
    [InlineData("cursor=99999999999999999999-a")]
    [InlineData("min_dwell=-1")]
    [InlineData("from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z")]
    public async Task Visits_BadParameter_Is400(string query)
    {
        using var answer = await _house.Client.GetAsync(new Uri($"/api/visits?{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Visit_Unknown_Is404()
    {
        using var answer = await _house.Client.GetAsync(new Uri("/api/visits/none", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<string> RememberAsync(params DetectionEvent[] seen)
    {
        var store = _house.Services.GetRequiredService<IVisitStore>();
        var id = Guid.NewGuid().ToString("N");
        store.Put(new Visit
        {
            Id = id,
            Pipeline = "front",
            Source = "door",
            TrackId = 1,
            Start = seen[0].At,
            End = seen[^1].At,
            Label = seen[0].Detections[0].Label,
            Confidence = 0.9f,
            Speed = VisitSpeed.Medium,
            Pictures = [.. seen.Select((one, index) => new VisitPicture(one.Id, one.At, new Box(0, 0, 0.5f, 0.5f), index))],
        });
        await Eventually.TrueAsync(() => store.Find(id) is not null);
        return id;
    }

    private async Task<IEnumerable<string>> IdsAsync(string query) =>
        (await GetAsync($"/api/visits?{query}"))["visits"]!.AsArray().Select(visit => (string)visit!["id"]!);

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _house.Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!;
}
