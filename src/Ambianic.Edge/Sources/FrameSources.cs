using Ambianic.Configuration;
using Ambianic.Frames;
using Microsoft.Extensions.Logging;

namespace Ambianic.Sources;

/// <summary>Makes the source that fits a configuration.</summary>
/// <param name="pool">Lends the pixels of all frames.</param>
/// <param name="time">Decides how long is too long.</param>
/// <param name="loggers">Receives what decoders say.</param>
public sealed class FrameSources(FramePool pool, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Makes a source that has not connected yet; a wrong URI shows itself when it is read.</summary>
    public IFrameSource Create(SourceOptions options) =>
        options.Type == SourceType.Image && IsHttp(options.Uri)
            ? new StillImageSource(options, pool, time)
            : new FfmpegSource(options, Executables.OfThisProcess, pool, time, loggers.CreateLogger<FfmpegSource>());

    private static bool IsHttp(string uri) =>
        uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
