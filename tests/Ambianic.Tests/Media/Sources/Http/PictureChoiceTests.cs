using Ambianic.Media.Sources.Http;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class PictureChoiceTests
{
    [Fact]
    public void Takes_CameraOfTheAskedRateWithUnevenPictures_TakesAll()
    {
        var choice = new PictureChoice(TimeSpan.FromSeconds(0.2));

        Assert.All([0, 0.21, 0.39, 0.62, 0.78, 1.0], second => Assert.True(choice.Takes(TimeSpan.FromSeconds(second))));
    }

    [Fact]
    public void Takes_FasterCamera_TakesTheAskedRate()
    {
        var choice = new PictureChoice(TimeSpan.FromSeconds(0.2));

        var taken = Enumerable.Range(0, 250).Count(i => choice.Takes(TimeSpan.FromSeconds(i / 25.0)));

        Assert.InRange(taken, 50, 51);
    }

    [Fact]
    public void Takes_AfterAPause_DoesNotCatchUp()
    {
        var choice = new PictureChoice(TimeSpan.FromSeconds(1));
        choice.Takes(TimeSpan.Zero);

        Assert.Equal(2, Enumerable.Range(0, 10).Count(i => choice.Takes(TimeSpan.FromSeconds(100 + (i / 100.0)))));
    }
}
