namespace Ambianic.Core.Vision.Input;

/// <summary>
/// Which source samples make up each target sample along one axis, and with which weights. Bilinear when enlarging; when
/// reducing, the triangle widens with the reduction so that every source sample counts and nothing flickers.
/// </summary>
internal sealed class Resampling
{
    private int[] _starts = [];
    private float[] _weights = [];

    /// <summary>Source samples that each target sample is made of.</summary>
    public int Taps { get; private set; }

    /// <summary>Target samples.</summary>
    public int Count { get; private set; }

    /// <summary>First source sample of each target sample; never decreasing.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    /// <summary><see cref="Taps"/> weights per target sample; they add up to 1.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count * Taps);

    /// <summary>First source sample that is used at all.</summary>
    public int First => _starts[0];

    /// <summary>One past the last source sample that is used at all.</summary>
    public int End => _starts[Count - 1] + Taps;

    /// <summary>Computes the table; memory is reused.</summary>
    /// <param name="origin">Where the part begins in the source, in samples.</param>
    /// <param name="extent">How long the part is, in samples.</param>
    /// <param name="length">Samples in the source; the part lies within.</param>
    /// <param name="count">Samples wanted.</param>
    public void Build(float origin, float extent, int length, int count)
    {
        var ratio = extent / count;
        var support = MathF.Max(1, ratio);
        Taps = Math.Min(length, (int)MathF.Ceiling(2 * support));
        Count = count;
        if (_starts.Length < count)
        {
            _starts = new int[count];
        }

        if (_weights.Length < count * Taps)
        {
            _weights = new float[count * Taps];
        }

        for (var i = 0; i < count; i++)
        {
            var centre = Math.Clamp(origin + ((i + 0.5f) * ratio) - 0.5f, 0, length - 1);
            var start = Math.Clamp((int)MathF.Floor(centre - support) + 1, 0, length - Taps);
            var weights = _weights.AsSpan(i * Taps, Taps);
            var sum = 0f;
            for (var tap = 0; tap < Taps; tap++)
            {
                weights[tap] = MathF.Max(0, 1 - (MathF.Abs(start + tap - centre) / support));
                sum += weights[tap];
            }

            foreach (ref var weight in weights)
            {
                weight /= sum;
            }

            _starts[i] = start;
        }
    }
}
