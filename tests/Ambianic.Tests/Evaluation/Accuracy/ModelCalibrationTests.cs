using Ambianic.Evaluation.Accuracy;

namespace Ambianic.Tests.Evaluation.Accuracy;

public sealed class ModelCalibrationTests
{
    [Fact]
    public void Fit_TwentyOfEach_IsEnough()
    {
        var report = ModelCalibration.Fit(Half(10, 10), Half(10, 10));

        Assert.Equal(40, report.Detections);
        Assert.True(report.ErrorAfter < report.ErrorBefore);
        Assert.NotNull(report.ErrorElsewhere);
    }

    [Theory]
    [InlineData(19, 40)]
    [InlineData(40, 19)]
    public void Fit_FewerThanTwentyOfEither_SaysHowManyThereAre(int right, int wrong)
    {
        var error = Assert.Throws<ArgumentException>(() => ModelCalibration.Fit(Half(right, wrong), Half(0, 0)));

        Assert.Contains($"{right} right and {wrong} wrong", error.Message, StringComparison.Ordinal);
        Assert.Contains("more pictures", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NothingRight_ShowsTheLabelsOfBothSides()
    {
        var strangers = new JudgedDetections([.. Enumerable.Repeat(Judged.Of("class 0", 0.5f, 0), 30)], new Dictionary<string, int> { ["cat"] = 9 });

        var error = Assert.Throws<ArgumentException>(() => ModelCalibration.Fit(strangers, Half(0, 0)));

        Assert.Contains("class 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("cat", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ScoresBelowATenth_DoNotCount() =>
        Assert.Throws<ArgumentException>(() => ModelCalibration.Fit(Half(20, 0), new JudgedDetections([.. Enumerable.Repeat(Judged.Of("cat", 0.09f, 0), 30)], new Dictionary<string, int>())));

    /// <summary>Right ones score .6 on the whole, wrong ones .3.</summary>
    private static JudgedDetections Half(int right, int wrong) => new(
        [
            .. Enumerable.Range(0, right).Select(i => Judged.Of("cat", 0.4f + (0.4f * i / right), 0.9f)),
            .. Enumerable.Range(0, wrong).Select(i => Judged.Of("cat", 0.1f + (0.4f * i / wrong), 0)),
        ],
        new Dictionary<string, int> { ["cat"] = right });
}
