using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Motion;

/// <summary>The luma of a frame, averaged over square cells. Allocates when the size of the picture changes, and never else.</summary>
/// <param name="lines">Rows of cells to aim at.</param>
internal sealed class LumaCells(int lines)
{
    private const int LeastEdge = 4; // of a cell, in pixels: fewer leave too much noise
    private const int MostRows = 16; // of a cell that are read; more average no more noise out

    private float[] _cells = [];
    private float[] _row = [];
    private float[] _weights = [];
    private (int Width, int Height, PixelFormat Format) _size;
    private int _edge = 1; // of a cell, in pixels

    /// <summary>Cells in a row.</summary>
    public int Columns { get; private set; }

    /// <summary>Rows of cells.</summary>
    public int Rows { get; private set; }

    /// <summary>Average luma of each cell, 0 to 255, row by row; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<float> Cells => _cells;

    /// <summary>Averages a frame.</summary>
    /// <returns>True when its size or format differ from those of the frame before: nothing can be compared.</returns>
    public bool Read(Frame frame)
    {
        var isNew = Resize(frame);
        var bytes = frame.Format == PixelFormat.I420 ? 1 : 4;
        var plane = frame.Plane(0);
        var stride = frame.Stride(0);
        for (var row = 0; row < Rows; row++)
        {
            var top = row * _edge;
            var height = Math.Min(_edge, frame.Height - top);
            var step = Math.Max(1, height / MostRows);
            var taken = height / step;
            RowArithmetic.Combine(plane[(top * stride)..], step * stride, _weights.AsSpan(0, taken), _row);
            Average(_cells.AsSpan(row * Columns, Columns), bytes, taken);
        }

        return isNew;
    }

    private void Average(Span<float> cells, int bytes, int taken)
    {
        for (var column = 0; column < cells.Length; column++)
        {
            var samples = _row.AsSpan(column * _edge * bytes)[..Math.Min(_edge * bytes, _row.Length - (column * _edge * bytes))];
            var sum = 0f;
            foreach (var sample in samples)
            {
                sum += sample;
            }

            var average = sum / (samples.Length * taken);
            cells[column] = bytes == 1 ? average : ((4 * average) - byte.MaxValue) / 3; // without the opaque alpha
        }
    }

    private bool Resize(Frame frame)
    {
        var size = (frame.Width, frame.Height, frame.Format);
        if (_size == size)
        {
            return false;
        }

        _size = size;
        _edge = Math.Max(LeastEdge, (frame.Height + (lines / 2)) / lines);
        (Columns, Rows) = ((frame.Width + _edge - 1) / _edge, (frame.Height + _edge - 1) / _edge);
        _cells = new float[Columns * Rows];
        _row = new float[frame.Stride(0)];
        _weights = new float[_edge];
        Array.Fill(_weights, 1);
        return true;
    }
}
