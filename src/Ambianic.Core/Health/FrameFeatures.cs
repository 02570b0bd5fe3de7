using System.Runtime.InteropServices;
using Ambianic.Core.Frames;

namespace Ambianic.Core.Health;

/// <summary>
/// The numbers by which a picture is judged: the averages of its cells, in which a sensor's noise is gone. Its upper and lower ninth, where
/// cameras write the time, do not count. Made once and used for frame after frame by one thread.
/// </summary>
internal sealed class FrameFeatures
{
    private const int Columns = 32;
    private const int Rows = 18;
    private const int Border = 2; // rows above and below
    private const int First = Border * Columns;
    private const int End = (Rows - Border) * Columns;

    /// <summary>So many lines of a cell are enough to average its noise out.</summary>
    private const int Lines = 20;

    /// <summary>A cell that differs from those around it by so many levels of 255 shows an edge or a thing; shade differs by less.</summary>
    private const float LeastOutstanding = 2.5f;
    private const float MostOutstanding = 5;

    /// <summary>So many times the average change of a cell is more than noise does to it.</summary>
    private const float AboveNoise = 3.5f;

    /// <summary>One thing, however small, makes its neighbours stand out as well, and again in the next pictures; noise makes other cells stand out each time.</summary>
    private const int FewestOfAThing = 3;
    private const int PicturesOfAThing = 3;

    private float[] _cells = new float[Columns * Rows];
    private float[] _former = new float[Columns * Rows];
    private readonly int[] _standsOutFor = new int[Columns * Rows]; // pictures in a row

    /// <summary>Average brightness, 0 to 255.</summary>
    public float Mean { get; private set; }

    /// <summary>True when nothing can be made out that was in the two pictures before as well: one colour, shade or noise alone.</summary>
    public bool IsFlat { get; private set; }

    /// <summary>The same for pictures that are exactly the same.</summary>
    public ulong Print { get; private set; }

    /// <summary>The most that any cell differs from the picture before, in levels of 255.</summary>
    public float Change { get; private set; }

    /// <summary>Measures a frame.</summary>
    public void At(Frame frame)
    {
        (_cells, _former) = (_former, _cells);
        var plane = frame.Plane(0);
        var isGrey = frame.Format == PixelFormat.I420;
        for (var i = First; i < End; i++)
        {
            var average = Average(plane, frame.Width, frame.Height, isGrey ? 1 : 4, i % Columns, i / Columns);
            _cells[i] = isGrey ? average : ((4 * average) - byte.MaxValue) / 3; // without the opaque alpha
        }

        Compare();
    }

    private static float Average(ReadOnlySpan<byte> plane, int width, int height, int bytes, int column, int row)
    {
        var (left, top) = (column * width / Columns, row * height / Rows);
        var right = Math.Max(left + 1, (column + 1) * width / Columns);
        var bottom = Math.Max(top + 1, (row + 1) * height / Rows);
        var step = Math.Max(1, (bottom - top) / Lines);
        var (sum, count) = (0L, 0);
        for (var y = top; y < bottom; y += step)
        {
            var line = plane.Slice(((y * width) + left) * bytes, (right - left) * bytes);
            sum += Sum(line);
            count += line.Length;
        }

        return (float)sum / count;
    }

    /// <summary>Adds eight bytes at a time, in four lanes of 16 bits.</summary>
    private static long Sum(ReadOnlySpan<byte> line)
    {
        const ulong even = 0x00FF00FF00FF00FF;
        const int full = 128; // so many steps fill no lane
        var sum = 0L;
        var eights = MemoryMarshal.Cast<byte, ulong>(line);
        for (var start = 0; start < eights.Length; start += full)
        {
            var lanes = 0UL;
            foreach (var eight in eights[start..Math.Min(eights.Length, start + full)])
            {
                lanes += (eight & even) + ((eight >> 8) & even);
            }

            sum += (long)((lanes & 0xFFFF) + ((lanes >> 16) & 0xFFFF) + ((lanes >> 32) & 0xFFFF) + (lanes >> 48));
        }

        foreach (var single in line[(eights.Length * 8)..])
        {
            sum += single;
        }

        return sum;
    }

    private void Compare()
    {
        var print = 14695981039346656037UL; // FNV-1a
        var (sum, changes, most) = (0f, 0f, 0f);
        for (var i = First; i < End; i++)
        {
            var change = Math.Abs(_cells[i] - _former[i]);
            print = (print ^ BitConverter.SingleToUInt32Bits(_cells[i])) * 1099511628211UL;
            sum += _cells[i];
            changes += change;
            most = Math.Max(most, change);
        }

        (Print, Mean, Change) = (print, sum / (End - First), most);
        IsFlat = CountStillOutstanding(Math.Clamp(AboveNoise * changes / (End - First), LeastOutstanding, MostOutstanding)) < FewestOfAThing;
    }

    /// <summary>
    /// Counts cells that differ, picture after picture, from the middle of their neighbours at both sides, or above and
    /// below; along a shade none does.
    /// </summary>
    private int CountStillOutstanding(float limit)
    {
        var count = 0;
        for (var i = First; i < End; i++)
        {
            var isAmong = i % Columns is > 0 and < Columns - 1;
            var isBetween = i >= First + Columns && i < End - Columns;
            var standsOut = (isAmong && Differs(i, 1, limit)) || (isBetween && Differs(i, Columns, limit));
            _standsOutFor[i] = standsOut ? _standsOutFor[i] + 1 : 0;
            count += _standsOutFor[i] >= PicturesOfAThing ? 1 : 0;
        }

        return count;
    }

    private bool Differs(int cell, int step, float limit) =>
        Math.Abs(_cells[cell] - ((_cells[cell - step] + _cells[cell + step]) / 2)) >= limit;
}
