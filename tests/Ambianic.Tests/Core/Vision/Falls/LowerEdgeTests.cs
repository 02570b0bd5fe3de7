using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>Who leaves at the lower edge of the picture gets ever shorter in it, like somebody who falls.</summary>
public sealed class LowerEdgeTests
{
    /// <summary>Samples a second, and where between two samples the first one lies.</summary>
    public static TheoryData<double, double> RatesAndPhases => FallSceneTests.RatesAndPhases;

    [Theory]
    [Slow]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_WalksOutBelowTheCamera_ReportsNothing(double fps, double phase)
    {
        foreach (var (nearing, walking) in ((float, float)[])[(0.1f, 0.1f), (0.2f, 0), (0.2f, 0.1f), (0.3f, 0.1f), (0.4f, 0)])
        {
            var film = new Film { X = 0.2f, Ground = 0.6f, Height = 0.4f, Nearing = nearing, Walking = walking }.Hold(Posture.Standing, 9).Hide(4);

            Assert.Empty(await new Cinema(film).LabelsAsync(fps, phase / fps));
        }
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_StoopedPersonWalksOutBelowTheCamera_ReportsNothing(double fps, double phase)
    {
        foreach (var (angle, nearing) in ((float, float)[])[(46, 0.15f), (46, 0.2f), (52, 0.2f)])
        {
            var film = new Film { X = 0.4f, Ground = 0.6f, Height = 0.45f, Nearing = nearing, Walking = 0.05f }
                .Hold(new Posture(angle, 5, -5, 0.47f), 9).Hide(4);

            Assert.Empty(await new Cinema(film).LabelsAsync(fps, phase / fps));
        }
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_FallsOntoTheBottomNearTheEdgeFeetSeen_IsReported(double fps, double phase)
    {
        var film = new Film { Ground = 0.85f }.Hold(Posture.Standing, 2).Fall(Posture.SittingTowardsTheCamera, 0.7).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [MemberData(nameof(RatesAndPhases))]
    public async Task Observe_FallsWhereTheFeetAreBelowThePicture_IsReported(double fps, double phase)
    {
        var lyingFurtherAway = Posture.Lying with { HipHeight = 0.2f };
        var film = new Film { Ground = 1.05f }.Hold(Posture.Standing, 3).Fall(lyingFurtherAway, 0.8).Hold(5);

        Assert.Equal([FallLabels.Fall], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }
}
