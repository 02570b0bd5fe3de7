namespace Ambianic.Vision.Falls;

public sealed class FallSceneTests
{
    /// <summary>All but lying, not yet at rest.</summary>
    private static readonly Posture OnTheWayDown = new(70, 75, 80, 0.15f);

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

        var (time, news) = Assert.Single(all);
        Assert.Equal(FallLabels.Fall, news.Label);
        Assert.InRange(time, 2.8, 4.8);
        Assert.InRange(news.Report.LeaningAngle, 80, 100);
        Assert.InRange(news.Confidence, 0.8f, 1f);
        Assert.InRange(news.Report.Evidence.UprightAt!.Value.TotalSeconds, 1, 2.8);
        Assert.Equal(new FallRule(), news.Report.Rule);
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
            all.Select(item => item.News.Label));
        Assert.InRange(all[1].News.Report.DownSeconds, 10, 10.3);
        Assert.InRange(all[2].News.Report.DownSeconds, 60, 60.3);
    }

    [Fact]
    public async Task Observe_VanishesAfterComingDown_IsReported()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(new Posture(70, 250, 260, 0.15f), 0.7).Hide(5);

        var (_, news) = Assert.Single(await new Cinema(film).ShowAsync(5));

        Assert.Equal(FallLabels.Fall, news.Label);
        Assert.True(news.Report.Evidence.Vanished);
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_VanishesOnTheFloor_IsReportedAtAnyRate(double fps, double phase)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(OnTheWayDown, 0.7).Hold(UntilSeenOnce(fps)).Hide(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
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
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_LostOnTheWayDownAndFoundLying_IsReported(double fps, double phase)
    {
        foreach (var (seen, lost) in ((float, double)[])[(0.6f, 1.3), (0.9f, 2.2)])
        {
            var film = Film.Of(Posture.Standing, 2)
                .Fall(Posture.Between(Posture.Standing, Posture.Lying, seen), 0.6).Hold(UntilSeenOnce(fps) + 0.1)
                .Hide(lost).Hold(Posture.Lying, 6);
            var (_, news) = Assert.Single(await new Cinema(film).ShowAsync(fps, phase / fps));

            Assert.Equal((FallLabels.Fall, 1), (news.Label, news.Report.Track));
        }
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
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
    [MemberData(nameof(RatesAndPhases))]
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
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_FallsBesideSomebodyAndIsFoundOnlyNear_IsLookedForAndReported(double fps, double phase)
    {
        var falls = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(UntilSeenOnce(fps) + 0.1).HideFromAfar(6);
        var bystander = new Film { X = 0.55f, Ground = 0.95f }.Hold(Posture.Sitting, 9);

        var (_, news) = Assert.Single(await new Cinema(falls, bystander).ShowAsync(fps, phase / fps));

        Assert.Equal((FallLabels.Fall, false), (news.Label, news.Report.Evidence.Vanished));
    }

    [Fact]
    public async Task Observe_LiesWhereSomebodySleptAndStoodSince_IsReportedAgain()
    {
        var film = Film.Of(Posture.Lying, 40).Hide(1200).Hold(Posture.Standing, 5).Move(Posture.Lying, 5).Hold(60);

        Assert.Equal([FallLabels.PersonDown, FallLabels.PersonDown], await new Cinema(film).LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_FoundOnTheFloor_ReportsPersonDownOnce()
    {
        var film = Film.Of(Posture.Lying, 100).Move(Posture.Standing, 3).Hold(4);

        var all = await new Cinema(film).ShowAsync(5);

        Assert.Equal([FallLabels.PersonDown, FallLabels.GotUp], all.Select(item => item.News.Label));
        Assert.InRange(all[0].Time, 30, 30.5);
        Assert.Null(all[0].News.Report.Evidence.Probability);
        Assert.Equal(1, all[0].News.Report.Evidence.LowShare);
        Assert.InRange(all[0].News.Confidence, 0.59f, 0.61f);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_VisitorComesWhileTheFallenIsNotFound_CancelsNothing(double fps)
    {
        var fallen = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(2.5).Hide(20);
        var visitor = new Film { X = 0.85f }.Hide(10).Hold(Posture.Standing, 15);

        var labels = await new Cinema(fallen, visitor).LabelsAsync(fps);

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie], labels);
    }

    [Theory]
    [MemberData(nameof(Rates))]
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
    [MemberData(nameof(Rates))]
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

        var (time, news) = Assert.Single(await new Cinema(film).ShowAsync(fps));
        Assert.Equal(FallLabels.Fall, news.Label);
        Assert.InRange(time, 2.8, 5.8);
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

        var (_, news) = Assert.Single(await new Cinema(seated, falling).ShowAsync(5));

        Assert.True(news.Body.RelativeBox(Film.Aspect).XMax < 0.6f);
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

    /// <summary>Seconds that somebody has to stay low after coming down so that a slow camera sees it once, whatever its phase.</summary>
    private static double UntilSeenOnce(double fps) => fps > 5 ? 0 : fps == 5 ? 0.1 : 0.4;
}
