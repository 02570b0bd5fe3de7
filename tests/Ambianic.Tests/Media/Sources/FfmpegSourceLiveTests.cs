using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;
using Ambianic.Tests.Media.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources;

public sealed class FfmpegSourceLiveTests(Clips clips) : IClassFixture<Clips>
{
    private readonly FramePool _pool = new();
    private readonly LogRecorder<FfmpegSource> _log = new();
    private readonly LogRecorder<Pipeline> _pipelineLog = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_Rtsp_GivesFramesAtTheAskedRate()
    {
        using var camera = await RtspCamera.StartAsync();

        var seen = await ReadAsync(Source(camera.Address), 8);

        Assert.All(seen, frame => Assert.Equal((320, 240), (frame.Width, frame.Height)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), seen.Select(frame => frame.Sequence));
        Assert.InRange((seen[^1].Position - seen[0].Position).TotalSeconds, 0.9, 10); // 7 intervals of 0.2 s, give or take
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_RtspWithCredentials_GivesFramesAndShowsNoPassword()
    {
        using var camera = await RtspCamera.StartAsync(0, "joe", "s3cret");
        var right = $"rtsp://joe:s3cret@127.0.0.1:{camera.Port}/camera";

        Assert.Single(await ReadAsync(Source(right), 1));
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(right.Replace("s3cret", "wr0ng", StringComparison.Ordinal)), 1));

        Assert.Contains("user name or password is wrong", error.Message, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.Contains("401", StringComparison.Ordinal));
        Assert.All([.. _log.Lines, error.ToString()], line =>
        {
            Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);
            Assert.DoesNotContain("wr0ng", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task ReadAsync_PictureHasAnotherSizeInMidStream_SaysSoWithTheNextPicture()
    {
        using var camera = await RtspCamera.StartAsync();
        await using var frames = Source(camera.Address).ReadAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await frames.MoveNextAsync());
        frames.Current.Dispose();
        camera.ChangeSize();

        var error = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            while (await frames.MoveNextAsync())
            {
                frames.Current.Dispose();
            }
        });

