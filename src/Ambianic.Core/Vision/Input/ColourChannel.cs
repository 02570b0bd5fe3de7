using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Input;

/// <summary>
/// How one channel of a tensor comes from the three channels of a picture:
/// <c>clamp(Constant + First*a + Second*b + Third*c, 0, 255) * Scale + Offset</c>.
/// </summary>
internal readonly record struct ColourChannel(
    float First, float Second, float Third, float Constant, float Scale, float Offset)
{
    /// <summary>The three channels of a model's input, in its order, from pictures of a format.</summary>
    public static ColourChannel[] For(PixelFormat format, ModelInput input)
    {
        ColourChannel[] rgb = format == PixelFormat.I420
            ? [FromYuv(0, Bt601.RedOfV), FromYuv(Bt601.GreenOfU, Bt601.GreenOfV), FromYuv(Bt601.BlueOfU, 0)]
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

    private static ColourChannel FromYuv(float u, float v) => new(Bt601.Luma, u, v, (-16 * Bt601.Luma) - (128 * (u + v)), 1, 0);
}
