using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ambianic.Core.Vision.Input;

/// <summary>The inner loops of <see cref="TensorPreparation{T}"/>, in vectors of whatever width the processor has.</summary>
internal static class RowArithmetic
{
    /// <summary>target[i] = the weighted sum of the samples at i of several rows.</summary>
    /// <param name="rows">The first row, and behind it the others.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="weights">One for each row.</param>
    /// <param name="target">As long as what is wanted of a row.</param>
    public static void Combine(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> target)
    {
        var last = rows.Slice((weights.Length - 1) * stride, target.Length); // the only check of bounds: everything that is read lies before its end
        ref var start = ref MemoryMarshal.GetReference(rows);
        var i = 0;
        for (; i <= last.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector<float> one = default, two = default, three = default, four = default;
            ref var block = ref Unsafe.Add(ref start, i);
            foreach (var weight in weights)
            {
                var factor = new Vector<float>(weight);
                Vector.Widen(Vector.LoadUnsafe(ref block), out var low, out var high);
                Vector.Widen(low, out var first, out var second);
                Vector.Widen(high, out var third, out var fourth);
                one = Vector.MultiplyAddEstimate(ToSingle(first), factor, one);
                two = Vector.MultiplyAddEstimate(ToSingle(second), factor, two);
                three = Vector.MultiplyAddEstimate(ToSingle(third), factor, three);
                four = Vector.MultiplyAddEstimate(ToSingle(fourth), factor, four);
                block = ref Unsafe.Add(ref block, stride);
            }

            one.CopyTo(target[i..]);
            two.CopyTo(target[(i + Vector<float>.Count)..]);
            three.CopyTo(target[(i + (2 * Vector<float>.Count))..]);
            four.CopyTo(target[(i + (3 * Vector<float>.Count))..]);
        }

        for (; i < target.Length; i++)
        {
            var sum = 0f;
            for (var row = 0; row < weights.Length; row++)
            {
                sum += rows[(row * stride) + i] * weights[row];
            }

            target[i] = sum;
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
        // The only check of bounds: starts never decrease.
        ref var first = ref MemoryMarshal.GetReference(source[..((starts[^1] + taps) * channels)][channel..]);
        ref var weight = ref MemoryMarshal.GetReference(weights[..(starts.Length * taps)]);
        for (var i = 0; i < starts.Length; i++)
        {
            ref var sample = ref Unsafe.Add(ref first, starts[i] * channels);
            var tap = 0;
            var sum = 0f;
            if (channels == 1 && taps >= Vector128<float>.Count)
            {
                var lanes = Vector128<float>.Zero;
                for (; tap <= taps - Vector128<float>.Count; tap += Vector128<float>.Count)
                {
                    lanes = Vector128.MultiplyAddEstimate(
                        Vector128.LoadUnsafe(ref sample, (nuint)tap), Vector128.LoadUnsafe(ref weight, (nuint)tap), lanes);
                }

                sum = Vector128.Sum(lanes);
            }

            for (; tap < taps; tap++)
            {
                sum += Unsafe.Add(ref sample, tap * channels) * Unsafe.Add(ref weight, tap);
            }

            target[i] = sum;
            weight = ref Unsafe.Add(ref weight, taps);
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

    private static Vector<float> ToSingle(Vector<uint> samples) => Vector.ConvertToSingle(Vector.AsVectorInt32(samples));
}
