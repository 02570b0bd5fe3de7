using Ambianic.Evaluation.Falls;
using Ambianic.Tests.Core.Vision.Falls;

namespace Ambianic.Tests.Evaluation.Falls;

public sealed class ReferenceFallRuleTests
{
    private readonly ReferenceFallRule _rule = new();

    [Fact]
    public void Observe_StandingThenLying_IsAFallWithTheMeanOfBothScores()
    {
        Assert.Null(Show(0, Posture.Standing, 0.8f));
        Assert.Equal(0.6f, Show(1.5, Posture.Lying, 0.4f)!.Value, 3);
    }

    [Fact]
    public void Observe_LyingThenStanding_IsNone()
    {
        Show(0, Posture.Lying);
        Assert.Null(Show(1.5, Posture.Standing));
    }

    [Fact]
    public void Observe_SamplesWithinASecond_ArePassedOver()
    {
        Show(0, Posture.Standing);
        Assert.Null(Show(0.9, Posture.Lying));
        Assert.NotNull(Show(1.0, Posture.Lying));
    }

    [Fact]
    public void Observe_StandingTooLongAgo_IsNone()
    {
        Show(0, Posture.Standing);
        Assert.Null(Show(10.5, Posture.Lying));
    }

    [Fact]
    public void Observe_PoseBetween_IsComparedWithBothEarlierOnes()
    {
        Show(0, Posture.Standing);
        Assert.Null(Show(1, Posture.Standing with { Torso = 40 }));
        Assert.NotNull(Show(2, Posture.Lying));
    }

    [Fact]
    public void Observe_UncertainSpine_IsNotLookedAt()
    {
        Show(0, Posture.Standing);
        Assert.Null(Show(1.5, Posture.Lying, 0.1f));
    }

    private float? Show(double seconds, Posture posture, float score = 0.6f) => _rule.Observe(
        TimeSpan.FromSeconds(seconds),
        StickFigure.Draw(posture, 0.5f, 0.85f, 0.6f, 1, score).Keypoints);
}
