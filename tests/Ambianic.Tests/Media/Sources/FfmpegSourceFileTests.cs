using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;
using Ambianic.Tests.Media.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources;

public sealed class FfmpegSourceFileTests(Clips clips) : IClassFixture<Clips>
{
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private readonly FramePool _pool = new();
    private readonly LogRecorder<FfmpegSource> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_File_GivesFramesAtTheAskedRateInOrder()
    {
        var seen = await ReadAsync(clips.Make("plain.mp4", "s=320x240:r=25:d=4", H264));

        Assert.Equal(20, seen.Count);
        Assert.All(seen, frame => Assert.Equal((320, 240), frame.Size));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), seen.Select(frame => frame.Sequence));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => TimeSpan.FromSeconds(i / 5.0)), seen.Select(frame => frame.Position));
    }

    [Fact]
    public async Task ReadAsync_FileSlowerThanAsked_RepeatsNoFrame()
    {
        var seen = await ReadAsync(clips.Make("slow.mp4", "s=320x240:r=2:d=4", H264));

        Assert.Equal(8, seen.Count);
        Assert.Equal(TimeSpan.FromSeconds(3.5), seen[^1].Position);
    }

    [Fact]
    public async Task ReadAsync_VariableRate_KeepsTheFilesTime()
    {
        var path = clips.Make("vfr.mkv", "s=320x240:r=30:d=4", $"-vf select='lt(t,1)+gt(t,3)' -vsync vfr {H264}");

        var seen = await ReadAsync(path);

        Assert.InRange(seen.Count, 19, 21);
    }

    [Fact]
    public async Task ReadAsync_SizeChangesWithinTheFile_GoesOnInTheFirstSize()
    {
        var first = clips.Make("first.ts", "s=320x240:r=25:d=2", H264);
        var second = clips.Make("second.ts", "s=640x480:r=25:d=4", H264 + " -output_ts_offset 2");
        var both = Path.Combine(clips.Folder, "both.ts");
        await File.WriteAllBytesAsync(both, [.. File.ReadAllBytes(first), .. File.ReadAllBytes(second)], Cancellation);
        var seen = new List<Seen>();

        // A transport stream counts its packets, so that the joint shows as damage.
        await Assert.ThrowsAsync<SourceException>(() => ReadAsync(both, seen));

        Assert.InRange(seen.Count, 28, 31);
        Assert.All(seen, frame => Assert.Equal((320, 240), frame.Size));
    }

    [Theory]
    [Slow]
    [InlineData("ten.mkv", "s=320x240:r=5:d=1", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le", 320, 240)]
    [InlineData("odd.mkv", "s=400x300:r=5:d=1", "-vf format=yuv444p,crop=321:243 -c:v ffv1", 321, 243)]
    [InlineData("pal.mkv", "s=720x576:r=5:d=1", "-vf setsar=16/11 " + H264, 1047, 576)]
    [InlineData("tall.mkv", "s=720x480:r=5:d=1", "-vf setsar=8/9 " + H264, 640, 480)]
    [InlineData("wide.mkv", "s=2560x1440:r=5:d=1", H264, 1280, 720)]
    [InlineData("late.ts", "s=320x240:r=5:d=1", H264 + " -output_ts_offset 3", 320, 240)]
    [InlineData("picture.gif", "s=320x240:r=5:d=1", "", 320, 240)]
    public async Task ReadAsync_UnusualFile_GivesAllFramesUprightWithSquarePixels(
        string name, string picture, string output, int width, int height)
    {
        var seen = await ReadAsync(clips.Make(name, picture, output.Length > 0 ? output : "-loop 0"));

        Assert.Equal(5, seen.Count);
        Assert.All(seen, frame => Assert.Equal((width, height), frame.Size));
    }

    [Fact]
    public async Task ReadAsync_RotatedFile_IsTurnedUpright()
    {
        var flat = clips.Make("flat.mp4", "s=320x240:r=5:d=1", H264);
        var path = clips.Run("rotated.mp4", $"-i {flat} -c copy -metadata:s:v:0 rotate=90");

        Assert.Equal((240, 320), (await ReadAsync(path))[0].Size);
    }

    [Fact]
    public async Task ReadAsync_SinglePicture_IsOneFrame() =>
        Assert.Single(await ReadAsync(clips.Make("one.jpg", "s=320x240:r=25:d=1", "-frames:v 1")));

    [Theory]
    [Slow]
    [InlineData("red", 81, 90, 240)]
    [InlineData("lime", 145, 54, 34)]
    [InlineData("blue", 41, 240, 110)]
    [InlineData("white", 235, 128, 128)]
    public async Task ReadAsync_PlainColour_IsThatColourInBt601(string colour, int y, int u, int v)
    {
        var jpeg = clips.Make($"{colour}.avi", $"color={colour}:s=64x64:r=5:d=1", "-pix_fmt yuvj420p -c:v mjpeg -q:v 1");
        var hd = clips.Make(
            $"{colour}.mkv",
            $"color={colour}:s=64x64:r=5:d=1",
            "-vf scale=out_color_matrix=bt709 -colorspace bt709 -color_primaries bt709 -color_trc bt709 " + H264);

        foreach (var path in new[] { jpeg, hd })
        {
            var (size, pixels) = await ReadFirstAsync(path);
            var luma = size.Width * size.Height;
            Assert.InRange(pixels[0], y - 3, y + 3);
            Assert.InRange(pixels[luma], u - 3, u + 3);
            Assert.InRange(pixels[luma + (luma / 4)], v - 3, v + 3);
        }
    }

    [Theory]
    [InlineData("cut.mp4", H264 + " -movflags +faststart")]
    [InlineData("cut.mkv", H264)]
    [InlineData("cut.avi", H264)]
    public async Task ReadAsync_CutFile_GivesWhatIsThereAndThenFails(string name, string output)
    {
        var path = clips.Cut(clips.Make("whole-" + name, "s=320x240:r=25:d=4", output), name, 0.6);
        var seen = new List<Seen>();

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(path, seen));

        Assert.InRange(seen.Count, 8, 14);
        Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
        Assert.Contains($"source {path}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_UnfinishedRecording_SaysThatItsIndexIsMissing()
    {
        var path = clips.Cut(clips.Make("finished.mp4", "s=320x240:r=25:d=4", H264), "unfinished.mp4", 0.6);

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(path));

        Assert.Contains("its index", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoVideo_SaysWhatItIsInstead()
    {
        var empty = clips.Write("empty.mp4", "");
        var text = clips.Write("text.mp4", "This is not a video, whatever its name says.\n");
        var sound = clips.Run("sound.wav", "-f lavfi -i sine=d=1");

        await FailsAsync(empty, "is empty");
        await FailsAsync(text, "not a video");
        await FailsAsync(sound, "no pictures");
        await FailsAsync(clips.Folder, "is a directory");
        await FailsAsync("/nowhere/at/all.mp4", "there is no file /nowhere/at/all.mp4");
        await FailsAsync("/dev/zero", "no regular file");
        await FailsAsync("gopher://somewhere", "gopher://");
        await FailsAsync("file://[", "no valid address");
    }

    [Fact]
    public async Task ReadAsync_StoppedInTheMiddle_LeavesNoProcessAndNoFrame()
    {
        var path = clips.Make("long.mp4", "s=640x480:r=25:d=20", H264);
        IReadOnlyList<int> started = [];
        await foreach (var frame in Source(path).ReadAsync(Cancellation))
        {
            frame.Dispose();
            started = ProcessesThatRead(path);
            break;
        }

        Assert.Single(started);
        Assert.All(started, process => Assert.False(RunningProcesses.Exist(process)));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_FfmpegKilled_IsAnErrorAndNotAnEnd()
    {
        var path = clips.Make("killed.mp4", "s=640x480:r=25:d=20", H264);

        var error = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await foreach (var frame in Source(path).ReadAsync(Cancellation))
            {
                frame.Dispose();
                RunningProcesses.Signal(ProcessesThatRead(path), RunningProcesses.Kill);
            }
        });

        Assert.Contains("signal 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_FfmpegHalted_IsReportedAsAStallAndEnded()
    {
        var path = clips.Make("halted.mp4", "s=640x480:r=25:d=20", H264);

        IReadOnlyList<int> started = [];

        await Assert.ThrowsAsync<SourceStalledException>(async () =>
        {
            await foreach (var frame in Source(path, stallSeconds: 1).ReadAsync(Cancellation))
            {
                frame.Dispose();
                started = ProcessesThatRead(path);
                RunningProcesses.Signal(started, RunningProcesses.Halt);
            }
        });

        Assert.Single(started);
        Assert.All(started, process => Assert.False(RunningProcesses.Exist(process)));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_ConsumerTakesVeryLong_IsNotTheSourcesStall()
    {
        Clips.RequireFfmpeg();
        var time = new FakeTimeProvider();
        var options = new SourceOptions { Id = "patient", Uri = clips.Make("patient.mp4", "s=320x240:r=5:d=2", H264) };
        var count = 0;

        await foreach (var frame in new FfmpegSource(options, Executables.OfThisProcess, _pool, time, _log).ReadAsync(Cancellation))
        {
            frame.Dispose();
            count++;
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(10, count);
    }

    [Fact]
    public async Task ReadAsync_NoFfmpeg_SaysHowToGetIt()
    {
        var options = new SourceOptions { Id = "x", Uri = clips.Make("any.mp4", "s=64x64:r=5:d=1", H264) };
        var none = new FfmpegSource(options, new Executables(_ => null), _pool, TimeProvider.System, _log);
        var wrong = new FfmpegSource(
            options, new Executables(name => name == "AMBIANIC_FFMPEG" ? "/nowhere/ffmpeg" : null), _pool, TimeProvider.System, _log);

        Assert.Contains("apt-get install ffmpeg", (await Assert.ThrowsAsync<SourceException>(() => DrainAsync(none))).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/ffmpeg", (await Assert.ThrowsAsync<SourceException>(() => DrainAsync(wrong))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LiveFile_StartsAgainAtItsEnd()
    {
        var path = clips.Make("loop.mp4", "s=64x64:r=10:d=0.5", H264);
        var count = 0;
        await foreach (var frame in Source(path, fps: 10, live: true).ReadAsync(Cancellation))
        {
            frame.Dispose();
            if (++count == 8)
            {
                break;
            }
        }

        Assert.Equal(8, count);
    }

    private static IReadOnlyList<int> ProcessesThatRead(string path) => RunningProcesses.WithArgument($"file:{path}");

    private static async Task DrainAsync(FfmpegSource source)
    {
        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            frame.Dispose();
        }
    }

    private FfmpegSource Source(string uri, double? fps = null, bool live = false, double stallSeconds = 10)
    {
        Clips.RequireFfmpeg();
        var options = new SourceOptions { Id = uri, Uri = uri, Fps = fps, Live = live, StallSeconds = stallSeconds };
        return new FfmpegSource(options, Executables.OfThisProcess, _pool, TimeProvider.System, _log);
    }

    private async Task<List<Seen>> ReadAsync(string uri, List<Seen>? into = null)
    {
        var seen = into ?? [];
        await foreach (var frame in Source(uri).ReadAsync(Cancellation))
        {
            using (frame)
            {
                seen.Add(new Seen((frame.Width, frame.Height), frame.Sequence, frame.Position));
            }
        }

        Assert.Equal(0, _pool.Outstanding);
        return seen;
    }

    private async Task<((int Width, int Height) Size, byte[] Pixels)> ReadFirstAsync(string uri)
    {
        await foreach (var frame in Source(uri).ReadAsync(Cancellation))
        {
            using (frame)
            {
                return ((frame.Width, frame.Height), frame.Buffer.ToArray());
            }
        }

        throw new InvalidOperationException("no frame");
    }

    private async Task FailsAsync(string uri, string reason)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(uri));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private sealed record Seen((int Width, int Height) Size, long Sequence, TimeSpan Position);
}
