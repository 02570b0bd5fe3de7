using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Input;

/// <summary>Rotates pictures by quarter turns, for cameras that hang askew and for models that know people mostly upright.</summary>
public static class FrameRotation
{
    /// <summary>Makes a rotated copy of a part of a frame; the caller owns it.</summary>
    /// <param name="pool">Lends the pixels of the copy.</param>
    /// <param name="frame">Only read.</param>
    /// <param name="region">The part, relative to the frame; clipped to it and widened to whole pairs of pixels.</param>
    /// <param name="quarters">Quarter turns clockwise, 0 to 3.</param>
    /// <returns>The copy, and which part of the frame it really shows.</returns>
    public static (Frame Frame, Box Region) Rotate(this FramePool pool, Frame frame, Box region, int quarters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quarters);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quarters, 3);
        var (left, width) = EvenSpan(region.XMin, region.XMax, frame.Width);
        var (top, height) = EvenSpan(region.YMin, region.YMax, frame.Height);
        var upright = quarters % 2 == 0;
        var copy = pool.Rent(
            upright ? width : height,
            upright ? height : width,
            frame.Format,
            frame.Sequence,
            frame.CapturedAt,
            frame.Position,
            frame.Damage);
        var target = copy.Buffer.Span;
        for (var plane = 0; plane < frame.PlaneCount; plane++)
        {
            var halved = plane > 0 ? 2 : 1;
            var rows = (height + halved - 1) / halved;
            var columns = (width + halved - 1) / halved;
            var size = frame.Format == PixelFormat.Rgba32 ? 4 : 1;
            var stride = frame.Stride(plane);
            var source = frame.Plane(plane)[((top / halved * stride) + (left / halved * size))..];
            Rotate(source, stride, target, columns, rows, quarters, size);
            target = target[(columns * rows * size)..];
        }

        return (copy, new Box(
            (float)left / frame.Width,
            (float)top / frame.Height,
            (float)(left + width) / frame.Width,
            (float)(top + height) / frame.Height));
    }

    /// <summary>Takes a point of a picture that was rotated clockwise back to where it was; both relative to their pictures.</summary>
    public static (float X, float Y) RotateBack(float x, float y, int quarters) => quarters switch
    {
        1 => (y, 1 - x),
        2 => (1 - x, 1 - y),
        3 => (1 - y, x),
        _ => (x, y),
    };

    /// <summary>Takes a box of a picture that was rotated clockwise back to where it was.</summary>
    public static Box RotateBack(Box box, int quarters)
    {
        var (x1, y1) = RotateBack(box.XMin, box.YMin, quarters);
        var (x2, y2) = RotateBack(box.XMax, box.YMax, quarters);
        return new Box(MathF.Min(x1, x2), MathF.Min(y1, y2), MathF.Max(x1, x2), MathF.Max(y1, y2));
    }

    /// <summary>Takes a box of a picture to where it is when the picture is rotated clockwise.</summary>
    public static Box Rotate(Box box, int quarters) => RotateBack(box, (4 - quarters) % 4);

    private static (int Start, int Length) EvenSpan(float from, float to, int length)
    {
        var start = Math.Clamp((int)(from * length), 0, length - 1) & ~1;
        var end = Math.Clamp((int)MathF.Ceiling(to * length), start + 1, length);
        return (start, Math.Min((end - start + 1) & ~1, length - start));
    }

    /// <summary>Row after row of the target is a row or a column of the source, forwards or backwards.</summary>
    private static void Rotate(
        ReadOnlySpan<byte> source, int stride, Span<byte> target, int columns, int rows, int quarters, int size)
    {
        var (start, alongRow, alongColumn) = quarters switch
        {
            1 => ((rows - 1) * stride, -stride, size),
            2 => (((rows - 1) * stride) + ((columns - 1) * size), -size, -stride),
            3 => ((columns - 1) * size, stride, -size),
            _ => (0, size, stride),
        };
        var (width, height) = quarters % 2 == 0 ? (columns, rows) : (rows, columns);
        var at = 0;
        for (var y = 0; y < height; y++)
        {
            var from = start + (y * alongColumn);
            for (var x = 0; x < width; x++, from += alongRow)
            {
                for (var b = 0; b < size; b++)
                {
                    target[at++] = source[from + b];
                }
            }
        }
    }
}
