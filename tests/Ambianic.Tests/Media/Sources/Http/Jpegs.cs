using SkiaSharp;

namespace Ambianic.Tests.Media.Sources.Http;

/// <summary>JPEG pictures made for the tests.</summary>
internal static class Jpegs
{
    /// <summary>A noisy picture, different for each seed.</summary>
    public static byte[] Make(int seed, int width = 64, int height = 48)
    {
        using var bitmap = new SKBitmap(width, height);
        var random = new Random(seed);
        for (var i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor((uint)random.Next()).WithAlpha(255));
        }

        return bitmap.Encode(SKEncodedImageFormat.Jpeg, 80).ToArray();
    }

    /// <summary>The same picture with a thumbnail in its EXIF data, which is a JPEG within a JPEG.</summary>
    public static byte[] WithThumbnail(byte[] picture, byte[] thumbnail) =>
        [0xFF, 0xD8, 0xFF, 0xE1, (byte)((thumbnail.Length + 2) >> 8), (byte)(thumbnail.Length + 2), .. thumbnail, .. picture.AsSpan(2)];
}