        Assert.Contains("another size", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_NothingThere_SaysWhatIsMissing()
    {
        using var camera = await RtspCamera.StartAsync();
        var noStream = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(camera.Address + "/attic"), 1));
        var noServer = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source("rtsp://127.0.0.1:1/camera"), 1));

        Assert.Contains("no such stream", noStream.Message, StringComparison.Ordinal);
        Assert.Contains("nothing answers at this address", noServer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RtspServerKilledAndStartedAgain_PipelineSeesAgain()
    {
        var camera = await RtspCamera.StartAsync();
        try
        {
            var source = Source(camera.Address, stallSeconds: 3);
            await using var pipeline = new Pipeline("door", source, [], TimeProvider.System, _pipelineLog);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var running = pipeline.RunAsync(stop.Token);
            await Eventually.TrueAsync(() => pipeline.Status.Processed >= 3);

            camera.Dispose();
            await Eventually.TrueAsync(() => pipeline.Facts.Phase == PipelinePhase.Waiting);
            Assert.NotNull(pipeline.Status.LastError);
            var before = pipeline.Status.Processed;
            camera = await RtspCamera.StartAsync(camera.Port);
            await Eventually.TrueAsync(() => pipeline.Status.Processed >= before + 3);

            await stop.CancelAsync();
            await running.WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
            Assert.Empty(RunningProcesses.WithArgument(camera.Address));
            Assert.Equal(0, _pool.Outstanding);
        }
        finally
        {
            camera.Dispose();
        }
    }

    [Theory]
    [Slow]
    [InlineData("rtsp")]
    [InlineData("http")]
    public async Task ReadAsync_ServerAcceptsAndNeverSends_IsReportedAsAStall(string scheme)
    {
        Clips.RequireFfmpeg();
        await using var server = new LoopbackServer((_, _, cancellation) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation));
        var address = $"{scheme}://127.0.0.1:{server.Port}/camera";

        var error = await Assert.ThrowsAsync<SourceStalledException>(() => ReadAsync(Source(address, stallSeconds: 1), 1));

        Assert.Contains("no picture came", error.Message, StringComparison.Ordinal);
        Assert.Empty(RunningProcesses.WithArgument(address));
    }

    [Fact]
    public async Task ReadAsync_DecoderHangsAndDoesNotListen_IsKilledAtOnceAfterTheLimit()
    {
        var decoder = clips.Write("hangs", $"""
            #!/bin/sh
            echo '[showinfo@given @ 0x1] [info] n: 0 pts: 0 pts_time:0 ' >&2
            printf 'YUV4MPEG2 W4 H2 F5:1\nFRAME\n012345678901'
            trap '' TERM
            exec tail -f "{clips.Write("nothing", "")}"
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(decoder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var time = new FakeTimeProvider();
        var source = new FfmpegSource(
            new SourceOptions { Id = "door", Uri = "rtsp://127.0.0.1:1/camera", Live = true },
            new Executables(name => name == "AMBIANIC_FFMPEG" ? decoder : Environment.GetEnvironmentVariable(name)),
            _pool,
            time,
            _log);
        await using var frames = source.ReadAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await frames.MoveNextAsync());
        frames.Current.Dispose();

        var next = frames.MoveNextAsync();
        time.Advance(TimeSpan.FromSeconds(10)); // and not a moment more

        await Assert.ThrowsAsync<SourceStalledException>(() => next.AsTask().WaitAsync(Eventually.Patience, Cancellation));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_HttpMotionJpeg_GivesFramesAndEachOnce()
    {
        var picture = await File.ReadAllBytesAsync(clips.Make("still.jpg", "s=160x120:r=5:d=1", "-frames:v 1"), Cancellation);
        byte[] part = [.. Encoding.ASCII.GetBytes($"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n"), .. picture, .. "\r\n"u8];
        await using var server = new LoopbackServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"u8.ToArray(), cancellation);
            while (true)
            {
                await stream.WriteAsync(part, cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System, cancellation);
            }
        });

        var seen = await ReadAsync(Source($"http://127.0.0.1:{server.Port}/video.mjpg"), 5);

        Assert.All(seen, frame => Assert.Equal((160, 120), (frame.Width, frame.Height)));
        Assert.InRange((seen[^1].Position - seen[0].Position).TotalSeconds, 0.5, 10);
    }

    [Fact]
    public async Task ReadAsync_RaspberryPiCamera_FlowsThroughItsProgram()
    {
        var ffmpeg = Clips.RequireFfmpeg();
        var program = clips.Write(
            "rpicam-vid",
            $"#!/bin/sh\nexec {ffmpeg} -nostdin -loglevel error -re -f lavfi -i testsrc2=s=320x240:r=10 -f mjpeg pipe:1\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var path = $"{clips.Folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var source = new FfmpegSource(
            new SourceOptions { Id = "pi", Uri = "picamera" },
            new Executables(name => name == "PATH" ? path : null),
            _pool,
            TimeProvider.System,
            _log);

        Assert.True(source.IsLive);
        Assert.Equal(3, (await ReadAsync(source, 3)).Count);
    }

    [Fact]
    public async Task ReadAsync_NoRaspberryPiCamera_SaysHowToGetItsProgram()
    {
        if (Executables.OfThisProcess.Find("rpicam-vid") is not null || Executables.OfThisProcess.Find("libcamera-vid") is not null)
        {
            Assert.Skip("this machine has a Raspberry Pi's camera programs");
        }

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source("picamera"), 1));

        Assert.Contains("apt-get install rpicam-apps", error.Message, StringComparison.Ordinal);
    }

    private FfmpegSource Source(string uri, double stallSeconds = 20)
    {
        Clips.RequireFfmpeg();
        var options = new SourceOptions { Id = "door", Uri = uri, Live = true, StallSeconds = stallSeconds };
        return new FfmpegSource(options, Executables.OfThisProcess, _pool, TimeProvider.System, _log);
    }

    private static async Task<List<Frame>> ReadAsync(FfmpegSource source, int count)
    {
        var seen = new List<Frame>();
        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            frame.Dispose();
            seen.Add(frame);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
