using System.Globalization;
using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources;

/// <summary>Cameras whose key frames are rare.</summary>
public sealed class KeyFrameTests
{
    /// <summary>Seconds from key frame to key frame, of the columns of the table.</summary>
    private static readonly int[] Distances = [1, 2, 5, 10, 15, 30];

    private readonly FramePool _pool = new();
    private readonly LogRecorder<FfmpegSource> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Slow]
    [InlineData("fps=10&gop=600")]
    [InlineData("fps=3&gop=600")]
    [InlineData("fps=10&gop=600&first=audio")]
    [InlineData("fps=10&gop=600&first=metadata")]
    [InlineData("fps=10&gop=600&codec=hevc")]
    public async Task ReadAsync_NextKeyFrameIsAMinuteAway_BeginsWithTheFirst(string camera)
    {
        using var server = await RtspCamera.StartAsync();
        var source = Source(server.Made(camera), 20); // less than any wait for the second key frame

        (int Width, int Height, PictureDamage Damage)? first = null;
        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            first = (frame.Width, frame.Height, frame.Damage);
            frame.Dispose();
            break;
        }

        Assert.Equal((320, 240, PictureDamage.None), first);
        Assert.Equal(SourceStatus.Good, source.Status);
    }

    [Fact]
    [Slow]
    public async Task ReadAsync_KeyFrameDoesNotCome_WaitsForItLongerThanTheStallLimitAndSaysSo()
    {
        using var server = await RtspCamera.StartAsync();
        var source = Source(server.Made("fps=15&gop=600&key=asked"), 1);
        await using var pipeline = new Pipeline("door", source, [], TimeProvider.System, new LogRecorder<Pipeline>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);

        await Eventually.TrueAsync(() => pipeline.Status.Source.IsWaitingForKeyFrame && pipeline.Status.Silence.TotalSeconds > 3);
        var waiting = pipeline.Status;
        server.SendKeyFrame();
        await Eventually.TrueAsync(() => pipeline.Status.Processed >= 3);
        var watching = pipeline.Status;
        await stop.CancelAsync();
        await running;

        Assert.Equal((PipelineState.Starting, null), (waiting.State, waiting.LastError));
        Assert.StartsWith("waiting for a key frame", waiting.Reason, StringComparison.Ordinal);
        Assert.Contains("stall_seconds", waiting.Source.Fault, StringComparison.Ordinal);
        Assert.False(watching.Source.IsWaitingForKeyFrame);
        Assert.Null(watching.Source.Fault);
    }

    /// <summary>Not a test of its own: <c>./test.sh --key-frames</c> measures how long it takes to the first sample, and writes the table.</summary>
    [Fact]
    public async Task ReadAsync_StreamsOfAllKinds_GivesTheTableOfFirstSamples()
    {
        if (Environment.GetEnvironmentVariable("AMBIANIC_TEST_KEY_FRAMES") is not { Length: > 0 } page)
        {
            Assert.Skip("takes minutes; run ./test.sh --key-frames");
            return;
        }

        using var server = await RtspCamera.StartAsync();
        var table = new StringBuilder("| camera | pictures a second |");
        table.AppendJoin('|', Distances.Select(seconds => $" key frame every {seconds} s ")).Append("|\n|---|---|").Append(string.Concat(Distances.Select(_ => "---|"))).Append('\n');
        List<double> all = [];
        foreach (var (kind, wishes, fps, distances) in Kinds())
        {
            table.Append(CultureInfo.InvariantCulture, $"| {kind} | {fps} |");
            foreach (var seconds in Distances)
            {
                if (!distances.Contains(seconds))
                {
                    table.Append(" |");
                    continue;
                }

                var camera = server.Made(string.Create(CultureInfo.InvariantCulture, $"{wishes}&fps={fps}&gop={fps * seconds}"));
                all.Add(await MedianAsync(camera));
                table.Append(CultureInfo.InvariantCulture, $" {all[^1]:0.0} s |");
            }

            table.Append('\n');
        }

        await ReplaceTableAsync(page, table.ToString());
        Assert.All(all, median => Assert.InRange(median, 0, 5));
    }

    private static IEnumerable<(string Kind, string Wishes, int Fps, int[] Distances)> Kinds()
    {
        int[] rates = [1, 3, 5, 15, 25], ends = [1, 15], few = [2, 30];
        (string Name, string Wish)[] codecs = [("H.264", "codec=h264"), ("HEVC", "codec=hevc")];
        return
        [
            .. codecs.SelectMany(codec => rates.Select(fps => (codec.Name, codec.Wish, fps, Distances))),
            .. rates.Select(fps => ("MJPEG (each picture is one)", "codec=mjpeg", fps, Distances[..1])),
            .. codecs.SelectMany(codec => ends.Select(fps => ($"{codec.Name}, sound first", $"{codec.Wish}&first=audio", fps, few))),
            .. codecs.SelectMany(codec => ends.Select(fps => ($"{codec.Name}, ONVIF metadata first", $"{codec.Wish}&first=metadata", fps, few))),
        ];
    }

    private async Task<double> MedianAsync(string camera)
    {
        List<double> times = [];
        for (var i = 0; i < 5; i++)
        {
            times.Add(await TimeToFirstSampleAsync(camera));
        }

        return times.Order().ElementAt(2);
    }

    private static async Task ReplaceTableAsync(string page, string table)
    {
        const string Begin = "<!-- first samples -->\n", End = "<!-- end -->";
        var text = await File.ReadAllTextAsync(page, Cancellation);
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        await File.WriteAllTextAsync(page, text[..from] + table + text[to..], Cancellation);
    }

    private async Task<double> TimeToFirstSampleAsync(string address)
    {
        var begin = TimeProvider.System.GetTimestamp();
        await foreach (var frame in Source(address, 60).ReadAsync(Cancellation))
        {
            frame.Dispose();
            break;
        }

        return TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
    }

    private FfmpegSource Source(string uri, double stallSeconds) => new(
        new SourceOptions { Id = "door", Uri = uri, Live = true, StallSeconds = stallSeconds },
        Executables.OfThisProcess,
        _pool,
        TimeProvider.System,
        _log);
}
