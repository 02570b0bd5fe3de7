using System.Buffers;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using SkiaSharp;

namespace Ambianic.Media.Pictures;

/// <summary>The picture of an event as RGBA in a rented buffer, and the JPEG files made of it.</summary>
internal sealed class EventImage : IDisposable
{
    private const int Quality = 90; // JPEG, 0 to 100
    private const int LongestThumbnailSide = 320;
    private const int LargestKept = 64 << 20;
    private const int MostKept = 4; // of a size

    /// <summary>The shared pool would keep one of these, of megabytes, for every thread that ever saved a picture.</summary>
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(LargestKept, MostKept);

    private readonly byte[] _pixels;
    private readonly SKImageInfo _info;

    private EventImage(byte[] pixels, int width, int height)
    {
        _pixels = pixels;
        _info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
    }

    /// <summary>Copies a frame, or the part of it that a region touches (at least one pixel).</summary>
    public static EventImage Of(Frame frame, Box? region)
    {
        var box = (region ?? Box.Whole).Clip();
        var left = Math.Min((int)(box.XMin * frame.Width), frame.Width - 1);
        var top = Math.Min((int)(box.YMin * frame.Height), frame.Height - 1);
        var width = Math.Clamp((int)MathF.Ceiling(box.XMax * frame.Width) - left, 1, frame.Width - left);
        var height = Math.Clamp((int)MathF.Ceiling(box.YMax * frame.Height) - top, 1, frame.Height - top);
        var pixels = Buffers.Rent(width * height * 4);
        YuvToRgba.Copy(frame, left, top, width, height, pixels);
        return new EventImage(pixels, width, height);
    }

    /// <summary>The picture as a JPEG file.</summary>
    /// <exception cref="IOException">It is larger than a JPEG can be (65500 pixels a side).</exception>
    public unsafe byte[] Jpeg()
    {
        fixed (byte* pixels = _pixels)
        {
            using var pixmap = new SKPixmap(_info, (nint)pixels, _info.RowBytes);
            return Encode(pixmap);
        }
    }

    /// <summary>The picture as a JPEG file whose longer side is at most 320 pixels, with boxes and labels when there are any.</summary>
    public byte[] ThumbnailJpeg(IReadOnlyList<Detection> boxes) => Reduced((float)LongestThumbnailSide / Math.Max(_info.Width, _info.Height), boxes);

    /// <summary>The picture as a JPEG file, with boxes and labels when there are any.</summary>
    /// <param name="scale">Its size, 1 is that of the picture; more than 1 is the same as 1.</param>
    /// <param name="boxes">Drawn.</param>
    public byte[] Jpeg(float scale, IReadOnlyList<Detection> boxes) => scale >= 1 && boxes.Count == 0 ? Jpeg() : Reduced(scale, boxes);

    private unsafe byte[] Reduced(float scale, IReadOnlyList<Detection> boxes)
    {
        scale = Math.Min(1f, scale);
        var size = _info.WithSize(Math.Max(1, (int)MathF.Round(_info.Width * scale)), Math.Max(1, (int)MathF.Round(_info.Height * scale)));
        using var small = new SKBitmap(size);
        using var target = small.PeekPixels();
        fixed (byte* pixels = _pixels)
        {
            using var pixmap = new SKPixmap(_info, (nint)pixels, _info.RowBytes);
            var mipmap = scale < 0.5f ? SKMipmapMode.Linear : SKMipmapMode.None; // down to a half, each pixel counts without one, which costs as much as the JPEG
            pixmap.ScalePixels(target, new SKSamplingOptions(SKFilterMode.Linear, mipmap));
        }

        if (boxes.Count > 0)
        {
            using var canvas = new SKCanvas(small);
            DetectionDrawing.Draw(canvas, size.Width, size.Height, boxes);
        }

        return Encode(target);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => Buffers.Return(_pixels);

    private static byte[] Encode(SKPixmap pixmap)
    {
        using var data = pixmap.Encode(new SKJpegEncoderOptions(Quality))
            ?? throw new IOException($"a picture of {pixmap.Width}x{pixmap.Height} cannot be stored as JPEG; reduce the width of its source");
        return data.ToArray();
    }
}
