using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Says in ffmpeg's words what a source's options ask for. Tested with ffmpeg 5.1; no option is used that version 4.4 or 7 lacks.</summary>
internal static class FfmpegArguments
{
    private const int ProbeMicroseconds = 1_000_000;

    /// <summary>Bytes; the least that ffmpeg takes. RTSP says what it sends before it does, so there is nothing to find out.</summary>
    private const int LeastProbe = 32;

    /// <summary>Packets that are held when one is missing, so that ffmpeg notices: with TCP it does not count them otherwise.</summary>
    private const int LeastQueue = 2;

    /// <summary>All arguments: reads the source and writes YUV4MPEG2 to standard output.</summary>
    /// <param name="options">What is read, and how.</param>
    /// <param name="live">See <see cref="IFrameSource.IsLive"/>.</param>
    /// <param name="host">What HTTP requests name as their host when it is not that of the address; else null.</param>
    /// <param name="fromList">The address comes by standard input, as <see cref="List"/> writes it.</param>
    /// <exception cref="SourceException">The URI names nothing that could be read.</exception>
    public static IReadOnlyList<string> For(SourceOptions options, bool live, string? host = null, bool fromList = false) =>
    [
        "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+level+info",

        // A second thread delays a live picture by a frame, and tells of an error in one picture while it shows another.
        "-threads", "1",

        // A filter graph recreated for another size would count time from zero, and ffmpeg drop all until it has caught up. The
        // old one goes on, squeezes the picture into the old size, and says so: FfmpegLog.SawChange.
        .. live ? ["-reinit_filter", "0"] : Array.Empty<string>(),
        .. host is null ? Array.Empty<string>() : ["-headers", $"Host: {host}\r\n"],
        .. fromList ? ["-dump", .. InputList.Arguments(NetworkProtocols, Number(LeastProbe))] : Input(options, live),
        .. IsRtsp(options.Uri) ? ["-map", "0:v:0"] : Array.Empty<string>(), // also when its size is not known before the first key frame
        "-an", "-sn", "-dn",
        "-filter_threads", "1",
        "-vf", $"{Tell(DecodedPictures.Decoded)},{(live ? DecimateByClock(options) : DecimateByMediaTime(options))},{Normalise(options)},{Tell(DecodedPictures.Given)}",
        .. live ? ["-r", Number(options.EffectiveFps)] : Array.Empty<string>(),
        "-f", "yuv4mpegpipe", "pipe:1",
    ];

    /// <summary>What ffmpeg reads from its standard input instead of its command line.</summary>
    public static string List(SourceOptions options) => InputList.Text(options.Uri, Rtsp(options));

    /// <summary>Arguments of the program that reads a Raspberry Pi's camera and writes JPEG pictures to standard output.</summary>
    public static IReadOnlyList<string> ForRaspberryPiCamera(SourceOptions options) =>
    [
        "--timeout", "0", "--nopreview", "--codec", "mjpeg",
        "--width", Number(options.Width & ~1), "--height", Number((options.Width * 9 / 16) & ~1),
        "--framerate", Number(options.EffectiveFps), "--output", "-",
    ];

    /// <summary>What a stream from the network may lead to: a playlist that a camera sends must not name files of this computer.</summary>
    private const string NetworkProtocols = "http,https,httpproxy,tcp,tls,udp,udplite,rtp,srtp,rtsp,rtmp,rtmps,rtmpt,srt,crypto,data";

    private static IEnumerable<string> Input(SourceOptions options, bool live)
    {
        var uri = options.Uri;
        if (uri == SourceAddress.RaspberryPiCamera)
        {
            return ["-f", "mjpeg", "-i", "pipe:0"];
        }

        if (uri.StartsWith(SourceAddress.DevicePrefix, StringComparison.Ordinal))
        {
            return ["-f", "v4l2", .. DeviceFormat(options.Format) is { } pixels ? ["-input_format", pixels] : Array.Empty<string>(), "-i", uri];
        }

        string[] format = options.Format is { } named ? ["-f", named] : [];
        if (LocalFile(uri) is { } path)
        {
            return ["-dump", .. live ? ["-re", "-stream_loop", "-1"] : Array.Empty<string>(), .. format, "-i", $"file:{path}"];
        }

        string[] network = IsRtsp(uri) ? Rtsp(options) : live ? ["-analyzeduration", Number(ProbeMicroseconds)] : [];
        return ["-dump", .. network, .. format, "-protocol_whitelist", NetworkProtocols, "-i", uri];
    }

