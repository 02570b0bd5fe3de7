using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Vision.Falls;

public sealed class SpineTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    [InlineData(90)]
    [InlineData(135)]
    [InlineData(180)]
    [InlineData(-120)]
    public void Angle_AnyLean_IsBetweenUprightAndHeadDown(float lean)
    {
        var points = StickFigure.Draw(Posture.Standing with { Torso = lean }, 0.5f, 0.85f, 0.6f, 1).Keypoints;

        Assert.Equal(Math.Abs(lean), Spine.Of(points, 0.15f)!.Value.Angle, 1);
    }

    [Fact]
    public void Of_OneSideVisible_IsNineTenthsAsCertain()
    {
        var points = StickFigure.Draw(Posture.Standing, 0.5f, 0.85f, 0.6f, 1, 0.5f).Keypoints
            .Select(point => point.Name.StartsWith("left", StringComparison.Ordinal) ? point with { Confidence = 0.05f } : point);

        Assert.Equal(0.45f, Spine.Of([.. points], 0.15f)!.Value.Score, 3);
    }

    [Fact]
    public void Of_NothingVisible_IsNone() =>
        Assert.Null(Spine.Of(StickFigure.Draw(Posture.Standing, 0.5f, 0.85f, 0.6f, 1, 0.1f).Keypoints, 0.15f));
}
