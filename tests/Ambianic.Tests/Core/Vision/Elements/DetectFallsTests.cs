using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Input;
using Ambianic.Tests.Core.Vision.Falls;
using Ambianic.Tests.Core.Visits;
using Ambianic.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using SkiaSharp;

namespace Ambianic.Tests.Core.Vision.Elements;

public sealed class DetectFallsTests : IDisposable
{
    private const int Fps = 5;
    private readonly TimelineFixture _fixture = new();
    private readonly FramePool _pool = new();
    private readonly LogRecorder<DetectFalls> _log = new();
    private readonly OpenFalls _open = new(new FakeTimeProvider());

    /// <summary>Somebody falls after two seconds and stays down.</summary>
    private Film _film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(4);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task InvokeAsync_Fall_IsReportedOnceWithPicturesFromBefore()
    {
        List<(Sample Sample, List<double> Before)> passed = [];

        await ShowAsync(new DetectFallsOptions(), Grey, (sample, _) =>
        {
            passed.Add((sample, [.. sample.Before.Select(frame => frame.Position.TotalSeconds)]));
            return ValueTask.CompletedTask;
        });

        Assert.Equal((int)(_film.Length * Fps) + 1, passed.Count);
        Assert.All(passed, item => Assert.Equal("Fall Detection", item.Sample.Display));
        var (fall, before) = Assert.Single(passed, item => item.Sample.Detections.Count > 0);
        var detection = Assert.Single(fall.Detections);
        Assert.Equal("FALL", detection.Label);
        Assert.Equal(17, detection.Keypoints.Count);
        Assert.InRange(detection.Box.YMax, 0.8f, 0.95f);
        Assert.True(before.Count >= 3 && before[0] < 1.5, "there should be a picture from before the fall");
        Assert.Contains("FALL: person 1", Assert.Single(_log.Lines));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task InvokeAsync_CameraTurned_ReportsTheFallWhereItIsInTheTurnedPicture(int rotate)
    {
        // What the camera gives is the upright picture turned back.
        List<Detection> found = [];
        var quarters = rotate / 90;

        await ShowAsync(
            new DetectFallsOptions { Rotate = rotate },
            seconds =>
            {
                using var upright = Grey(seconds);
                return _pool.Rotate(upright, Box.Whole, (4 - quarters) % 4).Frame;
            },
            (sample, _) =>
            {
                found.AddRange(sample.Detections);
                return ValueTask.CompletedTask;
            });

        var upright = FrameRotation.Rotate(Assert.Single(found).Box, quarters);
        Assert.InRange(upright.YMax, 0.8f, 0.95f);
        Assert.True(upright.Width > upright.Height);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(PixelFormat.Rgba32)]
    [InlineData(PixelFormat.I420)]
    public async Task InvokeAsync_SkeletonOnly_StoresNothingOfWhatTheCameraSaw(PixelFormat format)
    {
        // The camera's whole picture has one unmistakable colour; what is stored is looked at pixel by pixel.
        await using (var store = _fixture.Open())
        {
            var save = new SaveDetections(
                new SaveDetectionsOptions { PositiveInterval = 0, IdleInterval = 0, DrawBoxes = true },
                "front",
                "camera",
                store,
                new UnsavedFalls(store, _fixture.Time, new LogRecorder<UnsavedFalls>()),
                new FakeVisits(),
                _fixture.Pool,
                _fixture.Time,
                new LogRecorder<SaveDetections>());
            await ShowAsync(
                new DetectFallsOptions { SkeletonOnly = true },
                seconds => Magenta(format, seconds),
                (sample, cancellation) => save.InvokeAsync(sample, (_, _) => ValueTask.CompletedTask, cancellation));
        }

        var pictures = Directory.GetFiles(_fixture.DataDir, "*.jpg", SearchOption.AllDirectories);
        Assert.Contains(pictures, path => path.Contains("-before-", StringComparison.Ordinal));
        var bright = 0;
        foreach (var path in pictures)
        {
            using var picture = SKBitmap.Decode(path);
            foreach (var pixel in picture.Pixels)
            {
                Assert.False(pixel.Red > pixel.Green + 30 && pixel.Blue > pixel.Green + 30, $"{path} shows {pixel}");
                bright += pixel.Red > 150 ? 1 : 0;
            }
        }

        Assert.True(bright > 100, "there should be a skeleton");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InvokeAsync_QuietPicture_IsLookedAtOnlyWhileSomebodyIsFollowed(bool isSomebodyThere)
    {
        var poses = new FakeDetector(_ => isSomebodyThere ? [_film.At(0)!] : []);
        var scene = new Scenes(_pool, TimeProvider.System).Of("hall");
        using var element = new DetectFalls(new DetectFallsOptions(), poses, _pool, _open, "hall", scene, _log);

        await PassAsync(element, 0, isQuiet: false);
        var looks = poses.Regions.Count;
        await PassAsync(element, 0.2, isQuiet: true);

        Assert.Equal(isSomebodyThere, poses.Regions.Count > looks);
        Assert.Equal(isSomebodyThere, scene.IsPersonFollowed);
    }

    [Fact]
    public async Task InvokeAsync_QuietPictureWithSkeletonOnly_StillHidesWhatTheCameraSaw()
    {
        using var element = new DetectFalls(new DetectFallsOptions { SkeletonOnly = true }, new FakeDetector(_ => []), _pool, _open, "hall", null, _log);

        var passed = await PassAsync(element, 0, isQuiet: true);

        Assert.Equal(0, passed);
    }

    [Fact]
    public async Task InvokeAsync_PersonBoxesOnly_FindTheFallToo()
    {
        List<string> labels = [];
        var element = new DetectFalls(new DetectFallsOptions(), new FakeDetector(_ => []), _pool, _open, "door", null, _log);
        for (var sample = 0; sample / (double)Fps < _film.Length; sample++)
        {
            using var frame = Grey(sample / (double)Fps);
            var boxes = _film.At(sample / (double)Fps) is { } person ? new[] { person with { Keypoints = [] } } : [];
            await element.InvokeAsync(
                new Sample(frame) { Detections = boxes },
                (passed, _) =>
                {
                    labels.AddRange(passed.Detections.Select(detection => detection.Label));
                    return ValueTask.CompletedTask;
                },
                TestContext.Current.CancellationToken);
        }

        element.Dispose();
        Assert.Equal(["FALL"], labels);
    }

    [Theory]
    [InlineData(0, "FALL", "LONG_LIE")]
    [InlineData(90, "FALL")] // who lies in a picture that is turned otherwise lies elsewhere
    public async Task InvokeAsync_AnotherElementTookOver_GoesOnWithWhoLies(int rotateThen, params string[] expected)
    {
        List<string> labels = [];
        SampleHandler note = (passed, _) =>
        {
            labels.AddRange(passed.Detections.Select(detection => detection.Label));
            return ValueTask.CompletedTask;
        };
        await ShowAsync(new DetectFallsOptions(), Grey, note);
        Element(new DetectFallsOptions(), new FakeDetector(_ => [])).Dispose(); // sees nothing: the camera is away
        _film = Film.Of(Posture.Lying, 20);

        await ShowAsync(new DetectFallsOptions { FallProbability = 0.6f, Rotate = rotateThen }, Grey, note);

        Assert.Equal(expected, labels);
    }

    [Fact]
    public async Task InvokeAsync_FallSeenInDamagedPictures_IsReportedWhenWholeOnesConfirmIt()
    {
        var (labels, at) = await ShowDamagedAsync(from: 1.5, to: 5);

        Assert.Equal(["FALL"], labels);
        Assert.InRange(Assert.Single(at), 5.0, 6.6);
    }

    [Fact]
    public async Task InvokeAsync_PersonOnlyLooksFallenInDamagedPictures_ReportsNothing()
    {
        _film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(2.2).Hold(Posture.Standing, 5);

        var (labels, _) = await ShowDamagedAsync(from: 1.5, to: 5);

        Assert.Empty(labels);
    }

    private async Task<(List<string> Labels, List<double> At)> ShowDamagedAsync(double from, double to)
    {
        List<string> labels = [];
        List<double> at = [];
        await ShowAsync(
            new DetectFallsOptions(),
            seconds =>
            {
                using var grey = Grey(seconds);
                var damage = seconds >= from && seconds < to ? PictureDamage.Damaged : PictureDamage.None;
                var frame = _pool.Rent(grey.Width, grey.Height, grey.Format, grey.Sequence, grey.CapturedAt, grey.Position, damage);
                grey.Buffer.CopyTo(frame.Buffer);
                return frame;
            },
            (sample, _) =>
            {
                labels.AddRange(sample.Detections.Select(detection => detection.Label));
                at.AddRange(sample.Detections.Select(_ => sample.Frame.Position.TotalSeconds));
                return ValueTask.CompletedTask;
            });
        return (labels, at);
    }

    private DetectFalls Element(DetectFallsOptions options, IDetector poses) => new(options, poses, _pool, _open, "door", null, _log);

    private async Task ShowAsync(DetectFallsOptions options, Func<double, Frame> camera, SampleHandler next)
    {
        var now = 0.0;
        var poses = new FakeDetector(region => region is null && _film.At(now) is { } person ? [person] : []);
        using var element = Element(options, poses);
        for (var sample = 0; sample <= (int)(_film.Length * Fps); sample++)
        {
            now = sample / (double)Fps;
            using var frame = camera(now);
            await element.InvokeAsync(new Sample(frame), next, TestContext.Current.CancellationToken);
        }
    }

    private Frame Grey(double seconds) => Cinema.Grey(_pool, TimeSpan.FromSeconds(seconds));

    private Frame Magenta(PixelFormat format, double seconds)
    {
        var frame = _pool.Rent(160, 90, format, 0, TimelineFixture.Start.AddSeconds(seconds), TimeSpan.FromSeconds(seconds));
        var pixels = frame.Buffer.Span;
        if (format == PixelFormat.I420)
        {
            pixels[..(160 * 90)].Fill(106);
            pixels[(160 * 90)..].Fill(212); // BT.601: both differences of magenta are nearly as large as they can be
            return frame;
        }

        for (var i = 0; i < pixels.Length; i += 4)
        {
            ((ReadOnlySpan<byte>)[255, 0, 255, 255]).CopyTo(pixels[i..]);
        }

        return frame;
    }

    /// <summary>Passes a white picture, and tells how many white pixels come out.</summary>
    private async Task<int> PassAsync(DetectFalls element, double seconds, bool isQuiet)
    {
        using var frame = _pool.Rent(64, 48, PixelFormat.I420, 0, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(seconds));
        frame.Buffer.Span.Fill(255);
        var white = -1;
        await element.InvokeAsync(
            new Sample(frame) { IsQuiet = isQuiet },
            (sample, _) =>
            {
                white = sample.Frame.Plane(0).Count((byte)255);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        return white;
    }
}
