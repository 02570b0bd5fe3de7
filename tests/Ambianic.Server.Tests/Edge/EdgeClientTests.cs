using System.Globalization;
using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Edge;

/// <summary>The calls of Ambianic Edge's web client, against the running program: it reads of each answer what is asserted here.</summary>
[Slow]
public sealed class EdgeClientTests(EdgeHouse house) : IClassFixture<EdgeHouse>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Auth_FirstCall_IsAnsweredWithTheNameThatTheClientLooksFor()
    {
        using var answer = await house.Client.GetAsync("/", Cancellation);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("Ambianic", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetEdgeStatus_Always_HasTheDetailsOfTheDevice()
    {
        var status = await house.GetAsync("/api/status");

        Assert.Equal("OK", (string?)status!["status"]);
        Assert.NotEmpty((string?)status["version"] ?? "");
        Assert.NotEmpty((string?)status["display_name"] ?? "");
        Assert.NotNull((bool?)status["notifications_enabled"]);
    }

    /// <summary>The client divides the number of events that it has by five and adds one, whatever that gives.</summary>
    [Theory]
    [InlineData("1", "6 5 4 3 2")]
    [InlineData("1.2", "6 5 4 3 2")]
    [InlineData("2", "1")]
    [InlineData("2.2", "1")]
    [InlineData("3", "")]
    public async Task GetTimelinePage_AnyPage_IsFiveEventsNewestFirst(string page, string ids)
    {
        var answer = await house.GetAsync($"/api/timeline?page={page}");

        Assert.Equal(ids, string.Join(' ', answer!["timeline"]!.AsArray().Select(seen => ((string?)seen!["id"])!.TrimStart('0'))));
    }

    [Fact]
    public async Task GetTimelinePage_EveryEvent_HasWhatACardShows()
    {
        var timeline = (await house.GetAsync("/api/timeline?page=1"))!["timeline"]!.AsArray();

        Assert.Equal(5, timeline.Count);
        Assert.All(timeline, seen =>
        {
            var args = seen!["args"]!;
            Assert.Equal("INFO", (string?)seen["priority"]);
            Assert.True(DateTimeOffset.TryParse((string?)args["datetime"], CultureInfo.InvariantCulture, out _));
            Assert.NotEmpty((string?)args["thumbnail_file_name"] ?? "");
            Assert.NotEmpty((string?)args["inference_meta"]!["display"] ?? "");
            Assert.Single(args["inference_result"]!.AsArray());
        });
        var fall = timeline[0]!["args"]!;
        Assert.Equal("Fall Detection", (string?)fall["inference_meta"]!["display"]);
        Assert.Equal(
            """{"left shoulder":[12,20],"left hip":[30.5,22],"right shoulder":null,"right hip":null}""",
            fall["inference_result"]![0]!["keypoint_corr"]!.ToJsonString());
    }

    [Fact]
    public async Task GetLocalImageUrl_ThumbnailOfAnEvent_IsItsFile()
    {
        var args = (await house.GetAsync("/api/timeline?page=1"))!["timeline"]![0]!["args"]!;

        Assert.Equal(house.Thumbnail, await house.Client.GetByteArrayAsync($"/api/data/{args["rel_dir"]}/{args["thumbnail_file_name"]}", Cancellation));
    }

    [Fact]
    public async Task SetDeviceDisplayName_NewName_IsShownByTheStatus()
    {
        Assert.Equal(204, (await house.CallAsync("PUT", "/api/device/display_name/Upstairs%20%26%20attic")).Status);

        Assert.Equal("Upstairs & attic", (string?)(await house.GetAsync("/api/status"))!["display_name"]);
    }

    [Fact]
    public async Task EnableNotifications_OffAndOn_IsSaved()
    {
        Assert.Equal(204, (await house.CallAsync("PUT", "/api/notifications/enable/false")).Status);
        Assert.Contains("enabled: false", house.Saved, StringComparison.Ordinal);

        Assert.Equal(204, (await house.CallAsync("PUT", "/api/notifications/enable/true")).Status);
        Assert.Contains("enabled: true", house.Saved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_OnTheTimeline_IsAnEventThatACardShows()
    {
        await using var served = await ServedHouse.StartAsync();
        await served.RememberOutageAsync(3, Core.Health.VisibilityState.NoVideo);

        using var answer = await served.Client.GetAsync("/api/timeline?page=1", Cancellation);
        var outage = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["timeline"]![0]!["args"];

        Assert.Empty(outage!["inference_result"]!.AsArray());
        Assert.NotEmpty((string?)outage["inference_meta"]!["display"] ?? "");
        using var card = await served.Client.GetAsync($"/api/data/{outage["rel_dir"]}/{outage["thumbnail_file_name"]}", Cancellation);
        Assert.Equal("image/jpeg", card.Content.Headers.ContentType?.MediaType);
    }
}
