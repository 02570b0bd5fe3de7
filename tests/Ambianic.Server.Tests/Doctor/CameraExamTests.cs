using System.Net.Sockets;
using System.Net;
using System.Runtime.Versioning;
using Ambianic.Server.Doctor;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>Real cameras: good, with a wrong password, and one that hangs.</summary>
[Slow]
[UnsupportedOSPlatform("windows")]
public sealed class CameraExamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Camera_ThatWorks_IsDescribedAndItsPictureSaved()
    {
        using var camera = await RtspCamera.StartAsync(0, "admin", "Wren9Owl77");
        using var examined = new Examined($$"""
            sources:
              front: {uri: "rtsp://admin:Wren9Owl77@127.0.0.1:{{camera.Port}}/camera"}
              wrong: {uri: "rtsp://admin:Finch4Jay88@127.0.0.1:{{camera.Port}}/camera"}
            """);
        examined.Examination = examined.Examination with { Pictures = examined.Directory["pictures"] };

        var findings = await CameraExam.RunAsync(examined.Examination, Cancellation);

        var front = Examined.Of(findings, "front");
        Assert.Equal(FindingLevel.Ok, front.Level);
        Assert.Equal(("h264", 320, 240), ((string)front.Values!["codec"]!, (int)front.Values["width"]!, (int)front.Values["height"]!));
        Assert.InRange((double)front.Values["fps"]!, 1, 30);
        Assert.InRange((double)front.Values["key_frame_seconds"]!, 0.1, 5);
        var picture = examined.Directory["pictures/front.jpg"];
        Assert.Equal([0xff, 0xd8], (await File.ReadAllBytesAsync(picture, Cancellation))[..2]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(picture));
        var wrong = Examined.Of(findings, "wrong");
        Assert.Equal(FindingLevel.Problem, wrong.Level);
        Assert.Contains("the user name or password is wrong or missing", wrong.Found, StringComparison.Ordinal);
        Assert.Equal([picture], Directory.GetFiles(examined.Directory["pictures"]));
        Assert.False(Directory.Exists(examined.Directory["data"]));
    }

    [Fact]
    public async Task Camera_WithRareKeyFrames_IsAWarning()
    {
        using var camera = await RtspCamera.StartAsync();
        using var examined = new Examined($$"""
            sources:
              rare: {uri: "{{camera.Made("fps=10&gop=600")}}"}
            """);

        var rare = Examined.Of(await CameraExam.RunAsync(examined.Examination, Cancellation), "rare");

        Assert.Equal(FindingLevel.Warning, rare.Level);
        Assert.Contains("key frame", rare.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Camera_ThatHangs_IsAProblemAndDoesNotHoldUpOthers()
    {
        Clips.RequireFfmpeg();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var examined = new Examined($$"""
            sources:
              hangs: {uri: "rtsp://127.0.0.1:{{((IPEndPoint)silent.LocalEndpoint).Port}}/a", stall_seconds: 1}
              dead: {uri: "rtsp://127.0.0.1:9/a"}
            """);

        var findings = await CameraExam.RunAsync(examined.Examination, Cancellation);

        Assert.Contains("no picture came for 1 s", Examined.Of(findings, "hangs").Found, StringComparison.Ordinal);
        Assert.Contains("nothing answers", Examined.Of(findings, "dead").Found, StringComparison.Ordinal);
        Assert.All(findings, finding => Assert.Equal(FindingLevel.Problem, finding.Level));
    }
}
