using System.Net;
using System.Net.Sockets;
using Ambianic.Media.Pictures;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Api;

/// <summary>Sources over HTTP: what is set, and whether it works.</summary>
[Slow]
public sealed class SourcesApiTests : IAsyncLifetime
{
    private LiveHouse _live = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SettingsHouse House => _live.House;

    public async ValueTask InitializeAsync() => _live = await LiveHouse.StartAsync();

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    [Fact]
    public async Task Source_AddedReadListedAndRemoved_IsAsItWasSet()
    {
        var (added, source) = await House.CallAsync("PUT", "/api/sources/door", new { uri = "rtsp://me:hush12345@127.0.0.1:1/door", fps = 2 });
        Assert.Equal((200, "door", "rtsp://***@127.0.0.1:1/door"), (added, (string?)source!["id"], (string?)source["uri"]));

        var (_, changed) = await House.CallAsync("PUT", "/api/sources/door", new { uri = "rtsp://***@127.0.0.1:1/door", width = 640 });
        Assert.Equal((2, 640), ((double)changed!["fps"]!, (int)changed["width"]!));
        Assert.Contains("hush12345", House.Local, StringComparison.Ordinal); // it stays when it is sent back masked
        Assert.Equal(["hall", "door"], (await House.CallAsync("GET", "/api/sources")).Body!["sources"]!.AsArray().Select(one => (string?)one!["id"]));

        Assert.Equal(204, (await House.CallAsync("DELETE", "/api/sources/door")).Status);
        Assert.Equal(404, (await House.CallAsync("GET", "/api/sources/door")).Status);
        Assert.Equal(404, (await House.CallAsync("DELETE", "/api/sources/door")).Status);
        Assert.Equal(409, (await House.CallAsync("DELETE", "/api/sources/hall")).Status); // it is in config.yaml
    }

    [Fact]
    public async Task Test_ASavedSource_SaysWhatItGivesAndShowsIt()
    {
        var (status, found) = await House.CallAsync("POST", "/api/sources/test", new { id = "hall" });

        Assert.Equal((200, "success", null), (status, (string?)found!["status"], (string?)found["fault"]));
        Assert.Equal(("h264", 640, 360), ((string?)found["codec"], (int)found["width"]!, (int)found["height"]!));
        Assert.InRange((double)found["fps"]!, 9, 11);
        Assert.InRange((double)found["key_frame_seconds"]!, 0.1, 0.6);
        Assert.True((double)found["first_picture_seconds"]! > 0);
        Assert.Equal(("jpeg", 640, 360), PictureDecoder.Describe(Convert.FromBase64String(((string)found["snapshot"]!).Split(',')[1])));
    }

    [Fact]
    public async Task Test_ACameraThatIsNotSaved_ConnectsToIt()
    {
        using var camera = await RtspCamera.StartAsync(0, "me", "hush12345");

        var (_, found) = await House.CallAsync("POST", "/api/sources/test", new { uri = camera.Address.Replace("rtsp://", "rtsp://me:hush12345@", StringComparison.Ordinal) });
        var (_, refused) = await House.CallAsync("POST", "/api/sources/test", new { uri = camera.Address.Replace("rtsp://", "rtsp://me:wrong12345@", StringComparison.Ordinal) });

        Assert.Equal(("success", "h264"), ((string?)found!["status"], (string?)found["codec"]));
        Assert.NotNull(found["snapshot"]);
        Assert.Equal("error", (string?)refused!["status"]);
        Assert.Contains("the user name or password is wrong", (string?)refused["fault"], StringComparison.Ordinal);
        Assert.DoesNotContain("wrong12345", refused.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/dev/video0")]
    [InlineData("picamera")]
    public async Task Test_SomethingOfThisComputer_IsRefusedUnlessItIsAllowed(string uri) =>
        Assert.Equal(403, (await House.CallAsync("POST", "/api/sources/test", new { uri })).Status);

    [Fact]
    public async Task Test_SomethingOfThisComputerThatIsAllowed_SaysWhatIsWrongWithIt()
    {
        await using var open = await LiveHouse.StartAsync("api: {allow_local_sources: true}");

        var (status, found) = await open.House.CallAsync("POST", "/api/sources/test", new { uri = "/nowhere/film.mp4" });

        Assert.Equal((200, "there is no file /nowhere/film.mp4"), (status, (string?)found!["fault"]));
    }

    [Fact]
    public async Task Test_WrongWish_IsRefused()
    {
        Assert.Equal(404, (await House.CallAsync("POST", "/api/sources/test", new { id = "nobody" })).Status);
        Assert.Equal(422, (await House.CallAsync("POST", "/api/sources/test", new { fps = 1 })).Status);
        Assert.Equal(400, (await House.CallAsync("POST", "/api/sources/test", new { uri = "rtsp://127.0.0.1:1/x", fps = 1000 })).Status);
        Assert.Equal(400, (await House.CallAsync("POST", "/api/sources/test", new { uri = "rtsp://127.0.0.1:1/x", transport = "pigeon" })).Status);
    }

    [Fact]
    public async Task Test_WhileAnotherRuns_IsRefused()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var uri = $"rtsp://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/x";
        var first = House.CallAsync("POST", "/api/sources/test", new { uri });
        using (await silent.AcceptSocketAsync(Cancellation))
        {
            Assert.Equal(409, (await House.CallAsync("POST", "/api/sources/test", new { id = "hall" })).Status);
        }

        Assert.Equal("error", (string?)(await first).Body!["status"]); // it hung up
        Assert.Equal("success", (string?)(await House.CallAsync("POST", "/api/sources/test", new { id = "hall" })).Body!["status"]);
    }
}
