using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Tests.Core.Vision.Tracking;

public sealed class ObjectTrackerTests : IDisposable
{
    private const float Certain = 0.6f;
    private readonly ObjectTracker _tracker;
    private readonly Frame _frame = new FramePool().Rent(160, 90, PixelFormat.I420);
    private int _lastId;
    private TimeSpan _time;

    public ObjectTrackerTests() => _tracker = new ObjectTracker(new ObjectTrackingRule(), () => ++_lastId);

    public void Dispose() => _frame.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void Update_TwoPersonsCross_KeepTheirNumbers(double fps)
    {
        int[] first = [], last = [];
        for (var second = 0.0; second <= 8; second += 1 / fps)
        {
            // Both walk a tenth of the picture a second; where they meet, one hides the other.
            var (left, right) = (0.1 + (0.1 * second), 0.9 - (0.1 * second));
            var hidden = Math.Abs(left - right) < 0.06;
            last = Show(fps, hidden ? [Person(left)] : [Person(left), Person(right)]);
            first = first.Length == 0 ? last : first;
        }

        Assert.Equal(first, last);
        Assert.Equal(2, _lastId);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void Update_WalksBehindSomethingForThreeSeconds_KeepsTheNumber(double fps)
    {
        int[] last = [];
        for (var second = 0.0; second <= 7; second += 1 / fps)
        {
            last = Show(fps, second is > 2 and < 5 ? [] : [Person(0.1 + (0.1 * second))]);
        }

        Assert.Equal([1], last);
    }

    [Fact]
    public void Update_UnseenForLongerThanThePatience_IsAnotherObject()
    {
        Repeat(10, Person(0.5));
        Repeat(30);

        Assert.Equal([2], Show(5, Person(0.5)));
    }

    [Fact]
    public void Update_ScoreSinks_IsStillFollowed()
    {
        Repeat(10, Person(0.5));
        Repeat(10, Person(0.5, confidence: 0.3f));

        Assert.True(_tracker.Tracks[0].IsSeen);
        Assert.InRange(_tracker.Tracks[0].Confidence, 0.3, 0.5);
        Assert.Equal([1], Show(5, Person(0.5)));
    }

    [Fact]
    public void Update_UncertainAlone_BelongsToNoTrack()
    {
        Assert.Equal([0], Show(5, Person(0.5, confidence: 0.3f)));
        Assert.Empty(_tracker.Tracks);
    }

    [Fact]
    public void Update_OneObjectWithTwoLabels_IsOneTrack() =>
        Assert.Equal([1, 1], Show(5, Thing("car", 0.5, 0.9f), Thing("truck", 0.5, 0.7f)));

    [Fact]
    public void Update_LabelWavers_IsWhatItWasTakenForMost()
    {
        Repeat(5, Thing("dog", 0.5, 0.9f));
        Repeat(2, Thing("cat", 0.5, 0.8f));

        Assert.Equal("dog", Assert.Single(_tracker.Tracks).Label);
    }

    [Fact]
    public void Update_PersonBeforeACar_IsNotTheCar()
    {
        Repeat(10, Thing("car", 0.5, 0.9f));

        Assert.Equal([1, 2], Show(5, Thing("car", 0.5, 0.9f), Person(0.5, confidence: 0.7f)));
        Assert.Equal([2], Show(5, Person(0.5)));
    }

    [Fact]
    public void Update_StaysForTenSeconds_IsStationaryUntilItLeaves()
    {
        Repeat(50, Thing("car", 0.5, 0.9f));
        Assert.False(_tracker.Tracks[0].IsStationary);
        Repeat(2, Thing("car", 0.5, 0.9f));
        Assert.True(_tracker.Tracks[0].IsStationary);

        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal([1], Show(5, Thing("car", 0.5 + (0.02 * i), 0.9f)));
        }

        Assert.False(_tracker.Tracks[0].IsStationary);
    }

    [Fact]
    public void Update_BoxOfAParkedCarJumps_StaysStationary()
    {
        for (var i = 0; i < 500; i++)
        {
            Show(5, Thing("car", 0.5 + (i % 7 == 0 ? 0.06 : 0.01 * (i % 3)), 0.9f));
        }

        Assert.True(Assert.Single(_tracker.Tracks).IsStationary);
    }

    [Fact]
    public void Update_ParkedCarHalfHiddenBySomebody_StaysStationary()
    {
        Repeat(60, Thing("car", 0.5, 0.9f));

        Repeat(20, new Detection("car", 0.8f, new Box(0.42f, 0.4f, 0.5f, 0.6f)), Person(0.55));

        Assert.True(_tracker.Tracks[0].IsStationary);
    }

    [Fact]
    public void Update_Warm_AllocatesNothing()
    {
        Detection[][] scenes = [[Person(0.2), Person(0.5), Thing("car", 0.8, 0.9f)], [Person(0.22), Thing("car", 0.8, 0.9f), Person(0.48, 0.3f)]];
        for (var i = 0; i < 200; i++)
        {
            Show(scenes[i % 2]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            Show(scenes[i % 2]);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Show(Detection[] scene)
        {
            _time += TimeSpan.FromSeconds(0.2);
            _tracker.Update(_time, _frame, scene, Certain);
        }
    }

    private static Detection Person(double x, float confidence = 0.9f) =>
        new(Detection.PersonLabel, confidence, new Box((float)x - 0.03f, 0.4f, (float)x + 0.03f, 0.7f));

    private static Detection Thing(string label, double x, float confidence) =>
        new(label, confidence, new Box((float)x - 0.08f, 0.4f, (float)x + 0.08f, 0.6f));

    private void Repeat(int samples, params Detection[] found)
    {
        for (var i = 0; i < samples; i++)
        {
            Show(5, found);
        }
    }

    private int[] Show(double fps, params Detection[] found)
    {
        _time += TimeSpan.FromSeconds(1 / fps);
        return _tracker.Update(_time, _frame, found, Certain).ToArray();
    }
}
