using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Http;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class PictureMeterTests
{
    [Fact]
    public void Details_OfSeveralPictures_AreKindSizeAndRate()
    {
        var meter = new PictureMeter();
        meter.Take([1, 2, 3], TimeSpan.Zero); // damaged
        Assert.Null(meter.Details);

        for (var picture = 1; picture < 5; picture++)
        {
            meter.Take(Jpegs.Make(picture, 320, 240), TimeSpan.FromSeconds(0.25 * picture));
        }

        Assert.Equal(new StreamDetails("jpeg", 320, 240, 4, 0.25), meter.Details);
    }
}
