using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;
using Ambianic.Tests.Core.Vision;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Visits;

/// <summary>A pipeline of <c>detect_objects</c> and <c>save_detections</c> before which things happen as a test tells.</summary>
internal sealed class Street : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Start);
    private readonly DetectObjects _detect;
    private readonly SaveDetections _save;
    private readonly UnsavedFalls _unsaved;
    private Detection[] _seen = [];
    private TimeSpan _position;
    private long _sequence;
    private int _tracks;

    public Street(SaveDetectionsOptions? options = null, DetectObjectsOptions? detection = null)
    {
        // What moves is not painted, so that nothing would be a reason to look.
        _detect = new DetectObjects(
            (detection ?? new DetectObjectsOptions()) with { Motion = MotionMode.Off }, new FakeDetector(_ => _seen), () => ++_tracks, ZoneMap.None, null, NullLogger<DetectObjects>.Instance);
        _unsaved = new UnsavedFalls(Events, _time, NullLogger<UnsavedFalls>.Instance);
        _save = new SaveDetections(
            options ?? new SaveDetectionsOptions { IdleInterval = 1e6 },
            "front",
            "camera",
            Events,
            _unsaved,
            Visits,
            Pool,
            _time,
            NullLogger<SaveDetections>.Instance);
    }

    public FramePool Pool { get; } = new();

    public EventList Events { get; } = new();

    public FakeVisits Visits { get; } = new();

    /// <summary>Paints the picture; nothing is grey.</summary>
    public Action<Span<byte>, int>? Paint { get; set; }

    public PictureDamage Damage { get; set; }

    public double Fps { get; set; } = 5;

    public double Seconds => _position.TotalSeconds;

    /// <summary>Shows something for a time.</summary>
    public async Task ShowAsync(double seconds, params Detection[] seen)
    {
        _seen = [.. seen.OrderByDescending(detection => detection.Confidence)];
        for (var end = _position.TotalSeconds + seconds; _position.TotalSeconds < end - 1e-6;)
        {
            using var frame = Pool.Rent(64, 36, PixelFormat.I420, _sequence++, Start + _position, _position, Damage);
            frame.Buffer.Span.Fill(128);
            Paint?.Invoke(frame.Buffer.Span[..(64 * 36)], 64);
            await _detect.InvokeAsync(
                new Sample(frame),
                (sample, cancellation) => _save.InvokeAsync(sample, static (_, _) => ValueTask.CompletedTask, cancellation),
                TestContext.Current.CancellationToken);
            var step = TimeSpan.FromSeconds(1 / Fps);
            _position += step;
            _time.Advance(step);
        }
    }

    /// <summary>The pipeline stops.</summary>
    public ValueTask StopAsync() => _save.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _unsaved.DisposeAsync();
    }

    public static Detection Person(double x, double size = 0.3, float confidence = 0.9f) => new(
        Detection.PersonLabel, confidence, new Box((float)(x - (size / 8)), 0.4f, (float)(x + (size / 8)), (float)(0.4 + size)));

    public static Detection Car(double x) => new("car", 0.9f, new Box((float)x - 0.1f, 0.4f, (float)x + 0.1f, 0.6f));
}
