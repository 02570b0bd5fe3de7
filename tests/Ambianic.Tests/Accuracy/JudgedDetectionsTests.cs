using Ambianic.Vision;

namespace Ambianic.Accuracy;

public sealed class JudgedDetectionsTests
{
    private static readonly Dictionary<string, int> TwoPersons = new() { ["person"] = 2 };

    [Fact]
    public void Judge_TwoDetectionsOfOneThing_OnlyTheMoreConfidentIsRight()
    {
        var box = new Box(0.1f, 0.1f, 0.5f, 0.5f);

        var judged = JudgedDetections.Judge(
            [new Detection("person", 0.6f, box), new Detection("person", 0.9f, box), new Detection("dog", 0.8f, box)],
            [new TrueBox("person", box)]).ToList();

        Assert.Equal([("person", 0.9f, 1f), ("dog", 0.8f, 0f), ("person", 0.6f, 0f)], judged.Select(item => (item.Label, item.Confidence, item.Overlap)));
    }

    [Fact]
    public void AveragePrecision_AllFoundAndNothingElse_Is1() =>
        Assert.Equal(1, Persons((0.9f, 1), (0.8f, 0.9f)).AveragePrecision(0.5f), 6);

    [Fact]
    public void AveragePrecision_OneOfTwoFound_IsAboutHalf() =>
        Assert.Equal(51.0 / 101, Persons((0.9f, 1)).AveragePrecision(0.5f), 6);

    [Fact]
    public void AveragePrecision_WrongOneBetween_LowersTheRest() =>
        Assert.Equal((51 + (50 * 2.0 / 3)) / 101, Persons((0.9f, 1), (0.8f, 0), (0.7f, 1)).AveragePrecision(0.5f), 6);

    [Fact]
    public void AveragePrecision_StricterOverlap_CountsAsWrong() =>
        Assert.Equal(0, Persons((0.9f, 0.6f)).AveragePrecision(0.75f), 6);

    [Fact]
    public void At_Threshold_GivesPrecisionAndRecall() =>
        Assert.Equal((0.5, 0.5), Persons((0.9f, 1), (0.8f, 0), (0.3f, 1)).At(0.5f));

    [Fact]
    public void CalibrationError_AlwaysRightAtNineTenths_IsATenth() =>
        Assert.Equal(0.1, Persons((0.9f, 1), (0.9f, 1)).CalibrationError(0), 6);

    [Fact]
    public void With_AnyCalibration_LeavesAveragePrecisionAlone()
    {
        var judged = Persons((0.9f, 1), (0.8f, 0), (0.7f, 1), (0.2f, 0));

        var calibrated = judged.With(new Calibration { Slope = 2, Intercept = 1 });

        Assert.Equal(judged.AveragePrecision(0.5f), calibrated.AveragePrecision(0.5f));
    }

    private static JudgedDetections Persons(params (float Confidence, float Overlap)[] detections) =>
        new([.. detections.Select(item => new JudgedDetection("person", item.Confidence, item.Overlap))], TwoPersons);
}
