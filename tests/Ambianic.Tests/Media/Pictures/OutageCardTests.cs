using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Media.Pictures;
using SkiaSharp;

namespace Ambianic.Tests.Media.Pictures;

public sealed class OutageCardTests
{
    private static readonly DateTimeOffset Since = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Jpeg_OutageAndItsEnd_AreToldApartByColour()
    {
        var (outage, over) = (Corner(Card(VisibilityState.NoVideo, "")), Corner(Card(VisibilityState.Visible, "")));

        Assert.True(outage.Red > outage.Green, $"{outage}");
        Assert.True(over.Green > over.Red, $"{over}");
    }

    [Fact]
    public void Jpeg_AnotherReason_LooksDifferent()
    {
        Assert.SkipWhen(DrawingFont.Typeface is null, "this computer has no font");

        Assert.NotEqual(Card(VisibilityState.NoVideo, "no route to host"), Card(VisibilityState.NoVideo, "the password was refused"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a reason that goes on and on without an end, for longer than any card has lines for it, whatever the size of its letters may be, and then some more of it")]
    [InlineData("aVeryLongWordWithoutABlankThatIsWiderThanTheWholeCardAndHasNoPlaceWhereItCouldBeBroken")]
    [InlineData("名前 \u0000\ud800 👵")]
    public void Jpeg_AnyReason_IsAPictureOf320By180(string reason)
    {
        using var picture = SKBitmap.Decode(Card(VisibilityState.Frozen, reason));

        Assert.Equal((320, 180), (picture.Width, picture.Height));
    }

    private static SKColor Corner(byte[] card)
    {
        using var picture = SKBitmap.Decode(card);
        return picture.GetPixel(2, 2);
    }

    private static byte[] Card(VisibilityState visibility, string reason) =>
        OutageCard.Jpeg(new OutageReport("front door", "camera", Since.AddMinutes(5), visibility, Since, reason));
}
