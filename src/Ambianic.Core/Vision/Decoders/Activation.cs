namespace Ambianic.Core.Vision.Decoders;

/// <summary>What a network's last layer may have left to the reader.</summary>
internal static class Activation
{
    /// <summary>1 / (1 + e^-x).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>The inverse: the value whose sigmoid is <paramref name="score"/>; spares the exponential for everything below a threshold.</summary>
    public static float Logit(float score) => score switch
    {
        <= 0 => float.NegativeInfinity,
        >= 1 => float.PositiveInfinity,
        _ => MathF.Log(score / (1 - score)),
    };
}
