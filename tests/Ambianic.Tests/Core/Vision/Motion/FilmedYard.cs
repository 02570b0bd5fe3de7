using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Tests.Core.Vision.Motion;

/// <summary>Draws what a camera sees that looks at a yard: a background with structure, the sensor's noise, light, leaves and grey boxes that stand for people.</summary>
internal sealed class FilmedYard(int width = 640, int height = 360, int seed = 1)
{
    private readonly FramePool _pool = new();
    private readonly Random _random = new(seed);
    private readonly double[] _noises = new double[1 << 16];

    /// <summary>Standard deviation of the noise of a pixel, about.</summary>
    public double Noise { get; set; } = 3;

    /// <summary>By what all is brighter.</summary>
    public double Exposure { get; set; } = 1;

    /// <summary>Where leaves move, and by how many levels.</summary>
    public (Box Place, int Levels)? Leaves { get; set; }

    /// <summary>The frame at a position, with somebody at each of some places.</summary>
    public Frame At(TimeSpan position, params ReadOnlySpan<Box> people)
    {
        var frame = _pool.Rent(width, height, PixelFormat.I420, 0, DateTimeOffset.UnixEpoch + position, position);
        if (_noises[0] == 0)
        {
            for (var i = 0; i < _noises.Length; i++)
            {
                _noises[i] = (_random.NextDouble() + _random.NextDouble() - 1) * 2.4; // a standard deviation of one
            }
        }

        var luma = frame.Buffer.Span[..(width * height)];
        for (var y = 0; y < height; y++)
        {
            var noise = _random.Next(_noises.Length); // each line another piece of it
            for (var x = 0; x < width; x++)
            {
                var level = 60 + (x / 16 * 37 % 50) + (y / 24 * 53 % 60) + (Noise * _noises[(noise + x) % _noises.Length]);
                luma[(y * width) + x] = (byte)Math.Clamp(level * Exposure, 0, 255);
            }
        }

        if (Leaves is { } leaves)
        {
            Shake(luma, leaves.Place, leaves.Levels);
        }

        foreach (var person in people)
        {
            Fill(luma, person, 200);
        }

        frame.Buffer.Span[(width * height)..].Fill(128);
        return frame;
    }

    private void Shake(Span<byte> luma, Box place, int levels)
    {
        const int Leaf = 12; // pixels
        for (var top = (int)(place.YMin * height); top < place.YMax * height; top += Leaf)
        {
            for (var left = (int)(place.XMin * width); left < place.XMax * width; left += Leaf)
            {
                var shift = _random.Next(-levels, levels + 1);
                for (var y = top; y < Math.Min(height, top + Leaf); y++)
                {
                    for (var x = left; x < Math.Min(width, left + Leaf); x++)
                    {
                        ref var pixel = ref luma[(y * width) + x];
                        pixel = (byte)Math.Clamp(pixel + shift, 0, 255);
                    }
                }
            }
        }
    }

    private void Fill(Span<byte> luma, Box box, byte level)
    {
        for (var y = (int)(box.YMin * height); y < box.YMax * height; y++)
        {
            luma.Slice((y * width) + (int)(box.XMin * width), (int)(box.Width * width)).Fill(level);
        }
    }
}
