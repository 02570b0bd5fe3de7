using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources;
using Ambianic.Media.Sources.Ffmpeg;
using Ambianic.Media.Sources.Http;
using Ambianic.Media.Sources.Relay;
using Ambianic.Media.Sources.Tls;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media;

/// <summary>Makes the source that fits a configuration.</summary>
public sealed class FrameSources
{
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly CameraConnections _connections;
    private readonly DecodeMetrics? _metrics;

    /// <param name="pool">Lends the pixels of all frames.</param>
    /// <param name="pins">The certificates of cameras.</param>
    /// <param name="time">Decides how long is too long.</param>
    /// <param name="loggers">Receives what decoders say.</param>
    /// <param name="metrics">Told how long pictures take; null when nobody measures.</param>
    public FrameSources(FramePool pool, ICertificatePins pins, TimeProvider time, ILoggerFactory loggers, DecodeMetrics? metrics = null)
    {
        (_pool, _time, _loggers, _metrics) = (pool, time, loggers, metrics);
        _connections = new CameraConnections(pins, time, loggers.CreateLogger<CameraConnections>());
    }

    /// <summary>Makes a source that has not connected yet; a wrong URI shows itself when it is read.</summary>
    public IFrameSource Create(SourceOptions options)
    {
        if (IsHttp(options.Uri))
        {
            // Of a recording no picture may be lost; and who names a format knows how the stream is to be read.
            return options.Type == SourceType.Image || (options.Live && options.Format is null or "mjpeg" or "mpjpeg")
                ? new HttpSource(options, Video, _connections, _pool, _time, _loggers.CreateLogger<HttpSource>(), _metrics)
                : Video(options);
        }

        if (options.Type == SourceType.Image && SourceAddress.SchemeOf(options.Uri) is { } scheme && !scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
        {
            _loggers.CreateLogger<FrameSources>().SchemeIsVideo(options.Id, scheme);
        }

        return Video(options);
    }

    private IFrameSource Video(SourceOptions options) => TlsRelaySource.IsFor(options.Uri)
        ? new TlsRelaySource(options, Ffmpeg, _connections, _time)
        : Ffmpeg(options, null);

    private FfmpegSource Ffmpeg(SourceOptions options, string? host) =>
        new(options, Executables.OfThisProcess, _pool, _time, _loggers.CreateLogger<FfmpegSource>(), host, _metrics);

    private static bool IsHttp(string uri) =>
        uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
