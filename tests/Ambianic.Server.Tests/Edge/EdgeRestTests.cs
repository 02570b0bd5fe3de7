using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Edge;

/// <summary>What Ambianic Edge's own tests ask of its REST API, against the running program.</summary>
[Slow]
public sealed class EdgeRestTests(EdgeHouse house) : IClassFixture<EdgeHouse>
{
    [Theory]
    [InlineData("/", "Ambianic Edge!")]
    [InlineData("/healthcheck", "is running")]
    [InlineData("/api/ping", "pong")]
    public async Task Get_Word_IsAJsonString(string path, string word) =>
        Assert.Contains(word, (string?)await house.GetAsync(path), StringComparison.Ordinal);

    [Fact]
    public async Task Timeline_WithoutAPage_IsASuccess()
    {
        Assert.Equal("success", (string?)(await house.GetAsync("/api/timeline"))!["status"]);
        Assert.Equal("success", (string?)(await house.GetAsync("/api/timeline.json"))!["status"]);
    }

    [Fact]
    public async Task PremiumNotification_Asked_IsAccepted()
    {
        var answer = await house.GetAsync("/api/auth/premium-notification?userId=auth0%7C123&notification_endpoint=https://localhost:5050");

        Assert.Equal(("OK", "AUTH0_ID SAVED"), ((string?)answer!["status"], (string?)answer["message"]));
    }

    [Fact]
    public async Task Config_Asked_HasItsSections()
    {
        var config = (await house.GetAsync("/api/config"))!.AsObject();

        Assert.All((string[])["pipelines", "ai_models", "sources"], section => Assert.NotEmpty(config[section]!.AsObject()));
    }

    [Fact]
    public async Task Source_SavedAndSavedAgain_IsAsItWasSaved()
    {
        var (_, first) = await house.CallAsync("PUT", "/api/config/source", new { id = "test1", uri = "test", type = "video", live = true });
        Assert.Equal(("test1", "video", true), ((string?)first!["id"], (string?)first["type"], (bool?)first["live"]));
        Assert.EndsWith("/test", (string?)first["uri"], StringComparison.Ordinal); // a path begins at the working directory

        var (_, second) = await house.CallAsync("PUT", "/api/config/source", new { id = "test1", uri = "test1.2", type = "image", live = false });
        Assert.Equal(("test1", "image", false), ((string?)second!["id"], (string?)second["type"], (bool?)second["live"]));
        Assert.EndsWith("/test1.2", (string?)second["uri"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_DeletedTwice_IsNotFoundTheSecondTime()
    {
        Assert.Equal("test2", (string?)(await house.CallAsync("PUT", "/api/config/source", new { id = "test2", uri = "test", type = "video", live = true })).Body!["id"]);
        Assert.Equal("success", (string?)(await house.CallAsync("DELETE", "/api/config/source/test2")).Body!["status"]);

        var (status, body) = await house.CallAsync("DELETE", "/api/config/source/test2");
        Assert.Equal((404, """{"detail":"source id not found"}"""), (status, body!.ToJsonString()));
    }

    [Fact]
    public async Task DisplayName_Set_IsThatOfTheSavedConfiguration()
    {
        Assert.Equal((string?)(await house.GetAsync("/api/config"))!["display_name"], (string?)await house.GetAsync("/api/device/display_name"));

        Assert.Equal(204, (await house.CallAsync("PUT", "/api/device/display_name/Kitchen%20Device")).Status);

        Assert.Equal("Kitchen Device", (string?)await house.GetAsync("/api/device/display_name"));
        Assert.Equal("Kitchen Device", (string?)(await house.GetAsync("/api/config"))!["display_name"]);
        Assert.Contains("display_name: \"Kitchen Device\"", house.Saved, StringComparison.Ordinal);
        Assert.True((await house.CallAsync("PUT", "/api/device/display_name/")).Status >= 300);
    }

    [Fact]
    public async Task Notifications_SwitchedAndTested_AreSentWhenTheyAreOn()
    {
        foreach (var isOn in (bool[])[false, true])
        {
            Assert.Equal(204, (await house.CallAsync("PUT", $"/api/notifications/enable/{(isOn ? "true" : "false")}")).Status);
            Assert.Equal(isOn, (bool?)(await house.GetAsync("/api/config"))!["notifications"]!["default"]!["enabled"]);
        }

        JsonNode? answer = null;
        for (var looks = 0; (string?)answer?["status"] != "success"; looks++)
        {
            Assert.True(looks < 100, $"no test message was delivered: {answer}"); // alerting reads the configuration again by itself
            var (status, body) = await house.CallAsync("GET", "/api/notifications/test");
            Assert.Equal(200, status);
            answer = body;
        }

        Assert.NotEmpty(house.Webhook.Requests);
    }
}
