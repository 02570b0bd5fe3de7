using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;
using Ambianic.Tests.Media.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class InputListTests
{
    [Theory]
    [InlineData("rtsp://joe:s3cret@127.0.0.1/camera", true)]
    [InlineData("RTSP://joe:s3cret@127.0.0.1/camera", true)]
    [InlineData("rtsp://127.0.0.1/camera?user=joe&password=s3cret", true)]
    [InlineData("rtsp://127.0.0.1/camera", false)]
    [InlineData("rtmp://joe:s3cret@127.0.0.1/camera", false)]
    [InlineData("rtsp://joe:s3cret\n@127.0.0.1/camera", false)]
    public void IsFor_AnAddress_IsTrueWhenItHoldsASecretThatFfmpegTakesSo(string uri, bool expected) =>
        Assert.Equal(expected, InputList.IsFor(new SourceOptions { Id = "a", Uri = uri }));

    [Fact]
    public void Text_AnAddressWithAQuote_IsOneWordOfTheList() => Assert.Equal(
        "ffconcat version 1.0\nfile 'rtsp://joe:it'\\''s@127.0.0.1/a'\noption rtsp_transport tcp\noption fpsprobesize 0\n",
        InputList.Text("rtsp://joe:it's@127.0.0.1/a", ["-rtsp_transport", "tcp"]));

    [Theory]
    [InlineData("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers", true)]
    [InlineData("ffmpeg version n6.0 Copyright (c) 2000-2023 the FFmpeg developers", true)]
    [InlineData("ffmpeg version 7.1.1 Copyright (c) 2000-2025 the FFmpeg developers", true)]
    [InlineData("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c) 2000-2021 the FFmpeg developers", false)]
    [InlineData("ffmpeg version N-109468-gd39b34123d Copyright (c) 2000-2022 the FFmpeg developers", false)]
    [InlineData("", false)]
    public void ReadsLists_ByItsVersion_IsKnown(string said, bool expected) => Assert.Equal(expected, FfmpegBuild.ReadsLists(said));

    [Theory]
    [InlineData("s3cret", "s3cret", RtspTransport.Tcp)]
    [InlineData("it's 1#?/@%", "it's%201%23%3F%2F%40%25", RtspTransport.Tcp)]
    [InlineData("s3cret", "s3cret", RtspTransport.Udp)]
    public async Task ReadAsync_CameraWithAPassword_IsReadAndTheProcessListDoesNotShowIt(string password, string written, RtspTransport transport)
    {
        using var camera = await RtspCamera.StartAsync(0, "joe", password);
        var options = new SourceOptions { Id = "front", Uri = $"rtsp://joe:{written}@127.0.0.1:{camera.Port}/camera", Live = true, Transport = transport };
        Assert.SkipUnless(
            await FfmpegBuild.ReadsListsAsync(Executables.OfThisProcess, Executables.OfThisProcess.Ffmpeg, TimeProvider.System), "this ffmpeg takes addresses as arguments only");
        var source = new FfmpegSource(options, Executables.OfThisProcess, new FramePool(), TimeProvider.System, NullLogger<FfmpegSource>.Instance);

        await using var frames = source.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await frames.MoveNextAsync());
        frames.Current.Dispose();

        var lines = RunningProcesses.Descendants(Environment.ProcessId)
            .Select(process => File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' '))
            .Where(line => line.Contains("ffmpeg", StringComparison.Ordinal) && line.Contains("yuv4mpegpipe", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.DoesNotContain(written, line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("-i pipe:0", StringComparison.Ordinal));
    }
}
