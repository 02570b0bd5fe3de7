using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>Who falls onto the bottom and who sits down on the floor end alike; the way there differs.</summary>
public sealed class SittingOnTheFloorTests
{
    /// <summary>Samples a second, and where between two samples the first one lies.</summary>
    public static TheoryData<double, double> RatesAndPhases => FallSceneTests.RatesAndPhases;

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_FallOntoTheBottom_IsReported(double fps, double phase)
    {
        var film = Film.Of(Posture.Standing, 2).Fall(Posture.SittingOnTheFloor, 0.8).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_FallOntoTheBottomSeenFromBehind_IsReported(double fps, double phase)
    {
        var stands = new Film { Ground = 0.78f }.Hold(Posture.Standing, 2).Hide(6);
        var sitsNearer = new Film { Ground = 0.78f, Height = 0.85f }.Hide(2.5).Hold(Posture.SittingAwayFromTheCamera, 5.5);

        Assert.Equal([FallLabels.Fall], await new Cinema(stands, sitsNearer).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [Slow]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_SitsDownOnTheFloor_ReportsNothing(double fps, double phase)
    {
        foreach (var seconds in (double[])[1.5, 2, 3])
        {
            var film = Film.Of(Posture.Standing, 3).Move(Posture.SittingOnTheFloor, seconds).Hold(20).Move(Posture.Standing, 2).Hold(3);

            Assert.Empty(await new Cinema(film).LabelsAsync(fps, phase / fps));
        }
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_SlidesDownAWallAndTipsOver_IsReported(double fps, double phase)
    {
        var film = new Film { Ground = 0.65f }.Hold(Posture.Standing, 2).Move(Posture.SittingOnTheFloor, 1.5).Hold(0.5).Fall(Posture.Lying, 0.7).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }
}
