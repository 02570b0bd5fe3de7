using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Tests.Core.Vision.Tracking;

/// <summary>A car that parks, seen by a detector that loses it at times. The street is drawn: a car is stripes.</summary>
public sealed class ParkedCarTests : IDisposable
{
    private static readonly Detection Car = new("car", 0.9f, new Box(0.4f, 0.4f, 0.6f, 0.6f));
    private readonly FramePool _pool = new();
    private readonly ObjectTracker _tracker;
    private readonly Frame _frame;
    private int _lastId;
    private TimeSpan _time;
    private double _light = 1;

    public ParkedCarTests()
    {
        _tracker = new ObjectTracker(new ObjectTrackingRule(), () => ++_lastId);
        _frame = _pool.Rent(320, 180, PixelFormat.I420);
        Draw(hasCar: true);
        Pass(TimeSpan.FromSeconds(15), Car);
    }

    public void Dispose() => _frame.Dispose();

    [Fact]
    public void Update_NotFoundWhileItsPlaceLooksTheSame_IsKept()
    {
        Pass(TimeSpan.FromMinutes(10));

        Assert.True(Assert.Single(_tracker.Tracks).IsStationary);
        Pass(TimeSpan.FromSeconds(1), Car);
        Assert.Equal(1, _lastId);
    }

    [Fact]
    public void Update_LeavesUnseen_IsForgottenSoon()
    {
        Draw(hasCar: false);
        Pass(TimeSpan.FromSeconds(40));

        Assert.Empty(_tracker.Tracks);
    }

    [Fact]
    public void Update_LampIsSwitchedOnAndOff_IsKept()
    {
        for (var i = 0; i < 10; i++)
        {
            _light = i % 2 == 0 ? 0.4 : 1.2;
            Draw(hasCar: true);
            Pass(TimeSpan.FromMinutes(2));
        }

        Pass(TimeSpan.FromSeconds(1), Car);
        Assert.Equal(1, _lastId);
    }

    [Fact]
    public void Update_NightFalls_IsKeptUntilMorning()
    {
        _light = 0.02;
        Draw(hasCar: true);
        Pass(TimeSpan.FromHours(8), samplesPerSecond: 0.2);
        _light = 1;
        Draw(hasCar: true);
        Pass(TimeSpan.FromSeconds(1), Car);

        Assert.Equal(1, _lastId);
    }

    [Fact]
    public void Update_SomebodyStandsBeforeIt_IsKept()
    {
        Draw(hasCar: true, hasSomebody: true);
        Pass(TimeSpan.FromSeconds(20), new Detection("person", 0.9f, new Box(0.42f, 0.3f, 0.58f, 0.8f)));
        Draw(hasCar: true);
        Pass(TimeSpan.FromSeconds(1), Car);

        Assert.Equal("car", _tracker.Tracks[0].Label);
        Assert.Equal(2, _lastId);
    }

    private void Pass(TimeSpan duration, Detection seen) => Pass(duration, 2, seen);

    private void Pass(TimeSpan duration, double samplesPerSecond = 2, params Detection[] seen)
    {
        for (var end = _time + duration; _time < end; _time += TimeSpan.FromSeconds(1 / samplesPerSecond))
        {
            _tracker.Update(_time, _frame, seen, 0.6f);
        }
    }

    private void Draw(bool hasCar, bool hasSomebody = false)
    {
        var luma = _frame.Buffer.Span[..(_frame.Width * _frame.Height)];
        for (var i = 0; i < luma.Length; i++)
        {
            var (x, y) = ((double)(i % _frame.Width) / _frame.Width, (double)(i / _frame.Width) / _frame.Height);
            var isCar = hasCar && x is > 0.4 and < 0.6 && y is > 0.4 and < 0.6;
            var level = hasSomebody && x is > 0.42 and < 0.58 && y is > 0.3 and < 0.8 ? 40 + (200 * y)
                : isCar ? ((int)(x * 40) + (int)(y * 20)) % 2 == 0 ? 200 : 40
                : 60 + (120 * x);
            luma[i] = (byte)Math.Min(255, _light * level);
        }
    }
}
