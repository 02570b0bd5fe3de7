using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Input;

/// <summary>
/// How one channel of a tensor comes from the three channels of a picture:
/// <c>clamp(Constant + First*a + Second*b + Third*c, 0, 255) * Scale + Offset</c>.
/// </summary>
internal readonly record struct ColourChannel(
    float First, float Second, float Third, float Constant, float Scale, float Offset)
{
    // ITU-R BT.601, limited range to full range: 255/219 for luma, 255/224 times 2(1-Kr), 2(1-Kb) for chroma; Kr = .299, Kb = .114.
    private const float Luma = 255f / 219f;
    private const float RedOfV = 255f / 224f * 1.402f;
    private const float BlueOfU = 255f / 224f * 1.772f;
    private const float GreenOfU = -BlueOfU * 0.114f / 0.587f;
    private const float GreenOfV = -RedOfV * 0.299f / 0.587f;

    /// <summary>The three channels of a model's input, in its order, from pictures of a format.</summary>
    public static ColourChannel[] For(PixelFormat format, ModelInput input)
    {
        ColourChannel[] rgb = format == PixelFormat.I420
            ? [FromYuv(0, RedOfV), FromYuv(GreenOfU, GreenOfV), FromYuv(BlueOfU, 0)]
            : [new(1, 0, 0, 0, 1, 0), new(0, 1, 0, 0, 1, 0), new(0, 0, 1, 0, 1, 0)];
        if (input.Order == ChannelOrder.Bgr)
        {
            rgb.AsSpan().Reverse();
        }

        for (var channel = 0; channel < 3; channel++)
        {
            rgb[channel] = rgb[channel] with
            {
                Scale = input.Scale[channel],
                Offset = -input.Mean[channel] * input.Scale[channel],
            };
        }

        return rgb;
    }

    private static ColourChannel FromYuv(float u, float v) => new(Luma, u, v, (-16 * Luma) - (128 * (u + v)), 1, 0);
}
