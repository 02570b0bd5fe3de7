using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Tests.Core.Vision.Falls;

public sealed class FallSceneTests
{
    public static TheoryData<double> Rates => [2, 3.3, 5, 10, 15];

    /// <summary>Samples a second, and where between two samples the first one lies.</summary>
    public static TheoryData<double, double> RatesAndPhases => new(
        from fps in (double[])[2, 3, 5, 8, 10, 15]
        from phase in (double[])[0, 0.25, 0.5, 0.75]
        select (fps, phase));

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_FallFromStanding_ReportsOneFallWithinTwoSecondsOfBeingDown(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(5);

        var all = await new Cinema(film).ShowAsync(fps);

        var (time, report) = Assert.Single(all);
        Assert.Equal(FallLabels.Fall, report.Label);
        Assert.InRange(time, 2.8, 4.8);
        Assert.InRange(report.Details.LeaningAngle, 80, 100);
        Assert.InRange(report.Confidence, 0.8f, 1f);
        Assert.InRange(report.Details.Evidence.UprightAt!.Value.TotalSeconds, 1, 2.8);
        Assert.Equal(new FallRule(), report.Details.Rule);
        Assert.Equal(new FallRule().Fingerprint(), report.Details.RuleFingerprint);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_FallInTheFirstSecond_IsReported(double fps)
    {
        var film = Film.Of(Posture.Standing, 0.3).Fall(Posture.Lying, 1.0).Hold(4);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_FallFromAChair_IsReported(double fps)
    {
        var film = Film.Of(Posture.Sitting, 3).Fall(Posture.Lying, 0.7).Hold(4);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_EverydayMovements_ReportNothing(double fps)
    {
        var film = Film.Of(Posture.Standing, 2)
            .Move(Posture.Bending, 0.8).Hold(1.5).Move(Posture.Standing, 0.8).Hold(1)
            .Move(Posture.TyingShoe, 1.2).Hold(8).Move(Posture.Standing, 1).Hold(1)
            .Move(Posture.Sitting, 1).Hold(5).Move(Posture.Standing, 1).Hold(2);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Observe_BendsOverATableAndStays_IsNoFallBecauseTheHipsStayUp(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Move(Posture.Bending, 0.7).Hold(6);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps));
        Assert.NotEmpty(await new Cinema(film) { Rule = new FallRule { HipDrop = -1 } }.LabelsAsync(fps));
    }

    [Fact]
    public async Task Observe_UpAndDownAgainForExercise_IsNoFallBecauseItIsNotLowForMostOfTheTime()
    {
        var film = Film.Of(Posture.Standing, 2);
        for (var i = 0; i < 8; i++)
        {
            film.Fall(Posture.Lying, 0.6).Hold(0.1).Move(Posture.Standing, 0.6).Hold(0.3);
        }

        Assert.Empty(await new Cinema(film).LabelsAsync(15));
        Assert.NotEmpty(await new Cinema(film) { Rule = new FallRule { ConfirmShare = 0 } }.LabelsAsync(15));
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_PickingSomethingUpWithBentKnees_ReportsNothing(double fps, double phase)
    {
        foreach (var (down, hold) in ((double, double)[])[(0.6, 1), (1, 1.5)])
        {
            var film = Film.Of(Posture.Standing, 3 + (phase / fps)).Move(Posture.PickingUp, down).Hold(hold).Move(Posture.Standing, 0.8).Hold(3);

            Assert.Empty(await new Cinema(film).LabelsAsync(fps));
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_LyingDownOnPurpose_IsNoFall(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Move(Posture.Sitting, 1.2).Hold(1).Move(Posture.Lying, 2.5).Hold(15);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_FallTowardsTheCamera_IsReportedThoughTheBodyLooksUpright(double fps)
    {
        var film = new Film { Ground = 0.7f }.Hold(Posture.Standing, 2).Fall(Posture.SittingTowardsTheCamera, 0.8).Hold(4);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_SquatsDownFastAndStays_IsNoFall(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Squatting, 0.6).Hold(8).Move(Posture.Standing, 1).Hold(2);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps));
    }

    [Fact]
    public async Task Observe_CatchesHimselfOnHisHeelsAndFallsOver_IsReportedOnce()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Squatting, 0.6).Hold(1.5).Fall(Posture.Lying, 0.5).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_SampleEveryTwoSeconds_StillReportsTheFall()
    {
        var film = Film.Of(Posture.Standing, 7).Fall(Posture.Lying, 0.8).Hold(9);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(0.5));
    }

    [Fact]
    public async Task Observe_SomebodySmallAndUprightIsTakenForOneWhoWalkedAway_IsNoFall()
    {
        var leaves = new Film().Hold(Posture.Standing, 3).Hide(5);
        var farAway = new Film { Height = 0.25f, Score = 0.12f }.Hide(3).Hold(Posture.Standing, 5);

        Assert.Empty(await new Cinema(leaves, farAway).LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_GetsUpAfterAFall_ReportsRecovered()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(4).Move(Posture.Standing, 2).Hold(80);

        Assert.Equal([FallLabels.Fall, FallLabels.Recovered], await new Cinema(film).LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_StaysDown_ReportsLongLieTwiceAndGettingUp()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(90).Move(Posture.Standing, 3).Hold(5);

        var all = await new Cinema(film).ShowAsync(5);

        Assert.Equal(
            [FallLabels.Fall, FallLabels.LongLie, FallLabels.LongLie, FallLabels.GotUp],
            all.Select(item => item.Report.Label));
        Assert.InRange(all[1].Report.Details.DownSeconds, 10, 10.3);
        Assert.InRange(all[2].Report.Details.DownSeconds, 60, 60.3);
    }

    [Fact]
    public async Task Observe_FoundOnTheFloor_ReportsPersonDownOnce()
    {
        var film = Film.Of(Posture.Lying, 100).Move(Posture.Standing, 3).Hold(4);

        var all = await new Cinema(film).ShowAsync(5);

        Assert.Equal([FallLabels.PersonDown, FallLabels.GotUp], all.Select(item => item.Report.Label));
        Assert.InRange(all[0].Time, 30, 30.5);
        Assert.Null(all[0].Report.Details.Evidence.Probability);
        Assert.Equal(1, all[0].Report.Details.Evidence.LowShare);
        Assert.InRange(all[0].Report.Confidence, 0.59f, 0.61f);
    }

    [Fact]
    public async Task Observe_LiesInARestingZone_ReportsNothing()
    {
        var cinema = new Cinema(Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(100)) { RestingZones = [new Box(0, 0.5f, 1, 1)] };

        Assert.Empty(await cinema.LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_FallBesideASeatedPerson_ReportsTheOneWhoFell()
    {
        var falling = new Film { X = 0.3f }.Hold(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(5);
        var seated = new Film { X = 0.75f, Score = 0.9f }.Hold(Posture.Sitting, 8);

        var (_, report) = Assert.Single(await new Cinema(seated, falling).ShowAsync(5));

        Assert.True(report.Body.RelativeBox(Film.Aspect).XMax < 0.6f);
    }

    [Fact]
    public async Task Observe_LowScoreOnTheFloor_IsStillFollowed()
    {
        var film = new Film { Score = 0.21f }.Hold(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(10));
    }

    [Fact]
    public async Task Observe_TwelvePersonsWalking_ReportsNothing()
    {
        var films = Enumerable.Range(0, 12)
            .Select(i => new Film { X = 0.05f + (0.08f * i), Height = 0.3f, Walking = i % 2 == 0 ? 0.05f : -0.05f }.Hold(Posture.Standing, 20))
            .ToArray();

        Assert.Empty(await new Cinema(films).LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_NobodyForAnHour_ReportsNothing() =>
        Assert.Empty(await new Cinema(new Film().Hide(3600)).LabelsAsync(1));
}
