using System.Numerics;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>Whether a model's outputs are numbers: a network of half precision that overflows says infinity, and then nothing that is a number.</summary>
public static class FiniteNumbers
{
    /// <summary>Looks at every element of every output, a vector at a time.</summary>
    /// <exception cref="InferenceException">One is infinite or NaN, but for minus infinity of some classes in logits.</exception>
    public static void Require(IReadOnlyList<ModelOutput> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!AreFinite(outputs[i].Values.Span) && !IsMasked(outputs[i]))
            {
                throw new InferenceException(
                    $"the model's outputs are not numbers ('{outputs[i].Name}' holds NaN or infinity): its file is damaged, or it overflows in half precision; export it in single precision")
                {
                    IsLasting = true,
                };
            }
        }
    }

    /// <summary>True when <see cref="Require"/> would pass.</summary>
    public static bool AreFinite(IReadOnlyList<ModelOutput> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!AreFinite(outputs[i].Values.Span) && !IsMasked(outputs[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// True for logits that switch some classes off: minus infinity is their probability of zero. A row of nothing else, infinity
    /// and NaN are faults there too.
    /// </summary>
    private static bool IsMasked(ModelOutput output)
    {
        if (output.Shape.Count != 3 || !(output.Name.Contains("logits", StringComparison.OrdinalIgnoreCase) || output.Name.Contains("labels", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        var columns = output.FromLast(1);
        for (var rows = output.Values.Span; rows.Length >= columns; rows = rows[columns..])
        {
            var numbers = 0;
            foreach (var value in rows[..columns])
            {
                numbers += float.IsFinite(value) ? 1 : 0;
                if (!float.IsFinite(value) && !float.IsNegativeInfinity(value))
                {
                    return false;
                }
            }

            if (numbers == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Zero times a number is zero, and zero times all else is NaN, which stays in a sum.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        var (one, other) = (Vector<float>.Zero, Vector<float>.Zero);
        var i = 0;
        for (; i <= values.Length - (2 * Vector<float>.Count); i += 2 * Vector<float>.Count)
        {
            one += new Vector<float>(values[i..]) * Vector<float>.Zero;
            other += new Vector<float>(values[(i + Vector<float>.Count)..]) * Vector<float>.Zero;
        }

        var sum = Vector.Sum(one + other);
        for (; i < values.Length; i++)
        {
            sum += values[i] * 0;
        }

        return sum == 0;
    }
}
