using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>All decoders by name. A new family of models is one more line here.</summary>
public static class DetectionDecoders
{
    /// <summary>For guessing, the most particular ones come first.</summary>
    private static readonly IDetectionDecoder[] All =
    [
        new NanoDet(), new YuNet(), new BlazeFace(), new BlazePose(), new PoseNet(), new MoveNetMulti(), new MoveNetSingle(),
        new EndToEndBoxes(), new EndToEndRows(), new SsdPostprocess(), new CenterNet(), new Detr(), new BoxesScores(),
        new Yolox(isDecoded: false), new Yolox(isDecoded: true), new Yolo(),
    ];

    /// <summary>Names of all decoders.</summary>
    public static IEnumerable<string> Names => All.Select(decoder => decoder.Name);

    /// <summary>The decoder of a name.</summary>
    /// <exception cref="InferenceException">There is none of this name; the message lists those that there are.</exception>
    public static IDetectionDecoder Get(string name) =>
        All.FirstOrDefault(decoder => decoder.Name == name)
        ?? throw new InferenceException($"there is no decoder '{name}'; there are: {string.Join(", ", Names)}");

    /// <summary>The decoder whose outputs look like these.</summary>
    /// <param name="outputs">All outputs of one run.</param>
    /// <param name="width">Of the tensor that went in, in pixels.</param>
    /// <param name="height">Of the tensor that went in, in pixels.</param>
    /// <exception cref="InferenceException">None looks like these; the message lists the decoders and the outputs.</exception>
    public static IDetectionDecoder Guess(IReadOnlyList<ModelOutput> outputs, int width, int height) =>
        All.FirstOrDefault(decoder => decoder.Reads(outputs, width, height))
        ?? throw new InferenceException(
            $"cannot tell how to read the outputs {outputs.Describe()} of a picture of {width}x{height}; "
            + $"say it with model.decoder: {string.Join(", ", Names)}") { NeedsDecoder = true };

    /// <summary>How pictures are prepared for a model of a decoder's family: as is usual there, and where the tensor takes whole numbers, pixels as they are.</summary>
    /// <param name="decoder">The family.</param>
    /// <param name="tensor">Size, layout and type that the graph asks for.</param>
    /// <param name="outputs">All outputs of one run.</param>
    /// <param name="isSizeFree">True when the graph takes pictures of any size, so that the family may choose.</param>
    public static ModelInput Input(IDetectionDecoder decoder, ModelInput tensor, IReadOnlyList<ModelOutput> outputs, bool isSizeFree)
    {
        var usual = decoder.Usual(tensor, outputs);
        if (!isSizeFree)
        {
            usual = usual with { Width = tensor.Width, Height = tensor.Height, SizeMultiple = 0 };
        }

        return tensor.Type is TensorType.UInt8 or TensorType.Int32
            ? usual with { Mean = ModelInput.NoMean, Scale = ModelInput.NoScale } // a quantised graph holds the normalisation
            : usual;
    }
}
