using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Input;

public sealed class LetterboxTests
{
    private static readonly Gen<Box> Parts = Gen.Select(
        Gen.Float[0, 0.8f], Gen.Float[0, 0.8f], Gen.Float[0.1f, 0.2f], Gen.Float[0.1f, 0.2f],
        (x, y, width, height) => new Box(x, y, x + width, y + height));

    [Fact]
    public void ToRegion_OfToTensor_IsWhereItBegan() => Gen.Select(
        Gen.Int[16, 4000], Gen.Int[16, 4000], Parts, Parts, Gen.Bool).Sample((width, height, region, box, centred) =>
    {
        var input = ModelInputs.Pixels(416, 320, centred ? LetterboxPlacement.Centred : LetterboxPlacement.TopLeft);
        var letterbox = Letterbox.Fit(input, width, height, region);

        var back = letterbox.ToRegion(letterbox.ToTensor(box));

        Assert.Equal(box.XMin, back.XMin, tolerance: 0.001f);
        Assert.Equal(box.YMin, back.YMin, tolerance: 0.001f);
        Assert.Equal(box.XMax, back.XMax, tolerance: 0.001f);
        Assert.Equal(box.YMax, back.YMax, tolerance: 0.001f);
    });

    [Fact]
    public void Fit_AnySize_LiesWithinTheTensorAndTouchesTwoSides() => Gen.Select(
        Gen.Int[1, 8000], Gen.Int[1, 8000], Gen.Int[0, 2]).Sample((width, height, multiple) =>
    {
        var input = ModelInputs.Pixels(256, 192) with { SizeMultiple = multiple * 32 };
        var letterbox = Letterbox.Fit(input, width, height, null);

        Assert.InRange(letterbox.X, 0, letterbox.TensorWidth - letterbox.Width);
        Assert.InRange(letterbox.Y, 0, letterbox.TensorHeight - letterbox.Height);
        Assert.True(letterbox.Width == 256 || letterbox.Height == 192);
    });

    [Fact]
    public void Fit_TopLeft_PadsRightAndBottom()
    {
        var letterbox = Letterbox.Fit(ModelInputs.Pixels(300, 300, LetterboxPlacement.TopLeft), 1280, 720, null);

        Assert.Equal((0, 0, 300, 169), (letterbox.X, letterbox.Y, letterbox.Width, letterbox.Height));
    }

    [Fact]
    public void Fit_SizeMultiple_MakesTheTensorNoLargerThanNeeded()
    {
        var letterbox = Letterbox.Fit(ModelInputs.Pixels(256, 256, LetterboxPlacement.TopLeft) with { SizeMultiple = 32 }, 1280, 720, null);

        Assert.Equal((256, 160, 256, 144), (letterbox.TensorWidth, letterbox.TensorHeight, letterbox.Width, letterbox.Height));
    }

    [Fact]
    public void ToRegion_BeyondTheBorder_IsClipped()
    {
        var letterbox = Letterbox.Fit(ModelInputs.Pixels(100, 100), 200, 100, null);

        Assert.Equal(Box.Whole, letterbox.ToRegion(new Box(-5, 0, 120, 100)));
    }
}
