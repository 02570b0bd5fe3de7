using Ambianic.Core.Configuration;

namespace Ambianic.Core.Vision;

/// <summary>The files of a model: <c>model:</c> of an entry of <c>ai_models</c> or of an element. At most one of them is used, in the order of the properties.</summary>
public sealed record ModelOptions
{
    /// <summary>A model of the catalog by its name, for example <c>nanodet</c>.</summary>
    public string? Name { get; init; }

    /// <summary>An ONNX file of the user's own.</summary>
    [ConfigurationPath]
    public string? Onnx { get; init; }

    /// <summary>A TensorFlow Lite file.</summary>
    [ConfigurationPath]
    public string? Tflite { get; init; }

    /// <summary>A TensorFlow Lite file compiled for the Edge TPU; accepted, the <see cref="Tflite"/> beside it is used.</summary>
    [ConfigurationPath]
    public string? Edgetpu { get; init; }

    /// <summary>How the outputs are read, for example <c>yolox</c>. The default is found out from the model.</summary>
    public string? Decoder { get; init; }

    /// <summary>From the model's scores to confidences; <c>off</c>: the model's own scores. The default is that of the catalog.</summary>
    public Calibration? Calibration { get; init; }
}
