using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Inference.Sessions;

/// <summary>An ONNX file loaded into ONNX Runtime, and what it says of itself.</summary>
internal sealed class OnnxGraph : IDisposable
{
    private const int SizeWhenFree = 640;

    private readonly string _path;

    private OnnxGraph(string path, InferenceSession session)
    {
        _path = path;
        Session = session;
        (PictureInput, var shape) = FindPicture();
        Tensor = ReadTensor(shape);
        IsSizeFree = (Tensor.Layout == TensorLayout.Nchw ? shape[2..] : shape[1..3]).All(side => side <= 0);
        Labels = ReadLabels();
    }

    /// <summary>Safe to run from several threads.</summary>
    public InferenceSession Session { get; }

    /// <summary>Name of the input that takes the picture.</summary>
    public string PictureInput { get; }

    /// <summary>Name, type and shape of each input, for people.</summary>
    public string Inputs => string.Join(", ", Session.InputMetadata.Select(input =>
        $"{input.Key} {(input.Value.IsTensor ? $"{input.Value.ElementDataType} [{string.Join(",", input.Value.Dimensions)}]" : "that is no tensor")}"));

    /// <summary>Size, layout and type of the picture's tensor; colours are a guess.</summary>
    public ModelInput Tensor { get; }

    /// <summary>True when the graph says neither width nor height.</summary>
    public bool IsSizeFree { get; }

    /// <summary>Class names from the metadata, see <see cref="ClassNames"/>; empty when there are none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a file; takes from tens of milliseconds to seconds.</summary>
    /// <exception cref="InferenceException">It is no ONNX model, or none that takes a picture.</exception>
    public static OnnxGraph Load(string path)
    {
        InferenceSession? session = null;
        try
        {
            using var options = new SessionOptions
            {
                // One thread an inference: several cameras keep the cores busy, and small models get slower with two.
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,

                // Reserving all intermediate tensors as one block took 15 to 35 MB more and saved no time.
                EnableMemoryPattern = false,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session = new InferenceSession(path, options);
            return new OnnxGraph(path, session);
        }
        catch (Exception error)
        {
            session?.Dispose();
            throw error as InferenceException ?? new InferenceException($"{path} cannot be loaded as an ONNX model: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    /// <summary>The graph's own size must be the prepared one's wherever the graph fixes it.</summary>
    /// <exception cref="InferenceException">It is not.</exception>
    public void Check(ModelInput input)
    {
        var shape = Session.InputMetadata[PictureInput].Dimensions;
        int[] wanted = input.Layout == TensorLayout.Nchw
            ? [1, 3, input.Height, input.Width]
            : [1, input.Height, input.Width, 3];
        var fits = input.Type == Tensor.Type && shape.Zip(wanted).All(axis => axis.First <= 0 || axis.First == axis.Second);
        if (!fits)
        {
            throw new InferenceException(
                $"{_path} takes {Tensor.Type} [{string.Join(",", shape)}], not {input.Type} [{string.Join(",", wanted)}]");
        }
    }

    private (string Name, int[] Shape) FindPicture()
    {
        foreach (var (name, metadata) in Session.InputMetadata)
        {
            if (metadata is { IsTensor: true, Dimensions.Length: 4 })
            {
                return (name, metadata.Dimensions);
            }
        }

        throw new InferenceException($"{_path} has no input of four axes that could take a picture");
    }

    private ModelInput ReadTensor(int[] shape)
    {
        var layout = shape[3] == 3 ? TensorLayout.Nhwc : TensorLayout.Nchw;
        var channels = layout == TensorLayout.Nchw ? shape[1] : 3;
        if (channels is not (3 or <= 0))
        {
            throw new InferenceException($"{_path} takes {channels} channels; only models of 3 colour channels can be used");
        }

        var type = Session.InputMetadata[PictureInput].ElementDataType switch
        {
            TensorElementType.Float => TensorType.Float,
            TensorElementType.Float16 => TensorType.Float16,
            TensorElementType.UInt8 => TensorType.UInt8,
            TensorElementType.Int32 => TensorType.Int32,
            var other => throw new InferenceException($"{_path} takes {other}; only float, float16, uint8 and int32 inputs can be used"),
        };
        var (height, width) = layout == TensorLayout.Nchw ? (shape[2], shape[3]) : (shape[1], shape[2]);
        if (Math.Max(width, height) > ModelInput.LargestSide)
        {
            throw new InferenceException($"{_path} takes pictures of {width}x{height}; a side of {ModelInput.LargestSide} is the most that can be used");
        }

        return new ModelInput(
            width > 0 ? width : SizeWhenFree,
            height > 0 ? height : SizeWhenFree,
            ChannelOrder.Rgb,
            layout,
            type,
            ModelInput.NoMean,
            ModelInput.NoScale,
            LetterboxPlacement.Centred,
            0);
    }

    private IReadOnlyList<string> ReadLabels() =>
        Session.ModelMetadata.CustomMetadataMap.TryGetValue("names", out var names) ? ClassNames.Parse(names) : [];
}