    /// <summary>The decoder's word for what a camera of this computer gives; the reference system has its own for two of them.</summary>
    private static string? DeviceFormat(string? format) => format switch
    {
        "jpeg" => "mjpeg",
        "raw" => null,
        _ => format,
    };

    /// <summary>Asks for the video alone: sound and events of a camera would only have to be waited for.</summary>
    private static string[] Rtsp(SourceOptions options) =>
    [
        .. options.Transport == RtspTransport.Udp
            ? ["-rtsp_transport", "udp"]
            : new[] { "-rtsp_transport", "tcp", "-reorder_queue_size", Number(LeastQueue) },
        "-allowed_media_types", "video", "-probesize", Number(LeastProbe),
    ];

    private static bool IsRtsp(string uri) => uri.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase);

    /// <summary>A filter that says of each picture its number, its time and whether it is a key frame.</summary>
    private static string Tell(string filter) => $"{filter}=checksum=0";

    /// <summary>The full path of an existing, regular, non-empty file; null for a network stream.</summary>
    private static string? LocalFile(string uri)
    {
        var scheme = SourceAddress.SchemeOf(uri);
        var isFile = "file".Equals(scheme, StringComparison.OrdinalIgnoreCase);
        if (scheme is not null && !isFile)
        {
            return SourceAddress.Networks.Contains(scheme, StringComparer.OrdinalIgnoreCase)
                ? null
                : throw new SourceException($"nothing is known that reads {scheme}://; known are file, {string.Join(", ", SourceAddress.Networks)}");
        }

        if (isFile && !Uri.TryCreate(uri, UriKind.Absolute, out _))
        {
            throw new SourceException($"{uri} is no valid address of a file; a plain path will do");
        }

        var path = Path.GetFullPath(isFile ? new Uri(uri).LocalPath : uri);
        var file = new FileInfo(path);
        return Directory.Exists(path) ? throw new SourceException($"{path} is a directory, not a video file")
            : !file.Exists ? throw new SourceException($"there is no file {path}")
            : file.Length == 0 ? throw new SourceException($"{path} is empty, or no regular file")
            : path;
    }

    /// <summary>
    /// For files: one picture per interval of the file's own time, the newest that is due. A file that is slower than asked
    /// keeps its own rate; within a file of variable rate, pictures are repeated so that the n-th one is always at n / rate.
    /// </summary>
    private static string DecimateByMediaTime(SourceOptions options)
    {
        var fps = Number(options.EffectiveFps);
        return $"fps='if(gt(source_fps,0),min(source_fps,{fps}),{fps})':round=up";
    }

    /// <summary>
    /// For cameras: at most the asked rate by our clock, whatever the camera's says, and no picture twice. Regular time stamps
    /// afterwards keep ffmpeg from repeating or dropping any itself.
    /// </summary>
    private static string DecimateByClock(SourceOptions options) =>
        $"settb=AVTB,setpts=RTCTIME-RTCSTART,{Choose(options.EffectiveFps)}";

    /// <summary>
    /// Takes a picture when it is due, or up to an interval before, so that a camera of the asked rate loses none when one is late
    /// and the next in time. Variable 0 is when the next is due, 1 how early this one is; nobody can be earlier than two
    /// intervals, unless our clock was set back.
    /// </summary>
    internal static string Choose(double rate)
    {
        var (fps, once, most) = (Number(rate), Number(1 / rate), Number(2.5 / rate));
        return $"select='st(1,ld(0)-t);if(gt(ld(1),{once})*lt(ld(1),{most}),0,st(0,if(gt(ld(1),{once}),t,max(ld(0),t))+{once});1)',setpts=N/({fps}*TB)";
    }

    /// <summary>Square pixels, at most as wide as asked, aspect kept, in the colours that <see cref="PixelFormat.I420"/> promises.</summary>
    private static string Normalise(SourceOptions options) =>
        $"scale=w='max(1,round(min({Number(options.Width)},iw*sar)))':h='max(1,round(ow/dar))'"
        + ":out_color_matrix=bt601:out_range=tv,setsar=1,format=yuv420p";

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
