using System.Numerics;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>Which of some scores is the largest.</summary>
internal static class ArgMax
{
    /// <summary>Index and value of the first of the largest values; there must be one.</summary>
    public static (int Index, float Value) Of(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        var i = 0;
        if (values.Length >= Vector<float>.Count)
        {
            var lanes = new Vector<float>(values);
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                lanes = Vector.Max(lanes, new Vector<float>(values[i..]));
            }

            for (var lane = 0; lane < Vector<float>.Count; lane++)
            {
                largest = MathF.Max(largest, lanes[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            largest = MathF.Max(largest, values[i]);
        }

        return (Math.Max(0, values.IndexOf(largest)), largest);
    }
}
