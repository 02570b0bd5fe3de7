using Ambianic.Core.Frames;
using Ambianic.Media.Pictures;
using SkiaSharp;

namespace Ambianic.Tests.Media.Pictures;

public sealed class PictureDecoderTests
{
    private readonly FramePool _pool = new();

    [Fact]
    public void Decode_Png_KeepsSizeAndPixels()
    {
        using var frame = PictureDecoder.Decode(Encode(4, 2, (x, y) => new SKColor((byte)(x * 60), (byte)(y * 90), 7)), _pool);

        Assert.Equal((4, 2, PixelFormat.Rgba32), (frame.Width, frame.Height, frame.Format));
        Assert.Equal([180, 90, 7, 255], frame.Plane(0)[^4..].ToArray());
    }

    [Fact]
    public void Decode_TransparentPng_LiesOnBlackAndIsOpaque()
    {
        using var frame = PictureDecoder.Decode(Encode(2, 2, (_, _) => new SKColor(200, 200, 200, 0)), _pool);

        Assert.Equal([0, 0, 0, 255], frame.Plane(0)[..4].ToArray());
    }

    [Fact]
    public void Decode_WiderThanMaximum_IsReducedWithAspectKept()
    {
        using var frame = PictureDecoder.Decode(Encode(300, 101, (_, _) => SKColors.Red), _pool, maximumWidth: 100);

        Assert.Equal((100, 34), (frame.Width, frame.Height));
        Assert.Equal([255, 0, 0, 255], frame.Plane(0)[..4].ToArray());
    }

    [Theory]
    [InlineData(1, 'a', 'b', 'c', 'd')]
    [InlineData(2, 'b', 'a', 'd', 'c')]
    [InlineData(3, 'd', 'c', 'b', 'a')]
    [InlineData(4, 'c', 'd', 'a', 'b')]
    [InlineData(5, 'a', 'c', 'b', 'd')]
    [InlineData(6, 'c', 'a', 'd', 'b')]
    [InlineData(7, 'd', 'b', 'c', 'a')]
    [InlineData(8, 'b', 'd', 'a', 'c')]
    public void Decode_JpegWithExifOrientation_StandsUpright(int orientation, char topLeft, char topRight, char bottomLeft, char bottomRight)
    {
        var levels = new Dictionary<char, byte> { ['a'] = 10, ['b'] = 90, ['c'] = 170, ['d'] = 250 };
        var jpeg = Encode(64, 32, (x, y) => Grey(levels["abcd"[(x / 32) + (2 * (y / 16))]]), SKEncodedImageFormat.Jpeg);

        using var frame = PictureDecoder.Decode(WithOrientation(jpeg, orientation), _pool);

        Assert.Equal(orientation >= 5 ? (32, 64) : (64, 32), (frame.Width, frame.Height));
        foreach (var (corner, x, y) in new[] { (topLeft, 1, 1), (topRight, 3, 1), (bottomLeft, 1, 3), (bottomRight, 3, 3) })
        {
            var at = ((y * frame.Height / 4 * frame.Width) + (x * frame.Width / 4)) * 4;
            Assert.InRange(frame.Plane(0)[at], levels[corner] - 6, levels[corner] + 6);
        }
    }

    [Fact]
    public void Decode_CutOff_SaysSoAndKeepsNoFrame()
    {
        var jpeg = Encode(64, 64, (x, y) => Grey((byte)(x * y)), SKEncodedImageFormat.Jpeg);

        Assert.Throws<InvalidDataException>(() => PictureDecoder.Decode(jpeg.AsSpan(0, jpeg.Length / 2), _pool));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("<html>not found</html>")]
    public void Decode_NoPicture_SaysSo(string text)
    {
        Assert.Throws<InvalidDataException>(() => PictureDecoder.Decode(System.Text.Encoding.ASCII.GetBytes(text), _pool));
    }

    [Fact]
    public void Decode_RecordedPicture_Works()
    {
        using var frame = PictureDecoder.Decode(File.ReadAllBytes(TestData.Require("pictures/person.jpg")), _pool, maximumWidth: 1280);

        Assert.InRange(frame.Width, 100, 1280);
    }

    private static SKColor Grey(byte level) => new(level, level, level);

    private static byte[] Encode(int width, int height, Func<int, int, SKColor> pixel, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, pixel(x, y));
            }
        }

        return bitmap.Encode(format, 95).ToArray();
    }

    /// <summary>Puts an APP1 segment with one EXIF tag, the orientation, behind the start marker.</summary>
    private static byte[] WithOrientation(byte[] jpeg, int orientation) =>
    [
        0xFF, 0xD8, 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        .. jpeg.AsSpan(2),
    ];
}
