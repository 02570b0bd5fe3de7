using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>The postures of docs/reference/falls.md, a little on either side of each threshold.</summary>
public sealed class PostureThresholdTests
{
    private const float Stature = 0.6f;

    [Theory]
    [InlineData(41, true)]
    [InlineData(49, false)]
    public void IsUpright_TorsoLeans_UpTo45Degrees(float angle, bool isUpright)
    {
        var posture = Torso(angle, width: 0.2f, height: 0.5f);

        Assert.Equal((isUpright, isUpright), (posture.IsUpright, posture.HasUprightTorso));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1.2f, false)]
    public void IsUpright_TorsoInAWideBox_UpTo11(float aspect, bool isUpright) =>
        Assert.Equal(isUpright, Torso(0, aspect * 0.4f, 0.4f).IsUpright);

    [Theory]
    [InlineData(0.63f, true)]
    [InlineData(0.77f, false)]
    public void IsUpright_BoxAlone_UpTo07(float aspect, bool isUpright) => Assert.Equal(isUpright, BoxAlone(aspect * 0.4f, 0.4f).IsUpright);

    [Theory]
    [InlineData(50, false)]
    [InlineData(60, true)]
    public void IsLow_TorsoLeans_From55Degrees(float angle, bool isLow) => Assert.Equal(isLow, Torso(angle, 0.3f, 0.5f).IsLow(Stature));

    [Theory]
    [InlineData(0.92f, 0.4f, false)]
    [InlineData(1.08f, 0.4f, true)]
    [InlineData(0.6f, 0.36f, false)]
    [InlineData(0.6f, 0.3f, true)]
    [InlineData(0.55f, 0.3f, true)]
    [InlineData(0.45f, 0.3f, false)]
    public void IsLow_BoxAlone_WiderThanHighOrLowAndNotSlender(float aspect, float height, bool isLow) =>
        Assert.Equal(isLow, BoxAlone(aspect * height, height).IsLow(Stature));

    [Theory]
    [InlineData(55, 1.3f, false)]
    [InlineData(66, 1.3f, true)]
    [InlineData(80, 1, false)]
    [InlineData(80, 1.2f, true)]
    public void IsLying_Torso_From60DegreesInABoxWiderThanHigh(float angle, float aspect, bool isLying) =>
        Assert.Equal(isLying, Torso(angle, aspect * 0.2f, 0.2f).IsLying);

    [Theory]
    [InlineData(1.35f, false)]
    [InlineData(1.65f, true)]
    public void IsLying_BoxAlone_From15(float aspect, bool isLying) => Assert.Equal(isLying, BoxAlone(aspect * 0.2f, 0.2f).IsLying);

    [Theory]
    [InlineData(61, 0.27f, true)]
    [InlineData(69, 0.27f, false)]
    [InlineData(55, 0.22f, false)]
    public void IsStooped_TorsoLeansOverHighHips_UpTo65Degrees(float angle, float hips, bool isStooped) =>
        Assert.Equal(isStooped, Torso(angle, 0.3f, 0.5f, hips).IsStooped(Stature));

    [Theory]
    [InlineData(0.17f, 0.9f)]
    [InlineData(0.22f, 0.8f)]
    public void Feet_AnkleIsUncertain_AreWhereTheBoxEnds(float confidence, float feet) =>
        Assert.Equal(feet, Torso(0, 0.2f, 0.5f, ankle: (0.8f, confidence)).Feet);

    private static PostureFeatures BoxAlone(float width, float height) =>
        PostureFeatures.Of(new Body(new Box(0.5f, 0.9f - height, 0.5f + width, 0.9f), 0.6f, []), default, new FallRule());

    /// <param name="angle">Of the torso, in degrees from the vertical.</param>
    /// <param name="width">Of the box.</param>
    /// <param name="height">Of the box, which ends at 0.9.</param>
    /// <param name="hips">Above the feet.</param>
    /// <param name="ankle">Where it is in the picture, and how certain.</param>
    private static PostureFeatures Torso(float angle, float width, float height, float hips = 0.3f, (float Y, float Confidence)? ankle = null)
    {
        var (sin, cos) = MathF.SinCos(angle * MathF.PI / 180);
        var (y, confidence) = ankle ?? (0.9f, 0.9f);
        var points = Enumerable.Range(0, 17).Select(index => index switch
        {
            5 or 6 => new Keypoint("shoulder", 0.5f + (0.15f * sin), 0.9f - hips - (0.15f * cos), 0.9f),
            11 or 12 => new Keypoint("hip", 0.5f, 0.9f - hips, 0.9f),
            15 or 16 => new Keypoint("ankle", 0.5f, y, confidence),
            _ => new Keypoint("other", 0.5f, 0.5f, 0.9f),
        });
        return PostureFeatures.Of(new Body(new Box(0.5f, 0.9f - height, 0.5f + width, 0.9f), 0.6f, [.. points]), default, new FallRule());
    }
}
