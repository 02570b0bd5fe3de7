using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>People whom the model loses, finds again, or takes for one another.</summary>
public sealed class LostPersonTests
{
    /// <summary>All but lying, not yet at rest.</summary>
    private static readonly Posture OnTheWayDown = new(70, 75, 80, 0.15f);

    [Fact]
    public async Task Observe_VanishesAfterComingDown_IsReported()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(new Posture(70, 250, 260, 0.15f), 0.7).Hide(5);

        var (_, report) = Assert.Single(await new Cinema(film).ShowAsync(5));

        Assert.Equal(FallLabels.Fall, report.Label);
        Assert.True(report.Details.Evidence.Vanished);
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_VanishesOnTheFloor_IsReportedAtAnyRate(double fps, double phase)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(OnTheWayDown, 0.7).Hold(UntilSeenOnce(fps)).Hide(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_VanishesAfterABurstOfFrames_IsReported(double fps, double phase)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(OnTheWayDown, 0.7).Hold(UntilSeenOnce(fps)).Hide(5);
        var stalls = 0.5 + (1 / fps);
        var cinema = new Cinema(film) { Position = now => now < 0.5 || now > stalls ? now : stalls + ((now - 0.5) / 100) };

        Assert.Equal([FallLabels.Fall], await cinema.LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Observe_SeenDeepInOneOfManyLooksAndGone_IsNoFall(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Hold(OnTheWayDown, 1 / fps).Hide(5);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_LostOnTheWayDownAndFoundLying_IsReported(double fps, double phase)
    {
        foreach (var (seen, lost) in ((float, double)[])[(0.6f, 1.3), (0.9f, 2.2)])
        {
            var film = Film.Of(Posture.Standing, 2)
                .Fall(Posture.Between(Posture.Standing, Posture.Lying, seen), 0.6).Hold(UntilSeenOnce(fps) + 0.1)
                .Hide(lost).Hold(Posture.Lying, 6);
            var (_, report) = Assert.Single(await new Cinema(film).ShowAsync(fps, phase / fps));

            Assert.Equal((FallLabels.Fall, 1), (report.Label, report.Details.Track));
        }
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_HelperKneelsBesideTheFallenWhoIsHidden_CancelsNothing(double fps, double phase)
    {
        var fallen = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(3).Hide(30);
        var helper = new Film { X = 0.55f }.Hide(6.4).Hold(Posture.Standing, 2).Move(Posture.TyingShoe, 1).Hold(10).Move(Posture.Standing, 1).Hold(10);

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie], await new Cinema(fallen, helper).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Observe_SomethingUprightBesideIsTakenForTheFalling_TheOneWhoLiesThereIsReported(double fps)
    {
        foreach (var phase in (double[])[0, 0.25, 0.5, 0.75])
        {
            var halfWay = Posture.Between(Posture.Standing, Posture.Lying, 0.6f);
            var falls = Film.Of(Posture.Standing, 2).Fall(halfWay, 0.6).Hide(0.4).Hold(Posture.Lying, 6);
            var lamp = new Film { X = 0.54f, Height = 0.35f }.Hide(2.6).Hold(Posture.Standing, 0.6).Hide(6);

            Assert.Contains(FallLabels.Fall, await new Cinema(falls, lamp).LabelsAsync(fps, phase / fps));
        }
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_HelperComesBeforeItIsCertainAndHidesTheFallen_IsReported(double fps, double phase)
    {
        foreach (var (x, after) in ((float, double)[])[(0.52f, 0.9), (0.58f, 0.5)])
        {
            var fallen = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(after).Hide(15);
            var helper = new Film { X = x }.Hide(2.8 + after).Hold(Posture.Standing, 15 - after);

            Assert.Equal([FallLabels.Fall, FallLabels.LongLie], await new Cinema(fallen, helper).LabelsAsync(fps, phase / fps));
        }
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.RatesAndPhases), MemberType = typeof(FallSceneTests))]
    public async Task Observe_FallsBesideSomebodyAndIsFoundOnlyNear_IsLookedForAndReported(double fps, double phase)
    {
        var falls = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(UntilSeenOnce(fps) + 0.1).HideFromAfar(6);
        var bystander = new Film { X = 0.55f, Ground = 0.95f }.Hold(Posture.Sitting, 9);

        var (_, report) = Assert.Single(await new Cinema(falls, bystander).ShowAsync(fps, phase / fps));

        Assert.Equal((FallLabels.Fall, false), (report.Label, report.Details.Evidence.Vanished));
    }

    [Fact]
    public async Task Observe_LiesWhereSomebodySleptAndStoodSince_IsReportedAgain()
    {
        var film = Film.Of(Posture.Lying, 40).Hide(1200).Hold(Posture.Standing, 5).Move(Posture.Lying, 5).Hold(60);

        Assert.Equal([FallLabels.PersonDown, FallLabels.PersonDown], await new Cinema(film).LabelsAsync(5));
    }

    [Theory]
    [MemberData(nameof(FallSceneTests.Rates), MemberType = typeof(FallSceneTests))]
    public async Task Observe_VisitorComesWhileTheFallenIsNotFound_CancelsNothing(double fps)
    {
        var fallen = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(2.5).Hide(20);
        var visitor = new Film { X = 0.85f }.Hide(10).Hold(Posture.Standing, 15);

        var labels = await new Cinema(fallen, visitor).LabelsAsync(fps);

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie], labels);
    }

    [Theory]
    [Slow]
    [MemberData(nameof(FallSceneTests.Rates), MemberType = typeof(FallSceneTests))]
    public async Task Observe_LiesAndIsFoundNowAndThen_IsReportedOnce(double fps)
    {
        var film = Film.Of(Posture.Lying, 10);
        for (var i = 0; i < 20; i++)
        {
            film = film.Hide(3.5).Hold(10);
        }

        Assert.Equal([FallLabels.PersonDown], await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [Slow]
    [MemberData(nameof(FallSceneTests.Rates), MemberType = typeof(FallSceneTests))]
    public async Task Observe_SleeperIsLostForMinutes_IsNotReportedAgain(double fps)
    {
        var film = Film.Of(Posture.Lying, 60).Hide(200).Hold(60).Hide(200).Hold(60);

        Assert.Equal([FallLabels.PersonDown], await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Observe_FallenIsFoundNowAndThen_IsReportedWithinThreeSeconds(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8);
        for (var i = 0; i < 10; i++)
        {
            film = film.Hold(0.2).Hide(0.6);
        }

        var (time, report) = Assert.Single(await new Cinema(film).ShowAsync(fps));
        Assert.Equal(FallLabels.Fall, report.Label);
        Assert.InRange(time, 2.8, 5.8);
    }

    /// <summary>Seconds that somebody has to stay low after coming down so that a slow camera sees it once, whatever its phase.</summary>
    private static double UntilSeenOnce(double fps) => fps > 5 ? 0 : fps == 5 ? 0.1 : 0.4;
}
