using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>Falls of people who never stand straight.</summary>
public sealed class StoopedFallTests
{
    /// <summary>Degrees that the torso leans, samples a second, and where between two samples the first one lies.</summary>
    public static TheoryData<float, double, double> Stoops => new(
        from angle in (float[])[46, 52, 60]
        from fps in (double[])[2, 3, 5, 8, 10, 15]
        from phase in (double[])[0, 0.25, 0.5, 0.75]
        select (angle, fps, phase));

    [Theory]
    [MemberData(nameof(Stoops))]
    public async Task Observe_StoopedPersonWalksAndFalls_IsReportedAndSoIsGettingUp(float angle, double fps, double phase)
    {
        var film = new Film { X = 0.3f, Walking = 0.03f }.Hold(Stooped(angle), 4).Fall(Posture.Lying, 0.8).Hold(4).Move(Stooped(angle), 2).Hold(4);

        Assert.Equal([FallLabels.Fall, FallLabels.Recovered], await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    [Theory]
    [MemberData(nameof(Stoops))]
    public async Task Observe_StoopedPersonSitsBendsAndTiesShoes_ReportsNothing(float angle, double fps, double phase)
    {
        var film = Film.Of(Stooped(angle), 3)
            .Move(Posture.Bending, 0.8).Hold(2).Move(Stooped(angle), 0.8).Hold(2)
            .Move(Posture.TyingShoe, 1.2).Hold(8).Move(Stooped(angle), 1).Hold(2)
            .Move(Posture.Sitting, 1).Hold(5).Move(Stooped(angle), 1).Hold(2);

        Assert.Empty(await new Cinema(film).LabelsAsync(fps, phase / fps));
    }

    private static Posture Stooped(float angle) => new(angle, 5, -5, 0.47f);
}
