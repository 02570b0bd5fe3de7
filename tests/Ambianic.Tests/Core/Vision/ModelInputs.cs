using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision;

/// <summary>Model inputs for tests.</summary>
internal static class ModelInputs
{
    public static ModelInput Pixels(int width, int height, LetterboxPlacement placement = LetterboxPlacement.Centred) => new(
        width, height, ChannelOrder.Rgb, TensorLayout.Nchw, TensorType.Float, ModelInput.NoMean, ModelInput.NoScale, placement, 0);
}
