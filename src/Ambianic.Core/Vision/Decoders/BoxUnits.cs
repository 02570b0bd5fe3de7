using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>Whether boxes are in pixels of the tensor or parts of it, 0 to 1, which exports of one family differ in.</summary>
internal static class BoxUnits
{
    /// <summary>
    /// The most confident box ends left of and above this: it lies in the tensor's first pixels, where nothing can be
    /// recognised, or it is not in pixels. A box in parts may reach beyond 1, but never so far.
    /// </summary>
    private const float LargestPart = 2;

    /// <summary>Changes boxes that are parts of the tensor into pixels; the most confident one tells for all.</summary>
    public static void ToPixels(Span<Candidate> found, in Letterbox letterbox)
    {
        Candidate best = default;
        foreach (ref readonly var candidate in found)
        {
            best = candidate.Score > best.Score ? candidate : best;
        }

        if (best.Box.XMax > LargestPart || best.Box.YMax > LargestPart)
        {
            return;
        }

        foreach (ref var candidate in found)
        {
            candidate = candidate with { Box = letterbox.FromFraction(candidate.Box) };
        }
    }
}
