using Ambianic.Core.Frames;
using SkiaSharp;

namespace Ambianic.Media.Pictures;

/// <summary>Turns an encoded still picture (JPEG, PNG, WebP, GIF, BMP, …) into a frame that stands upright.</summary>
public static class PictureDecoder
{
    /// <summary>Pixels that are decoded at most before the reduction to the wanted width: 256 MB of memory for a moment.</summary>
    private const long MaximumDecodedPixels = 64L << 20;

    /// <summary>
    /// Decodes to <see cref="PixelFormat.Rgba32"/>, turned as its EXIF orientation says, reduced to
    /// <paramref name="maximumWidth"/> with its aspect kept, transparent parts on black.
    /// </summary>
    /// <param name="data">The whole encoded picture.</param>
    /// <param name="pool">Where the frame comes from; the caller owns the frame.</param>
    /// <param name="maximumWidth">A wider picture is reduced to this many pixels, at least 1.</param>
    /// <param name="sequence">See <see cref="Frame.Sequence"/>.</param>
    /// <param name="capturedAt">See <see cref="Frame.CapturedAt"/>.</param>
    /// <param name="position">See <see cref="Frame.Position"/>.</param>
    /// <exception cref="InvalidDataException">It is no picture, it is damaged or cut off, or it is too large.</exception>
    public static unsafe Frame Decode(
        ReadOnlySpan<byte> data,
        FramePool pool,
        int maximumWidth = int.MaxValue,
        long sequence = 0,
        DateTimeOffset capturedAt = default,
        TimeSpan position = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumWidth);
        fixed (byte* bytes = data)
        {
            using var encoded = SKData.Create((nint)bytes, data.Length);
            using var codec = SKCodec.Create(encoded)
                ?? throw new InvalidDataException("not a picture of a known kind (JPEG, PNG, WebP, GIF, BMP)");
            var size = DecodedSize(codec, maximumWidth);
            var (width, height) = SwapsSides(codec.EncodedOrigin) ? (size.Height, size.Width) : (size.Width, size.Height);
            var scale = Math.Min(1, (double)maximumWidth / width);
            var frame = pool.Rent(
                Math.Max(1, (int)Math.Round(width * scale)),
                Math.Max(1, (int)Math.Round(height * scale)),
                PixelFormat.Rgba32,
                sequence,
                capturedAt,
                position);
            try
            {
                Fill(codec, size, frame);
                return frame;
            }
            catch
            {
                frame.Dispose();
                throw;
            }
        }
    }

    /// <summary>Kind (<c>jpeg</c>, <c>png</c>, …), width and height of an encoded picture, upright; null when it is none.</summary>
    public static unsafe (string Kind, int Width, int Height)? Describe(ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            using var encoded = SKData.Create((nint)bytes, data.Length);
            using var codec = SKCodec.Create(encoded);
            if (codec is null)
            {
                return null;
            }

            var (width, height) = SwapsSides(codec.EncodedOrigin) ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
            return (codec.EncodedFormat.ToString().ToLowerInvariant(), width, height);
        }
    }

    /// <summary>The smallest size that the codec offers for the wanted width; JPEG can skip most of the work.</summary>
    private static SKSizeI DecodedSize(SKCodec codec, int maximumWidth)
    {
        var width = SwapsSides(codec.EncodedOrigin) ? codec.Info.Height : codec.Info.Width;
        var size = codec.GetScaledDimensions(Math.Min(1f, (float)maximumWidth / width));
        return (long)size.Width * size.Height <= MaximumDecodedPixels
            ? size
            : throw new InvalidDataException($"the picture is too large: {codec.Info.Width}x{codec.Info.Height} pixels");
    }

    private static unsafe void Fill(SKCodec codec, SKSizeI size, Frame frame)
    {
        using var srgb = SKColorSpace.CreateSrgb();
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, srgb);
        if (codec.EncodedOrigin == SKEncodedOrigin.TopLeft
            && codec.Info.AlphaType == SKAlphaType.Opaque
            && (size.Width, size.Height) == (frame.Width, frame.Height))
        {
            using var pin = frame.Buffer.Pin();
            Read(codec, info, (nint)pin.Pointer);
            return;
        }

        using var decoded = new SKBitmap();
        if (!decoded.TryAllocPixels(info))
        {
            throw new InvalidDataException($"no memory for a picture of {size.Width}x{size.Height} pixels");
        }

        Read(codec, info, decoded.GetPixels());
        Draw(decoded, codec.EncodedOrigin, frame);
    }

    private static void Read(SKCodec codec, SKImageInfo info, nint pixels)
    {
        var result = codec.GetPixels(info, pixels);
        if (result != SKCodecResult.Success)
        {
            throw new InvalidDataException(result == SKCodecResult.IncompleteInput
                ? "the picture is cut off"
                : $"the picture is damaged ({result})");
        }
    }

    private static unsafe void Draw(SKBitmap decoded, SKEncodedOrigin origin, Frame frame)
    {
        var (width, height) = SwapsSides(origin) ? (decoded.Height, decoded.Width) : (decoded.Width, decoded.Height);
        using var pin = frame.Buffer.Pin();
        using var srgb = SKColorSpace.CreateSrgb();
        var info = new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque, srgb);
        using var surface = SKSurface.Create(info, (nint)pin.Pointer, frame.Stride(0));
        surface.Canvas.Clear(SKColors.Black);
        surface.Canvas.Scale((float)frame.Width / width, (float)frame.Height / height);
        surface.Canvas.Concat(Upright(origin, width, height));
        using var image = SKImage.FromPixels(decoded.PeekPixels());
        var sampling = frame.Width == width && frame.Height == height
            ? SKSamplingOptions.Default
            : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        surface.Canvas.DrawImage(image, 0, 0, sampling);
    }

    private static bool SwapsSides(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>From the pixels as stored to an upright picture of the given size; the eight cases of EXIF's tag 0x0112.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, width, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, width, -1, 0, height, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, height, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
