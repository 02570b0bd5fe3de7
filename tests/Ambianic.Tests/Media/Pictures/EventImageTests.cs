using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Media.Pictures;
using SkiaSharp;

namespace Ambianic.Tests.Media.Pictures;

public sealed class EventImageTests : IDisposable
{
    private readonly FramePool _pool = new();

    public void Dispose() => Assert.Equal(0, _pool.Outstanding);

    /// <summary>Y, U, V of ITU-R BT.601 colour bars at 100 %.</summary>
    [Theory]
    [InlineData(235, 128, 128, 255, 255, 255)]
    [InlineData(16, 128, 128, 0, 0, 0)]
    [InlineData(81, 90, 240, 255, 0, 0)]
    [InlineData(145, 54, 34, 0, 255, 0)]
    [InlineData(41, 240, 110, 0, 0, 255)]
    public void Jpeg_I420Colour_IsTheRightRgb(byte y, byte u, byte v, int red, int green, int blue)
    {
        using var frame = _pool.Rent(33, 17, PixelFormat.I420);
        var luma = 33 * 17;
        var chroma = 17 * 9;
        frame.Buffer.Span[..luma].Fill(y);
        frame.Buffer.Span.Slice(luma, chroma).Fill(u);
        frame.Buffer.Span[(luma + chroma)..].Fill(v);

        using var picture = Decode(Image(frame).Jpeg());

        Assert.Equal((33, 17), (picture.Width, picture.Height));
        foreach (var (x, row) in new[] { (0, 0), (32, 16), (15, 8) })
        {
            var pixel = picture.GetPixel(x, row);
            Assert.InRange(pixel.Red, red - 4, red + 4);
            Assert.InRange(pixel.Green, green - 4, green + 4);
            Assert.InRange(pixel.Blue, blue - 4, blue + 4);
        }
    }

    [Theory]
    [InlineData(PixelFormat.I420)]
    [InlineData(PixelFormat.Rgba32)]
    public void Jpeg_Region_IsThatPartOfTheFrame(PixelFormat format)
    {
        using var frame = _pool.Rent(100, 60, format);
        Paint(frame, (x, y) => x >= 51 && y >= 31 ? (byte)235 : (byte)16);

        using var picture = Decode(Image(frame, new Box(0.51f, 31f / 60, 1.2f, 1)).Jpeg());

        Assert.Equal((49, 29), (picture.Width, picture.Height));
        Assert.All([(0, 0), (48, 0), (0, 28), (48, 28)], at => Assert.InRange(picture.GetPixel(at.Item1, at.Item2).Green, 225, 255));
    }

    [Theory]
    [InlineData(0.5f, 0.5f, 0.5f, 0.5f)]
    [InlineData(1f, 1f, 1f, 1f)]
    [InlineData(2f, 2f, 3f, 3f)]
    [InlineData(0.9f, 0.9f, 0.1f, 0.1f)]
    public void Jpeg_EmptyRegion_IsOnePixelAtLeast(float left, float top, float right, float bottom)
    {
        using var frame = _pool.Rent(10, 10, PixelFormat.I420);
        frame.Buffer.Span.Fill(128);

        using var picture = Decode(Image(frame, new Box(left, top, right, bottom)).Jpeg());

        Assert.Equal((1, 1), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData(1280, 720, 320, 180)]
    [InlineData(720, 1280, 180, 320)]
    [InlineData(200, 100, 200, 100)]
    [InlineData(4000, 3, 320, 1)]
    public void ThumbnailJpeg_AnySize_KeepsAspectWithin320(int width, int height, int expectedWidth, int expectedHeight)
    {
        using var frame = _pool.Rent(width, height, PixelFormat.I420);
        frame.Buffer.Span.Fill(128);

        using var picture = Decode(Image(frame).ThumbnailJpeg([]));

        Assert.Equal((expectedWidth, expectedHeight), (picture.Width, picture.Height));
    }

    [Fact]
    public void ThumbnailJpeg_WithBoxes_DrawsThemThereAndNotIntoThePicture()
    {
        using var frame = _pool.Rent(640, 480, PixelFormat.I420);
        Paint(frame, (_, _) => 16);
        var detection = new Detection("person", 0.98f, new Box(0.25f, 0.25f, 0.75f, 0.75f));
        var image = Image(frame);

        using var thumbnail = Decode(image.ThumbnailJpeg([detection]));
        using var picture = Decode(image.Jpeg());

        Assert.InRange(thumbnail.GetPixel(80, 120).Red, 150, 255);
        Assert.InRange(thumbnail.GetPixel(160, 179).Red, 150, 255);
        Assert.InRange(thumbnail.GetPixel(160, 120).Red, 0, 20);
        Assert.InRange(picture.GetPixel(160, 240).Red, 0, 5);
    }

    private static void Paint(Frame frame, Func<int, int, byte> grey)
    {
        var size = frame.Format == PixelFormat.I420 ? 1 : 4;
        frame.Buffer.Span.Fill(128);
        for (var i = 0; i < frame.Width * frame.Height; i++)
        {
            frame.Buffer.Span.Slice(i * size, size).Fill(grey(i % frame.Width, i / frame.Width));
        }
    }

    private static EventImage Image(Frame frame, Box? region = null) => EventImage.Of(frame, region);

    private static SKBitmap Decode(byte[] jpeg) => SKBitmap.Decode(jpeg);
}
