using Ambianic.Core.Vision;
using CsCheck;

namespace Ambianic.Tests.Core.Vision;

public sealed class CalibrationTests
{
    private static readonly Gen<Calibration> Calibrations = Gen.Select(
        Gen.Float[0.3f, 3], Gen.Float[-3, 3], (slope, intercept) => new Calibration { Slope = slope, Intercept = intercept });

    [Fact]
    public void ToProbability_HigherScore_IsNeverLess() => Gen.Select(Calibrations, Gen.Float[0, 1], Gen.Float[0, 1]).Sample((calibration, a, b) =>
        Assert.True(calibration.ToProbability(MathF.Min(a, b)) <= calibration.ToProbability(MathF.Max(a, b))));

    [Fact]
    public void ToScore_OfAProbability_IsTheScore() => Gen.Select(Calibrations, Gen.Float[0.05f, 0.95f]).Sample((calibration, score) =>
        Assert.Equal(score, calibration.ToScore(calibration.ToProbability(score)), 0.01f));

    [Fact]
    public void None_AnyScore_StaysAsItIs() => Gen.Float[0, 1].Sample(score => Assert.Equal(score, Calibration.None.ToProbability(score), 1e-5f));

    [Theory]
    [InlineData(2, -1)]
    [InlineData(0.5, 0.7)]
    public void Fit_ManyDetectionsOfAKnownCurve_FindsIt(float slope, float intercept)
    {
        var truth = new Calibration { Slope = slope, Intercept = intercept };
        var random = new Random(5);
        var judged = Enumerable.Range(0, 50_000)
            .Select(_ => random.NextSingle())
            .Select(score => (score, random.NextSingle() < truth.ToProbability(score)))
            .ToList();

        var fitted = Calibration.Fit(judged);

        Assert.Equal(slope, fitted.Slope, 0.1f);
        Assert.Equal(intercept, fitted.Intercept, 0.1f);
    }

    [Fact]
    public void Fit_PerfectlySeparatedScores_StaysFinite()
    {
        var fitted = Calibration.Fit([(0.1f, false), (0.2f, false), (0.8f, true), (0.9f, true)]);

        Assert.True(float.IsFinite(fitted.Slope) && float.IsFinite(fitted.Intercept));
        Assert.InRange(fitted.ToProbability(0.9f), 0.5f, 0.99f);
    }

    [Theory]
    [InlineData(0.5f, 0.5f)]
    [InlineData(1f, 1f)]
    [InlineData(0f, 1e-9f)] // so close to certain that they are taken for the same
    [InlineData(0.5f, 0.50000006f)]
    public void Fit_ScoresThatDoNotDiffer_RefusesAndSaysSo(float one, float other)
    {
        var error = Assert.Throws<ArgumentException>(() => Calibration.Fit([(one, true), (one, false), (other, true), (other, false)]));

        Assert.Contains("scores do not differ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OnlyRightOnes_Refuses() =>
        Assert.Throws<ArgumentException>(() => Calibration.Fit([(0.5f, true), (0.7f, true)]));

    [Fact]
    public void Fit_HigherScoresLessOftenRight_Refuses() =>
        Assert.Throws<ArgumentException>(() => Calibration.Fit([(0.1f, true), (0.2f, true), (0.8f, false), (0.9f, false)]));
}
