using Ambianic.Frames;

namespace Ambianic.Vision.Falls;

/// <summary>
/// Notices that a picture has nothing to do with the one before: a cut, a camera that was turned, infrared that was switched
/// on. What people did across it says nothing.
/// </summary>
internal sealed class SceneCut
{
    private const int Columns = 32;
    private const int Rows = 18;

    /// <summary>A cell that changed by more than this many of 256 grey levels, after the change of the whole picture's brightness, shows something else.</summary>
    private const int ChangedBy = 24;

    /// <summary>More of the picture than a person can cover who falls in front of the camera.</summary>
    private const double ChangedShare = 0.5;

    private byte[] _before = [];
    private byte[] _now = [];

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

        var brighter = (int)Math.Round(_now.Zip(_before, (a, b) => a - b).Average());
        var changed = 0;
        for (var i = 0; i < _now.Length; i++)
        {
            changed += Math.Abs(_now[i] - _before[i] - brighter) > ChangedBy ? 1 : 0;
        }

        return changed > ChangedShare * _now.Length;
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
