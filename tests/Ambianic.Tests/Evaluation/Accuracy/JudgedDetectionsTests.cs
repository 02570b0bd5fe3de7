using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;

namespace Ambianic.Tests.Evaluation.Accuracy;

public sealed class JudgedDetectionsTests
{
    private static readonly Dictionary<string, int> TwoPersons = new() { ["person"] = 2 };

    [Fact]
    public void Judge_TwoDetectionsOfOneThing_OnlyTheMoreConfidentIsRight()
    {
        var box = new Box(0.1f, 0.1f, 0.5f, 0.5f);

        var judged = JudgedDetection.Judge(
            [new Detection("person", 0.6f, box), new Detection("person", 0.9f, box), new Detection("dog", 0.8f, box)],
            [new TrueBox("person", box)],
            0.5f);

        Assert.Equal(
            [("person", 0.9f, true), ("person", 0.6f, false), ("dog", 0.8f, false)], judged.Select(item => (item.Label, item.Confidence, item.IsRight)));
    }

    [Fact]
    public void Judge_LooseMatchBeforeAGoodOne_LosesTheThingOnlyWhereItOverlapsEnough()
    {
        var judged = JudgedDetection.Judge(
            [new Detection("person", 0.9f, new Box(0, 0, 0.62f, 1)), new Detection("person", 0.8f, new Box(0, 0, 0.92f, 1))],
            [new TrueBox("person", Box.Whole)],
            0.5f).ToList();

        Assert.Equal((Verdict.Right, Verdict.Wrong), (judged[0].At(0.5f), judged[1].At(0.5f)));
        Assert.Equal((Verdict.Right, Verdict.Wrong), (judged[0].At(0.6f), judged[1].At(0.6f)));
        Assert.Equal((Verdict.Wrong, Verdict.Right), (judged[0].At(0.65f), judged[1].At(0.65f)));
        Assert.Equal((Verdict.Wrong, Verdict.Right), (judged[0].At(0.9f), judged[1].At(0.9f)));
        Assert.Equal((Verdict.Wrong, Verdict.Wrong), (judged[0].At(0.95f), judged[1].At(0.95f)));
    }

    /// <summary>The joints of somebody who stands with arms down fill less of her box than half.</summary>
    [Theory]
    [InlineData(ModelRole.Poses, true)]
    [InlineData(ModelRole.Objects, false)]
    [InlineData(ModelRole.Faces, false)]
    public void Judge_OverlapOfFourTenths_IsRightForPosesAlone(ModelRole role, bool isRight)
    {
        var judged = Assert.Single(JudgedDetection.Judge(
            [new Detection("person", 0.9f, new Box(0.2f, 0.1f, 0.7f, 1))], [new TrueBox("person", Box.Whole)], JudgedDetection.EnoughFor(role)));

        Assert.Equal(isRight, judged.IsRight);
        Assert.Equal(Verdict.Wrong, judged.At(0.5f));
    }

    [Fact]
    public void Judge_DetectionsOnACrowd_AreNeitherRightNorWrong()
    {
        var alone = new Box(0.4f, 0.4f, 0.6f, 0.6f);

        var judged = JudgedDetection.Judge(
            [
                new Detection("person", 0.9f, new Box(0, 0, 0.1f, 0.2f)),
                new Detection("person", 0.8f, new Box(0.1f, 0, 0.2f, 0.2f)),
                new Detection("person", 0.7f, alone),
                new Detection("person", 0.6f, new Box(0.5f, 0, 0.95f, 0.1f)), // a ninth of it on the crowd
                new Detection("dog", 0.5f, new Box(0, 0, 0.1f, 0.2f)),
            ],
            [new TrueBox("person", new Box(0, 0, 0.55f, 1)) { IsCrowd = true }, new TrueBox("person", alone)],
            0.5f);

        Assert.Equal([Verdict.Ignored, Verdict.Ignored, Verdict.Right, Verdict.Wrong, Verdict.Wrong], judged.Select(item => item.At(0.5f)));
    }

    [Fact]
    public void AveragePrecisionAndAt_DetectionOnACrowd_DoesNotCount()
    {
        var judged = new JudgedDetections(
            [.. Persons((0.9f, 1)).Detections, new JudgedDetection("person", 0.8f, Verdict.Ignored, [.. JudgedDetection.Overlaps.Select(_ => Verdict.Ignored)]), .. Persons((0.7f, 1)).Detections], TwoPersons);

        Assert.Equal(1, judged.AveragePrecision(0.5f), 6);
        Assert.Equal((1.0, 1.0), judged.At(0.5f));
        Assert.Equal(0.2, judged.CalibrationError(0), 6);
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
        new([.. detections.Select(item => Judged.Of("person", item.Confidence, item.Overlap))], TwoPersons);
}
