using Microsoft.Extensions.Logging;

namespace Ambianic.Inference;

/// <summary>Every message that this project logs. An event id stays with its message: a new message takes a new number.</summary>
internal static partial class Log
{
    // Models
    [LoggerMessage(4001, LogLevel.Information, "Fetching {Models} from {Origin}")]
    public static partial void FetchingModels(this ILogger logger, string models, string origin);

    [LoggerMessage(4002, LogLevel.Information, "Another process is fetching models into {Directory}; waiting for it")]
    public static partial void WaitingForOtherFetch(this ILogger logger, string directory);

    [LoggerMessage(4003, LogLevel.Information, "Imported {File} to {Onnx}")]
    public static partial void ModelImported(this ILogger logger, string file, string onnx);

    [LoggerMessage(4004, LogLevel.Warning, "The model {Onnx} was damaged and is rebuilt")]
    public static partial void ModelDamaged(this ILogger logger, string onnx);

    [LoggerMessage(4005, LogLevel.Warning, "{Model} should be rebuilt for this version, but {Reason}; {Onnx}, built by an earlier one, is used until the next start")]
    public static partial void EarlierModelUsed(this ILogger logger, string model, string reason, string onnx);

    [LoggerMessage(4006, LogLevel.Warning, "The model {File} is not there; {Model} of the catalog is used instead, with its own labels")]
    public static partial void ModelSubstituted(this ILogger logger, string file, string model);

    // Sessions
    [LoggerMessage(4101, LogLevel.Information, "Model {Model} loaded from {Path} in {Milliseconds:0} ms")]
    public static partial void ModelLoaded(this ILogger logger, string model, string path, double milliseconds);

    [LoggerMessage(4102, LogLevel.Error, "Model {Model} took more than {Seconds:0.#} s for a picture: it is abandoned and loaded again")]
    public static partial void ModelAbandoned(this ILogger logger, string model, double seconds);

    [LoggerMessage(4103, LogLevel.Warning, "Model {Model} tells {Classes} classes apart and there are {Labels} labels: are the labels those of another model?")]
    public static partial void LabelCountDiffers(this ILogger logger, string model, int classes, int labels);

    [LoggerMessage(4104, LogLevel.Error, "{Reason}")]
    public static partial void ModelFailed(this ILogger logger, string reason);
}
