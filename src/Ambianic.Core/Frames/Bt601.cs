namespace Ambianic.Core.Frames;

/// <summary>
/// From YUV of limited range (luma 16 to 235, chroma 16 to 240 around 128) to red, green and blue of 0 to 255, by ITU-R BT.601-7:
/// <c>red = Luma * (y - 16) + RedOfV * (v - 128)</c>, the others likewise.
/// </summary>
public static class Bt601
{
    private const float Kr = 0.299f;
    private const float Kg = 0.587f;
    private const float Kb = 0.114f;

    /// <summary>What all three channels take of Y.</summary>
    public const float Luma = 255f / 219f;

    /// <summary>What red takes of V; it takes nothing of U.</summary>
    public const float RedOfV = 255f / 224f * 2 * (1 - Kr);

    /// <summary>What blue takes of U; it takes nothing of V.</summary>
    public const float BlueOfU = 255f / 224f * 2 * (1 - Kb);

    /// <summary>What green takes of U.</summary>
    public const float GreenOfU = -BlueOfU * Kb / Kg;

    /// <summary>What green takes of V.</summary>
    public const float GreenOfV = -RedOfV * Kr / Kg;
}
