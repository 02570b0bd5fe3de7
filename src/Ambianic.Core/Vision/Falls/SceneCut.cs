using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Notices that a picture has nothing to do with the one before: a cut, a camera that was turned, infrared that was switched
/// on. What people did across it says nothing.
/// </summary>
internal sealed class SceneCut(ContinuityRule rule)
{
    private const int Columns = 32;
    private const int Rows = 18;

    private readonly int[] _changes = new int[Columns * Rows];
    private byte[] _before = [];
    private byte[] _now = [];
    private double? _usual;

    /// <summary>Takes the next picture.</summary>
    /// <returns>True when it does not continue the one before.</returns>
    public bool Observe(Frame frame)
    {
        (_before, _now) = (_now, _before);
        Array.Resize(ref _now, Columns * Rows);
        Read(frame, _now);
        if (_before.Length == 0)
        {
            return false;
        }

        var change = Change();
        var unusual = Math.Max(rule.ContrastShare * Math.Min(Contrast(_before), Contrast(_now)), rule.UsualFactor * (_usual ?? change));
        var isCut = change > Math.Clamp(unusual, rule.LeastChange, rule.MostChange);
        if (!isCut)
        {
            _usual = ((1 - rule.UsualWeight) * (_usual ?? change)) + (rule.UsualWeight * change);
        }

        return isCut;
    }

    /// <summary>Grey levels by which half of the cells changed at least, beside the whole picture's brightness.</summary>
    private double Change()
    {
        var brighter = (int)Math.Round(Mean(_now) - Mean(_before));
        for (var i = 0; i < _changes.Length; i++)
        {
            _changes[i] = Math.Abs(_now[i] - _before[i] - brighter);
        }

        Array.Sort(_changes);
        return _changes[_changes.Length / 2];
    }

    /// <summary>Standard deviation of the cells, in grey levels.</summary>
    private static double Contrast(byte[] cells)
    {
        var mean = Mean(cells);
        var sum = 0.0;
        foreach (var cell in cells)
        {
            sum += (cell - mean) * (cell - mean);
        }

        return Math.Sqrt(sum / cells.Length);
    }

    private static double Mean(byte[] cells)
    {
        var sum = 0L;
        foreach (var cell in cells)
        {
            sum += cell;
        }

        return (double)sum / cells.Length;
    }

    /// <summary>A grid of grey levels, each the mean of a few pixels of its cell.</summary>
    private static void Read(Frame frame, Span<byte> cells)
    {
        var plane = frame.Plane(0);
        var stride = frame.Stride(0);
        var size = frame.Format == PixelFormat.Rgba32 ? 4 : 1;
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var sum = 0;
                for (var sample = 0; sample < 16; sample++)
                {
                    var x = (int)((column + ((sample % 4) + 0.5) / 4) * frame.Width / Columns);
                    var y = (int)((row + ((sample / 4) + 0.5) / 4) * frame.Height / Rows);
                    sum += plane[(y * stride) + (x * size) + (size == 4 ? 1 : 0)];
                }

                cells[(row * Columns) + column] = (byte)(sum / 16);
            }
        }
    }
}
