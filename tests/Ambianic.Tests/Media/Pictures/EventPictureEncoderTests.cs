using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Media.Pictures;
using SkiaSharp;

namespace Ambianic.Tests.Media.Pictures;

public sealed class EventPictureEncoderTests
{
    private readonly EventPictureEncoder _encoder = new();

    [Theory]
    [InlineData(640, 640, 480)]
    [InlineData(320, 320, 240)]
    [InlineData(100, 100, 75)]
    [InlineData(4000, 640, 480)]
    public void Encode_AWidth_ReducesAWiderPictureAndLeavesANarrowerOne(int wished, int width, int height)
    {
        using var picture = Decode(wished, []);

        Assert.Equal((width, height), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData(640)]
    [InlineData(320)]
    public void Encode_Boxes_AreDrawnIntoThePicture(int width)
    {
        using var plain = Decode(width, []);
        using var drawn = Decode(width, [new Detection("person", 0.98f, new Box(0.25f, 0.25f, 0.75f, 0.75f))]);

        var (x, y) = (width / 4, width * 3 / 8); // the left edge of the box, half way down
        Assert.InRange(plain.GetPixel(x, y).Red, 0, 20);
        Assert.InRange(drawn.GetPixel(x + 1, y).Red, 150, 255);
    }

    private SKBitmap Decode(int width, IReadOnlyList<Detection> boxes)
    {
        using var frame = new FramePool().Rent(640, 480, PixelFormat.I420);
        frame.Buffer.Span.Fill(128);
        frame.Buffer.Span[..(640 * 480)].Fill(16);
        return SKBitmap.Decode(_encoder.Encode(frame, width, boxes));
    }
}
