using System.Runtime.InteropServices;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Pictures;

/// <summary>Copies the pixels of a frame as red, green, blue, alpha.</summary>
internal static class YuvToRgba
{
    // Bt601 in fixed point with 8 bits of fraction, rounded.
    private const int Luma = (int)((Bt601.Luma * 256) + 0.5f);
    private const int RedOfV = (int)((Bt601.RedOfV * 256) + 0.5f);
    private const int GreenOfU = (int)((Bt601.GreenOfU * 256) - 0.5f);
    private const int GreenOfV = (int)((Bt601.GreenOfV * 256) - 0.5f);
    private const int BlueOfU = (int)((Bt601.BlueOfU * 256) + 0.5f);

    /// <summary>Copies a rectangle, given in pixels and within the frame, to the start of <paramref name="target"/>.</summary>
    public static void Copy(Frame frame, int left, int top, int width, int height, Span<byte> target)
    {
        for (var y = 0; y < height; y++)
        {
            var row = target.Slice(y * width * 4, width * 4);
            if (frame.Format == PixelFormat.Rgba32)
            {
                frame.Plane(0).Slice(((top + y) * frame.Stride(0)) + (left * 4), width * 4).CopyTo(row);
                continue;
            }

            var chromaRow = (top + y) / 2 * frame.Stride(1);
            ConvertRow(
                frame.Plane(0).Slice(((top + y) * frame.Stride(0)) + left, width),
                frame.Plane(1).Slice(chromaRow, frame.Stride(1)),
                frame.Plane(2).Slice(chromaRow, frame.Stride(2)),
                left,
                MemoryMarshal.Cast<byte, uint>(row));
        }
    }

    private static void ConvertRow(ReadOnlySpan<byte> lumas, ReadOnlySpan<byte> us, ReadOnlySpan<byte> vs, int left, Span<uint> row)
    {
        for (var x = 0; x < row.Length; x++)
        {
            var chroma = (left + x) >> 1;
            var luma = (Luma * (lumas[x] - 16)) + 128;
            var u = us[chroma] - 128;
            var v = vs[chroma] - 128;
            var red = Clamp(luma + (RedOfV * v));
            var green = Clamp(luma + (GreenOfU * u) + (GreenOfV * v));
            var blue = Clamp(luma + (BlueOfU * u));
            row[x] = red | (green << 8) | (blue << 16) | 0xFF000000; // little-endian, as SkiaSharp's Rgba8888 on arm64 and x64
        }
    }

    private static uint Clamp(int value) => (uint)Math.Clamp(value >> 8, 0, 255);
}
