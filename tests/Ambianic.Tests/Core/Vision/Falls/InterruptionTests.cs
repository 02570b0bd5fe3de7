using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>The picture has nothing to do with the one before, or time jumps.</summary>
public sealed class InterruptionTests
{
    public static TheoryData<double> Rates => FallSceneTests.Rates;

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_LampIsSwitchedOnOverTheFallen_GoesOnToTheLongLieAndTheRecovery(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(22).Move(Posture.Standing, 2).Hold(4);
        var cinema = new Cinema(film) { Light = now => now < 7 ? ((byte)60, (byte)60) : ((byte)60, (byte)180) };

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie, FallLabels.GotUp], await cinema.LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_ComputerIsSuspendedWhileSomebodyLies_GoesOnToTheLongLie(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(22).Move(Posture.Standing, 2).Hold(4);
        var cinema = new Cinema(film) { Position = now => now < 7 ? now : now + 3600 };

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie, FallLabels.GotUp], await cinema.LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_ConnectionIsMadeAnewWhileSomebodyLies_GoesOnToTheLongLie(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(22).Move(Posture.Standing, 2).Hold(4);
        var cinema = new Cinema(film) { Position = now => now < 7 ? now : now - 7 };

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie, FallLabels.GotUp], await cinema.LabelsAsync(fps));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Observe_PipelineIsBuiltAnewWhileSomebodyLies_GoesOnToTheLongLieUnderTheSameNumber(double fps)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(22).Move(Posture.Standing, 2).Hold(4);
        var cinema = new Cinema(film) { ReplacedAt = 7, Position = now => now < 7 ? now : now - 7 };

        var told = await cinema.ShowAsync(fps);

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie, FallLabels.GotUp], told.Select(item => item.Report.Label));
        Assert.Single(told.Select(item => item.Report.Details.Track).Distinct());
        Assert.InRange(told[1].Time, 11.5, 14);
    }

    [Fact]
    public async Task Observe_PipelineIsBuiltAnewAndTheFallenIsHidden_GoesOnToTheLongLieAndToTheLast()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(4).Hide(70);
        var cinema = new Cinema(film) { ReplacedAt = 7, Position = now => now < 7 ? now : now - 7 };

        Assert.Equal([FallLabels.Fall, FallLabels.LongLie, FallLabels.LongLie], await cinema.LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_RestingZoneIsDrawnWhereTheFallenLies_NothingMoreIsSaid()
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(30);
        var cinema = new Cinema(film) { ReplacedAt = 7, Position = now => now < 7 ? now : now - 7, RestingZonesThen = [Box.Whole] };

        Assert.Equal([FallLabels.Fall], await cinema.LabelsAsync(5));
    }

    [Fact]
    public async Task Observe_StragglersAndRepeatedTimes_AreIgnored()
    {
        var pool = new FramePool();
        var looks = 0;
        var scene = new FallScene(new CountingLook(() => looks++), new FallRule(), []);
        foreach (var seconds in (double[])[1, 1.2, 1.1, 1.2, 1.4])
        {
            using var frame = Cinema.Grey(pool, TimeSpan.FromSeconds(seconds));
            await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, looks);
    }

    [Theory]
    [InlineData(30, 220)]
    [InlineData(90, 110)]
    public async Task Observe_SceneCutFromStandingToLying_IsNoFall(byte dark, byte bright)
    {
        var pool = new FramePool();
        var posture = Posture.Standing;
        var scene = new FallScene(
            new CountingLook(() => { }, () => StickFigure.Draw(posture, 0.5f, 0.85f, 0.6f, Film.Aspect)), new FallRule(), []);
        List<PersonReport> report = [];
        for (var sample = 0; sample < 50; sample++)
        {
            posture = sample < 15 ? Posture.Standing : Posture.Lying;
            using var frame = Cinema.Grey(pool, TimeSpan.FromSeconds(sample / 5.0));
            if (sample >= 15)
            {
                Checkerboard(frame, dark, bright);
            }

            report.AddRange(await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken));
        }

        Assert.Empty(report);
    }

    [Fact]
    public async Task Observe_DarkPictureFullOfNoise_IsNoCutFromSampleToSample()
    {
        var pool = new FramePool();
        var random = new Random(1);
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.Lying, 0.8).Hold(5);
        var now = 0.0;
        var scene = new FallScene(new CountingLook(() => { }, () => film.At(now)), new FallRule(), []);
        List<string> labels = [];
        for (; now < film.Length; now += 0.2)
        {
            using var frame = Cinema.Grey(pool, TimeSpan.FromSeconds(now));
            for (var row = 0; row < frame.Height; row += 5)
            {
                for (var column = 0; column < frame.Width; column += 5)
                {
                    var luma = (byte)random.Next(12, 29);
                    for (var line = 0; line < 5; line++)
                    {
                        frame.Buffer.Span.Slice(((row + line) * frame.Width) + column, 5).Fill(luma);
                    }
                }
            }

            labels.AddRange((await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken)).Select(report => report.Label));
        }

        Assert.Equal([FallLabels.Fall], labels);
    }

    [Fact]
    public async Task Observe_SourceBeginsAnew_ForgetsEverybody()
    {
        var pool = new FramePool();
        var posture = Posture.Standing;
        var scene = new FallScene(
            new CountingLook(() => { }, () => StickFigure.Draw(posture, 0.5f, 0.85f, 0.6f, Film.Aspect)), new FallRule(), []);
        List<PersonReport> report = [];
        foreach (var (from, lying) in ((int, bool)[])[(50, false), (0, true)])
        {
            posture = lying ? Posture.Lying : Posture.Standing;
            for (var sample = from; sample < from + 30; sample++)
            {
                using var frame = Cinema.Grey(pool, TimeSpan.FromSeconds(sample / 5.0));
                report.AddRange(await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken));
            }
        }

        Assert.Empty(report);
    }

    private static void Checkerboard(Frame frame, byte dark, byte bright)
    {
        var luma = frame.Buffer.Span;
        for (var i = 0; i < frame.Width * frame.Height; i++)
        {
            luma[i] = ((i % frame.Width / 20) + (i / frame.Width / 15)) % 2 == 0 ? dark : bright;
        }
    }

    private sealed class CountingLook(Action count, Func<Detection?>? see = null) : IPoseEstimator
    {
        public ValueTask<IReadOnlyList<Detection>> EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation)
        {
            count();
            return new(see?.Invoke() is { } seen ? [seen] : []);
        }
    }
}
