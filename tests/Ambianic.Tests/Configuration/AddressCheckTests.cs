namespace Ambianic.Tests.Configuration;

public sealed class AddressCheckTests : LoaderFixture
{
    [Theory]
    [InlineData("rtsp://admin:Wren9#Owl@127.0.0.1/x", "in a user name or password, '#' is written %23")]
    [InlineData("rtsp://admin:Wren9/Owl@127.0.0.1/x", "in a user name or password, '/' is written %2F")]
    [InlineData("http://admin:Wren9?Owl@127.0.0.1:80/x", "in a user name or password, '?' is written %3F")]
    [InlineData("rtsp://admin:Wren9 Owl@127.0.0.1/x", "holds white space")]
    [InlineData("rtsp: // admin:Wren9Owl@127.0.0.1: 554 / x", "holds white space")]
    [InlineData("admin:Wren9Owl@127.0.0.1:554/x", "has a user or a password, and no scheme before them")]
    [InlineData("Wren9Owl@127.0.0.1:554/x", "has a user or a password, and no scheme before them")]
    [InlineData("rtsp:/admin:Wren9Owl@127.0.0.1/x", "'rtsp' is followed by '://'")]
    [InlineData("rtsp//127.0.0.1/x", "'rtsp' is followed by '://'")]
    [InlineData("onvif://127.0.0.1/x", "'onvif' is not a scheme that is known")]
    [InlineData("ffmpeg:rtsp://127.0.0.1/x", "what stands before '://' is no scheme")]
    [InlineData("exec:ffmpeg -user me -password Wren9Owl -i rtsp://127.0.0.1/x", "what stands before '://' is no scheme")]
    [InlineData("nest:?client_secret=Wren9Owl", "'nest:' is of another program")]
    [InlineData("ffmpeg:kitchen#video=h264", "'ffmpeg:' is of another program")]
    [InlineData("rtsp://rtsp://127.0.0.1/x", "has two schemes")]
    [InlineData("rtsp://admin:12345#Wren9@127.0.0.1/x", "the host is taken to end before '#'")]
    [InlineData("rtsp://cam,lan/x", "no host has ',' in its name")]
    [InlineData("rtsp://cam..lan/x", "no host has '..' in its name")]
    [InlineData("rtsp://127.0.0.1/x\u200b", "holds white space or an invisible character")]
    [InlineData("rtsp://127.0.0.1:70000/x", "the port 70000 is not from 1 to 65535")]
    [InlineData("rtsp://127.0.0.1:0/x", "the port 0 is not from 1 to 65535")]
    [InlineData("rtsp://127.0.0.1:rtsp/x", "what follows the host's ':' is no port")]
    [InlineData("rtsp://fe80::1/x", "an IPv6 address is written in brackets")]
    [InlineData("rtsp:///x", "names no host after rtsp://")]
    [InlineData("rtsp://192.168.1.300/x", "its host is no IP address")]
    [InlineData("rtsp://192.168.1/x", "its host is no IP address")]
    public void Load_AddressThatCannotWork_IsAnErrorAtItsPlace(string uri, string said)
    {
        var result = LoadText($"sources:\n  cam: {{uri: '{uri}', live: true}}\npipelines: {{p: [source: cam]}}");

        var problem = Assert.Single(result.Problems);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.Equal(("config.yaml", 2, 14, "sources.cam.uri", false), (problem.File, problem.Line, problem.Column, problem.Path, problem.IsWarning));
        Assert.False(Assert.Single(result.Configuration.Pipelines).IsEnabled);
        Assert.DoesNotContain("Wren9", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.168.1.20/stream1", "looks like a host")]
    [InlineData("cam.local:554/x", "looks like a host")]
    [InlineData("cam.fritz.box/x", "looks like a host")]
    [InlineData("rtsp://127.0.0.1/{path}", "'{path}' is not replaced here")]
    [InlineData("rtsp://admin:<password>@127.0.0.1/x", "'<password>' is not replaced here")]
    [InlineData("http://127.0.0.1/cgi-bin/snapshot.jpg?size=3", "ends like a single picture: if it is one, it is asked for 5 times a second; with 'type: image' once")]
    [InlineData("rtsp://admin:554/Wren9@127.0.0.1:80/x", "the host is taken to end before '/'")]
    [InlineData("//192.168.1.20/x", "looks like a host")]
    [InlineData("rtsp://[USERNAME]:Wren9@127.0.0.1/x", "'[USERNAME]' is not replaced here")]
    [InlineData("rtsp://admin:a@b@127.0.0.1/x", "'@' is written %40")]
    public void Load_AddressThatIsProbablyNotMeant_IsAWarningAndRuns(string uri, string said)
    {
        var result = LoadText($"sources:\n  cam: {{uri: '{uri}', live: true}}\npipelines: {{p: [source: cam]}}");

        var problem = Assert.Single(result.Problems);
        Assert.True(problem.IsWarning);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(result.Configuration.Pipelines).IsEnabled);
    }

    [Theory]
    [InlineData("rtsp://admin:p%23ss:word!@cam_1.lan:554/Streaming/Channels/101?x=a@b")]
    [InlineData("rtsp://127.0.0.1:554")]
    [InlineData("rtsp://admin:Wren{Owl}9<x>@127.0.0.1/x")]
    [InlineData("rtsp://admin:Wren%zz\\^|&+!@127.0.0.1/x")]
    [InlineData("rtsp://admin:@127.0.0.1/x")]
    [InlineData("rtsp://127.0.0.1:554/me@home")]
    [InlineData("rtsp://bücher.lan/x")]
    [InlineData("http://127.0.0.1/?action=stream&mail=a@b.c")]
    [InlineData("rtsp://[fe80::1]:554/x")]
    [InlineData("rtsp://127.0.0.1/user=me@home/x")]
    [InlineData("udp://@239.0.0.1:5000")]
    [InlineData("udp://:5000")]
    [InlineData("srt://:9000?mode=listener")]
    [InlineData("films/holiday 1.mp4")]
    [InlineData("/films/a:b@c.mp4")]
    [InlineData("file:///films/a.mp4")]
    [InlineData("/dev/video0")]
    [InlineData("picamera")]
    [InlineData("http://127.0.0.1/video.mjpg")]
    public void Load_AddressThatCanWork_IsNoProblem(string uri) =>
        Assert.Empty(LoadText($"sources:\n  cam: {{uri: '{uri}'}}\npipelines: {{p: [source: cam]}}").Problems);

    [Fact]
    public void Load_PictureWithItsTypeOrFileThatExists_IsNoProblem()
    {
        Write("127.0.0.1", "");
        Write("config.yaml", "sources: {a: {uri: 'http://cam/a.jpg', type: image}, b: {uri: 127.0.0.1}}\npipelines: {a: [source: a], b: [source: b]}");

        Assert.Empty(Load().Problems);
    }
}
