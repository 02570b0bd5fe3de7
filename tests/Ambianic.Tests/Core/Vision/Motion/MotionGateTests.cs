using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;

namespace Ambianic.Tests.Core.Vision.Motion;

public sealed class MotionGateTests
{
    private const double Fps = 5;

    private readonly FilmedYard _yard = new();
    private MotionGate _gate = new(new MotionRule(), ZoneMap.None);
    private int _frames;

    [Theory]
    [InlineData(1)]
    [InlineData(8)] // at night
    public void Decide_NothingMoves_OnlyNowAndThen(double noise)
    {
        _yard.Noise = noise;
        Watch(3);

        var reasons = Watch(60);

        Assert.InRange(reasons.Count(reason => reason == LookReason.FullLook), 25, 31);
        Assert.InRange(reasons.Count(reason => reason == LookReason.Quiet), 255, 271);
    }

    [Fact]
    public void Decide_NothingIsKnownYet_LooksAtEveryFrame() =>
        Assert.All(Watch(1.8), reason => Assert.Equal(LookReason.Starting, reason));

    [Theory]
    [InlineData(0.02, 0.08)] // far away: 13 x 29 pixels
    [InlineData(0.2, 0.7)]
    public void Decide_SomebodyWalksIn_LooksAtOnceAndAsLongAsTheyWalk(double width, double height)
    {
        Watch(3);

        var reasons = Watch(5, time => [new Box((float)(time / 8), 0.25f, (float)((time / 8) + width), (float)(0.25 + height))]);

        Assert.All(reasons, reason => Assert.Equal(LookReason.Motion, reason));
        var region = Assert.Single(_gate.Map.Regions, region => region.XMax > 0.6);
        Assert.True(region.YMin <= 0.25f && region.YMax >= 0.25 + height);
    }

    [Fact]
    public void Decide_SomebodyStopsAndStays_IsFoundByTheFullLook()
    {
        Watch(3);
        Watch(2, time => [new Box((float)(time / 4), 0.3f, (float)(time / 4) + 0.1f, 0.8f)]);

        var reasons = Watch(60, _ => [new Box(0.5f, 0.3f, 0.6f, 0.8f)]);

        Assert.Equal(LookReason.Quiet, reasons[^2] == LookReason.FullLook ? reasons[^1] : reasons[^2]);
        Assert.InRange(LongestQuiet(reasons), 1, 2 * Fps);
    }

    [Fact]
    public void Decide_SomebodyIsFollowed_LooksAtEveryFrame()
    {
        Watch(3);

        Assert.All(Watch(10, isFollowing: true), reason => Assert.Equal(LookReason.Followed, reason));
    }

    [Fact]
    public void Decide_ExposureDrifts_IsNoMotion()
    {
        Watch(3);
        List<LookReason> reasons = [];
        for (var step = 0; step < 20 * Fps; step++)
        {
            _yard.Exposure *= step < 10 * Fps ? 1.006 : 1 / 1.006;
            reasons.AddRange(Watch(1 / Fps));
        }

        Assert.DoesNotContain(LookReason.Motion, reasons);
    }

    [Fact]
    public void Decide_LightIsSwitchedOn_LooksOnceAndLearnsAgain()
    {
        Watch(3);
        _yard.Noise = 1;
        _yard.Leaves = (Box.Whole, 60); // another picture altogether
        var first = Watch(1 / Fps);
        _yard.Leaves = null;

        Assert.Equal([LookReason.SceneChange], first);
        Assert.Contains(LookReason.Quiet, Watch(6));
    }

    [Fact]
    public void Decide_LeavesMove_CountNoMoreAndSomebodyBeforeThemDoes()
    {
        _yard.Leaves = (new Box(0, 0, 0.4f, 0.5f), 12);
        Watch(90);

        var leaves = Watch(30);
        var person = Watch(2, time => [new Box((float)(time / 20), 0.1f, (float)(time / 20) + 0.1f, 0.5f)]);

        Assert.InRange(leaves.Count(reason => reason == LookReason.Motion), 0, 30);
        Assert.All(person, reason => Assert.Equal(LookReason.Motion, reason));
    }

    [Fact]
    public void Decide_MotionInAZoneThatIgnoresIt_IsNoReason()
    {
        var zone = new ZoneOptions { Points = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], Kind = ZoneKind.IgnoreMotion };
        _gate = new MotionGate(new MotionRule(), new ZoneMap(new Dictionary<string, ZoneOptions> { ["street"] = zone }));
        Watch(3);

        var street = Watch(2, time => [new Box(0.1f, (float)(time / 8), 0.3f, (float)(time / 8) + 0.4f)]);
        var garden = Watch(2, time => [new Box(0.6f, (float)(time / 8), 0.8f, (float)(time / 8) + 0.4f)]);

        Assert.DoesNotContain(LookReason.Motion, street);
        Assert.All(garden, reason => Assert.Equal(LookReason.Motion, reason));
    }

    [Fact]
    public void Decide_PositionBeginsAgainOrSizeChanges_LearnsAgain()
    {
        Watch(5);
        _frames = 0;
        var again = Watch(1 / Fps);
        using var frame = new FilmedYard(320, 240).At(TimeSpan.FromSeconds(9));

        Assert.Equal([LookReason.Starting], again);
        Assert.Equal(LookReason.Starting, _gate.Decide(frame, isFollowing: false));
    }

    [Fact]
    public void Decide_Warm_AllocatesNothing()
    {
        Watch(3, time => [new Box((float)(time / 8), 0.25f, (float)(time / 8) + 0.2f, 0.8f)]);
        using var frame = _yard.At(TimeSpan.FromSeconds(4), new Box(0.4f, 0.3f, 0.6f, 0.9f));
        using var next = _yard.At(TimeSpan.FromSeconds(4.2), new Box(0.5f, 0.3f, 0.7f, 0.9f));
        _gate.Decide(frame, isFollowing: false);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _gate.Decide(next, isFollowing: false);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int LongestQuiet(List<LookReason> reasons)
    {
        var (longest, current) = (0, 0);
        foreach (var reason in reasons)
        {
            current = reason == LookReason.Quiet ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest;
    }

    /// <summary>What is decided of the frames of some seconds.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="people">Where somebody is at a time from 0 on.</param>
    /// <param name="isFollowing">Whether somebody is followed.</param>
    private List<LookReason> Watch(double seconds, Func<double, Box[]>? people = null, bool isFollowing = false)
    {
        List<LookReason> reasons = [];
        for (var i = 0; i < Math.Round(seconds * Fps); i++)
        {
            using var frame = _yard.At(TimeSpan.FromSeconds(_frames++ / Fps), people?.Invoke(i / Fps) ?? []);
            reasons.Add(_gate.Decide(frame, isFollowing));
        }

        return reasons;
    }
}
