using Ambianic.Core.Vision;
using Ambianic.Evaluation.Tracking;

namespace Ambianic.Tests.Evaluation.Tracking;

public sealed class TrackingScoreTests
{
    private static readonly Box Left = new(0.1f, 0.1f, 0.3f, 0.5f);
    private static readonly Box Right = new(0.6f, 0.1f, 0.8f, 0.5f);

    [Fact]
    public void Of_TheTruth_IsPerfect()
    {
        var truth = Samples(10, _ => [new(1, Left), new(2, Right)]);

        var score = TrackingScore.Of(truth, Samples(10, _ => [new(7, Right), new(9, Left)]));

        Assert.Equal(new TrackingScore(1, 1, 1, 1), score);
    }

    [Fact]
    public void Of_NothingFollowed_IsZero() =>
        Assert.Equal(new TrackingScore(0, 0, 0, 0), TrackingScore.Of(Samples(10, _ => [new(1, Left)]), Samples(10, _ => [])));

    [Fact]
    public void Of_IdentityChangesHalfWay_CostsIdentityAlone()
    {
        var score = TrackingScore.Of(Samples(10, _ => [new(1, Left)]), Samples(10, sample => [new(sample < 5 ? 1 : 2, Left)]));

        // Each match shares 5 of 10 samples with the truth: AssA = 5 / (10 + 5 - 5) = .5. Of 20 samples 2 x 5 agree.
        Assert.Equal(1, score.Detection, tolerance: 1e-9);
        Assert.Equal(0.5, score.Association, tolerance: 1e-9);
        Assert.Equal(Math.Sqrt(0.5), score.Hota, tolerance: 1e-9);
        Assert.Equal(0.5, score.Idf1, tolerance: 1e-9);
    }

    [Fact]
    public void Of_OneOfTwoIsNeverFound_CostsDetectionAlone()
    {
        var score = TrackingScore.Of(Samples(10, _ => [new(1, Left), new(2, Right)]), Samples(10, _ => [new(1, Left)]));

        Assert.Equal((0.5, 1), (score.Detection, score.Association));
        Assert.Equal(2.0 * 10 / 30, score.Idf1, tolerance: 1e-9);
    }

    [Fact]
    public void Of_TwoExchangeTheirIdentities_HalfOfItIsRight()
    {
        var score = TrackingScore.Of(
            Samples(10, _ => [new(1, Left), new(2, Right)]),
            Samples(10, sample => [new(sample < 5 ? 1 : 2, Left), new(sample < 5 ? 2 : 1, Right)]));

        // Each pair of identities shares 5 of 15 samples.
        Assert.Equal(1, score.Detection, tolerance: 1e-9);
        Assert.Equal(1 / 3.0, score.Association, tolerance: 1e-9);
        Assert.Equal(0.5, score.Idf1, tolerance: 1e-9);
    }

    [Fact]
    public void Of_BoxesOverlapByHalf_CountAtHalfOfTheThresholds()
    {
        var half = new Box(Left.XMin, Left.YMin, Left.XMax, Left.YMin + (Left.Height / 2)); // IoU .5

        var score = TrackingScore.Of(Samples(10, _ => [new(1, Left)]), Samples(10, _ => [new(1, half)]));

        Assert.Equal(10 / 19.0, score.Hota, tolerance: 0.06);
        Assert.Equal(10 / 19.0, score.Detection, tolerance: 0.06);
    }

    [Fact]
    public void IouTracker_ObjectMovesLittle_KeepsItsNumber()
    {
        var tracker = new IouTracker();
        var moved = new Box(Left.XMin + 0.05f, Left.YMin, Left.XMax + 0.05f, Left.YMax);

        var first = tracker.Update(TimeSpan.Zero, [new Detection("person", 0.9f, Left)]);
        var second = tracker.Update(TimeSpan.FromSeconds(0.2), [new Detection("person", 0.9f, Right), new Detection("person", 0.9f, moved)]);

        Assert.Equal([1], first);
        Assert.Equal([2, 1], second);
    }

    [Fact]
    public void TrackLabels_Read_GivesSamplesInOrder()
    {
        var samples = TrackLabels.Read(["# remark", "time_s,id,label,xmin,ymin,xmax,ymax,interpolated", "0.1,2,person,0.1,0.2,0.3,0.4,0", "0.0,1,person,0.5,0.6,0.7,0.8,1"]);

        Assert.Equal([0.0, 0.1], samples.Keys);
        Assert.Equal(new TrackedBox(2, new Box(0.1f, 0.2f, 0.3f, 0.4f)), Assert.Single(samples[0.1]));
    }

    [Fact]
    public void TrackLabels_NotANumber_NamesTheLine() =>
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => TrackLabels.Read(["# x", "a,1,person,0,0,1,1,0"])).Message, StringComparison.Ordinal);

    private static IReadOnlyList<TrackedBox>[] Samples(int count, Func<int, TrackedBox[]> at) =>
        [.. Enumerable.Range(0, count).Select(sample => (IReadOnlyList<TrackedBox>)at(sample))];
}
