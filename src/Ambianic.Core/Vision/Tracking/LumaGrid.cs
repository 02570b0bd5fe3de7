using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>A part of a picture as a grid of grey levels, so that two of them can be compared whatever the light.</summary>
/// <param name="columns">Cells across.</param>
/// <param name="rows">Cells down.</param>
internal sealed class LumaGrid(int columns, int rows)
{
    private const int Points = 4; // of a cell, in each direction
    private readonly float[] _cells = new float[columns * rows];

    /// <summary>Mean grey level, 0 to 255.</summary>
    public float Mean { get; private set; }

    /// <summary>Standard deviation of the cells, in grey levels.</summary>
    public float Contrast { get; private set; }

    /// <summary>Reads a part of a picture, 0 to 1 within it.</summary>
    public void Read(Frame frame, Box box)
    {
        var plane = frame.Plane(0);
        var stride = frame.Stride(0);
        var (size, offset) = frame.Format == PixelFormat.Rgba32 ? (4, 1) : (1, 0); // green is nearly grey
        for (var i = 0; i < _cells.Length; i++)
        {
            var sum = 0;
            for (var point = 0; point < Points * Points; point++)
            {
                var x = (i % columns) + (((point % Points) + 0.5f) / Points);
                var y = (i / columns) + (((point / Points) + 0.5f) / Points);
                var px = Math.Clamp((int)((box.XMin + (x / columns * box.Width)) * frame.Width), 0, frame.Width - 1);
                var py = Math.Clamp((int)((box.YMin + (y / rows * box.Height)) * frame.Height), 0, frame.Height - 1);
                sum += plane[(py * stride) + (px * size) + offset];
            }

            _cells[i] = (float)sum / (Points * Points);
        }

        Measure();
    }

    /// <summary>Becomes a mixture with another one of the same size.</summary>
    /// <param name="other">The other.</param>
    /// <param name="weight">Of the other, 0 to 1.</param>
    public void Blend(LumaGrid other, float weight)
    {
        for (var i = 0; i < _cells.Length; i++)
        {
            _cells[i] += weight * (other._cells[i] - _cells[i]);
        }

        Measure();
    }

    /// <summary>How alike two grids are whatever their brightness and contrast: 1 is the same, 0 has nothing to do with it.</summary>
    public float Correlation(LumaGrid other)
    {
        var sum = 0f;
        for (var i = 0; i < _cells.Length; i++)
        {
            sum += (_cells[i] - Mean) * (other._cells[i] - other.Mean);
        }

        return sum / (_cells.Length * MathF.Max(0.01f, Contrast * other.Contrast));
    }

    private void Measure()
    {
        var (sum, squares) = (0f, 0f);
        foreach (var cell in _cells)
        {
            sum += cell;
            squares += cell * cell;
        }

        Mean = sum / _cells.Length;
        Contrast = MathF.Sqrt(MathF.Max(0, (squares / _cells.Length) - (Mean * Mean)));
    }
}
