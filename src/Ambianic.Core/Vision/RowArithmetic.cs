using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ambianic.Vision;

/// <summary>The inner loops of <see cref="TensorPreparation{T}"/>, in vectors of whatever width the processor has.</summary>
internal static class RowArithmetic
{
    /// <summary>target = row * weight, or target += row * weight.</summary>
    public static void Accumulate(ReadOnlySpan<byte> row, float weight, Span<float> target, bool add)
    {
        var weights = new Vector<float>(weight);
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Accumulate(low, weights, target[i..], add);
            Accumulate(high, weights, target[(i + Vector<ushort>.Count)..], add);
        }

        for (; i < row.Length; i++)
        {
            target[i] = (add ? target[i] : 0) + (row[i] * weight);
        }
    }

    /// <summary>target[i] = the weighted sum of <paramref name="taps"/> samples from starts[i] on.</summary>
    /// <param name="source">Samples of one or several interleaved channels.</param>
    /// <param name="starts">First sample of each target.</param>
    /// <param name="weights"><paramref name="taps"/> per target.</param>
    /// <param name="taps">Samples per target.</param>
    /// <param name="channel">Which of the interleaved channels.</param>
    /// <param name="channels">How many are interleaved.</param>
    /// <param name="target">As long as <paramref name="starts"/>.</param>
    public static void Gather(
        ReadOnlySpan<float> source,
        ReadOnlySpan<int> starts,
        ReadOnlySpan<float> weights,
        int taps,
        int channel,
        int channels,
        Span<float> target)
    {
        for (var i = 0; i < starts.Length; i++)
        {
            ref var sample = ref MemoryMarshal.GetReference(source[((starts[i] * channels) + channel)..]);
            ref var weight = ref MemoryMarshal.GetReference(weights.Slice(i * taps, taps));
            var sum = 0f;
            for (var tap = 0; tap < taps; tap++)
            {
                sum += Unsafe.Add(ref sample, tap * channels) * Unsafe.Add(ref weight, tap);
            }

            target[i] = sum;
        }
    }

    /// <summary>One colour channel of a tensor from the three channels of a picture.</summary>
    public static void Mix(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> third, in ColourChannel colour, Span<float> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var pixel = new Vector<float>(colour.Constant)
                + (new Vector<float>(first[i..]) * colour.First)
                + (new Vector<float>(second[i..]) * colour.Second)
                + (new Vector<float>(third[i..]) * colour.Third);
            pixel = Vector.Min(Vector.Max(pixel, Vector<float>.Zero), new Vector<float>(255));
            ((pixel * colour.Scale) + new Vector<float>(colour.Offset)).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            var pixel = colour.Constant + (first[i] * colour.First) + (second[i] * colour.Second) + (third[i] * colour.Third);
            target[i] = (Math.Clamp(pixel, 0, 255) * colour.Scale) + colour.Offset;
        }
    }

    /// <summary>Every <paramref name="step"/>-th element of the target, rounded when the target holds integers.</summary>
    public static void Spread<T>(ReadOnlySpan<float> row, Span<T> target, int step)
        where T : unmanaged, INumber<T>
    {
        for (int i = 0, at = 0; i < row.Length; i++, at += step)
        {
            target[at] = Element<T>(row[i]);
        }
    }

    /// <summary>One element of a tensor, rounded when it is an integer and saturated when it does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Element<T>(float value)
        where T : unmanaged, INumber<T> =>
        T.CreateSaturating(typeof(T) == typeof(float) || typeof(T) == typeof(Half) ? value : MathF.Round(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(Vector<ushort> samples, Vector<float> weights, Span<float> target, bool add)
    {
        Vector.Widen(samples, out var low, out var high);
        var first = Vector.ConvertToSingle(Vector.AsVectorInt32(low)) * weights;
        var second = Vector.ConvertToSingle(Vector.AsVectorInt32(high)) * weights;
        if (add)
        {
            first += new Vector<float>(target);
            second += new Vector<float>(target[Vector<float>.Count..]);
        }

        first.CopyTo(target);
        second.CopyTo(target[Vector<float>.Count..]);
    }
}
