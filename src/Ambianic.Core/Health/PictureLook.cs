using Ambianic.Frames;

namespace Ambianic.Health;

/// <summary>
/// Measures one picture by the averages of its cells, in which a sensor's noise is gone. Its upper and lower ninth, where
/// cameras write the time, do not count. Made once and used for frame after frame by one thread.
/// </summary>
internal sealed class PictureLook
{
    private const int Columns = 32;
    private const int Rows = 18;
    private const int Border = 2; // rows above and below

    /// <summary>So many pixels in a cell, along each side, are enough to average its noise out.</summary>
    private const int SamplesAside = 16;

    /// <summary>A cell that differs from those around it by so many levels of 255 shows an edge or a thing: noise and shade differ by less.</summary>
    private const float Outstanding = 3;

    /// <summary>One thing, however small, makes its neighbours stand out as well; noise makes a cell or two.</summary>
    private const int FewestOfAThing = 5;

    private float[] _cells = new float[Columns * Rows];
    private float[] _former = new float[Columns * Rows];

    /// <summary>Average brightness, 0 to 255.</summary>
    public float Mean { get; private set; }

    /// <summary>True when nothing can be made out: one colour, or shade alone.</summary>
    public bool IsFlat { get; private set; }

    /// <summary>The same for pictures that are exactly the same.</summary>
    public ulong Print { get; private set; }

    /// <summary>The most that any cell differs from the picture before, in levels of 255.</summary>
    public float Change { get; private set; }

    /// <summary>Measures a frame.</summary>
    public void At(Frame frame)
    {
        (_cells, _former) = (_former, _cells);
        var isGrey = frame.Format == PixelFormat.I420;
        var (pixel, offset) = isGrey ? (1, 0) : (4, 1); // green is most of what is bright
        var plane = frame.Plane(0);
        for (var row = Border; row < Rows - Border; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                _cells[(row * Columns) + column] = Average(plane, frame.Width, frame.Height, column, row, pixel, offset);
            }
        }

        Compare();
    }

    private static float Average(ReadOnlySpan<byte> plane, int width, int height, int column, int row, int pixel, int offset)
    {
        var (left, top) = (column * width / Columns, row * height / Rows);
        var right = Math.Max(left + 1, (column + 1) * width / Columns);
        var bottom = Math.Max(top + 1, (row + 1) * height / Rows);
        var across = pixel * Math.Max(1, (right - left) / SamplesAside);
        var down = Math.Max(1, (bottom - top) / SamplesAside);
        var sum = 0;
        var count = 0;
        for (var y = top; y < bottom; y += down)
        {
            var line = plane.Slice(((y * width) + left) * pixel, (right - left) * pixel);
            for (var i = offset; i < line.Length; i += across)
            {
                sum += line[i];
                count++;
            }
        }

        return (float)sum / count;
    }

    private void Compare()
    {
        var print = 14695981039346656037UL; // FNV-1a
        var (sum, change, outstanding) = (0f, 0f, 0);
        for (var row = Border; row < Rows - Border; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var cell = _cells[(row * Columns) + column];
                print = (print ^ BitConverter.SingleToUInt32Bits(cell)) * 1099511628211UL;
                sum += cell;
                change = Math.Max(change, Math.Abs(cell - _former[(row * Columns) + column]));
                outstanding += StandsOut(column, row) ? 1 : 0;
            }
        }

        (Print, Mean, Change) = (print, sum / (Columns * (Rows - (2 * Border))), change);
        IsFlat = outstanding < FewestOfAThing;
    }

    /// <summary>Whether a cell differs from the middle of its neighbours at both sides, or above and below; along a shade it does not.</summary>
    private bool StandsOut(int column, int row)
    {
        var i = (row * Columns) + column;
        return (column is > 0 and < Columns - 1 && Math.Abs(_cells[i] - ((_cells[i - 1] + _cells[i + 1]) / 2)) >= Outstanding)
            || (row is > Border and < Rows - Border - 1 && Math.Abs(_cells[i] - ((_cells[i - Columns] + _cells[i + Columns]) / 2)) >= Outstanding);
    }
}
