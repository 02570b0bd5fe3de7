using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>How long things take that a user waits for, and how long people are remembered.</summary>
public sealed class TimingThresholdTests
{
    private static Film Fallen => Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8);

    [Fact]
    public async Task Observe_Fall_IsReportedWhenThePersonWasLowForASecond()
    {
        var (_, report) = Assert.Single(await new Cinema(Fallen.Hold(5)).ShowAsync(20));

        Assert.InRange(report.Details.DownSeconds, 0.88, 0.97);
    }

    [Fact]
    public async Task Observe_NotFoundAfterComingDown_IsReportedAfterASecond()
    {
        var (time, _) = Assert.Single(await new Cinema(Fallen.Hide(5)).ShowAsync(20));

        Assert.InRange(time - 2.75, 0.97, 1.08);
    }

    [Fact]
    public async Task Observe_ComputerIsSuspended_HalfAMinuteOfItCounts()
    {
        var cinema = new Cinema(Fallen.Hold(20)) { Position = now => now < 7 ? now : now + 3600, Rule = new FallRule { LongLieSeconds = 36 } };

        var all = await cinema.ShowAsync(10);

        Assert.Equal([FallKind.Fall, FallKind.LongLie], all.Select(item => item.Report.Kind));
        Assert.InRange(all[1].Time, 7.5, 9.5);
    }

    [Theory]
    [InlineData(0.135f, 0)]
    [InlineData(0.168f, 1)]
    public async Task Observe_SmallPersonFalls_IsReportedFrom15PercentOfThePicture(float height, int reports)
    {
        var film = new Film { Height = height }.Hold(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(5);

        Assert.Equal(reports, (await new Cinema(film).LabelsAsync(10)).Count);
    }

    [Theory]
    [InlineData(0.07f, false)]
    [InlineData(0.09f, true)]
    public async Task Observe_ScoreSinks_IsFollowedDownTo008(float score, bool isSeen)
    {
        var scene = await WatchAsync(5, now => Person(now < 2 ? 0.6f : score), 4);

        Assert.Equal(isSeen, Assert.Single(scene.Tracks).IsSeen);
    }

    [Fact]
    public async Task Observe_SomebodyIsLost_IsSearchedForTwoSeconds()
    {
        List<double> searches = [];

        await WatchAsync(10, now => now < 2 ? Person(0.6f) : null, 8, searches.Add);

        Assert.InRange(searches.Max() - 1.9, 1.7, 2);
    }

    [Theory]
    [InlineData(Upright, 2.7, 1)]
    [InlineData(Upright, 3.3, 0)]
    [InlineData(Lying, 13.5, 1)]
    [InlineData(Lying, 16.5, 0)]
    [InlineData(Reported, 87, 1)]
    [InlineData(Reported, 93, 0)]
    public async Task Observe_NotFoundAnyMore_IsFollowedFor3SecondsAnd15LyingAnd90AfterAReport(double until, double unseen, int followed)
    {
        var posture = until == Upright ? Posture.Standing : Posture.Lying;

        var scene = await WatchAsync(5, now => now < until ? Person(0.6f, posture) : null, until + unseen);

        Assert.Equal(followed, scene.Tracks.Count);
    }

    [Theory]
    [InlineData(3500, 0, false)]
    [InlineData(3700, 0, true)]
    [InlineData(60, 1.1f, false)]
    [InlineData(60, 1.3f, true)]
    public void TryReport_SomebodyLiesThereAgain_IsNewAfterAnHourOrElsewhere(double seconds, float sizes, bool isNew)
    {
        var places = new KnownLying(new LyingRule());
        Assert.True(places.TryReport(FallKind.PersonDown, LyingAt(0), default));

        Assert.Equal(isNew, places.TryReport(FallKind.PersonDown, LyingAt(sizes), TimeSpan.FromSeconds(seconds)));
    }

    // Seconds for which somebody is seen: standing, lying for less than half a minute, and for longer.
    private const double Upright = 2;
    private const double Lying = 6;
    private const double Reported = 32;

    /// <summary>A body of 0.2 by 0.2, moved to the side by so many body sizes.</summary>
    private static Track LyingAt(float sizes) => new(1, new Body(new Box(0.2f * sizes, 0.6f, 0.2f * (sizes + 1), 0.8f), 0.6f, []), default, new TrackingRule());

    private static Detection Person(float score, Posture? posture = null) =>
        StickFigure.Draw(posture ?? Posture.Standing, 0.5f, 0.85f, 0.6f, Film.Aspect) with { Confidence = score };

    private static async Task<FallScene> WatchAsync(double fps, Func<double, Detection?> see, double until, Action<double>? searched = null)
    {
        var pool = new FramePool();
        var eye = new Eye(see, searched ?? (_ => { }));
        var scene = new FallScene(eye, new FallRule(), []);
        for (var sample = 0; sample / fps <= until; sample++)
        {
            using var frame = Cinema.Grey(pool, TimeSpan.FromSeconds(sample / fps), sample);
            await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken);
        }

        return scene;
    }

    private sealed class Eye(Func<double, Detection?> see, Action<double> searched) : IPoseEstimator
    {
        public ValueTask<IReadOnlyList<Detection>> EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation)
        {
            if (region != Box.Whole)
            {
                searched(frame.Position.TotalSeconds);
            }

            return new(see(frame.Position.TotalSeconds) is { } person && region == Box.Whole ? [person] : Array.Empty<Detection>());
        }
    }
}
