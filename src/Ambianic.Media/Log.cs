using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media;

/// <summary>Every message that this project logs. An event id stays with its message: a new message takes a new number.</summary>
internal static partial class Log
{
    // Sources
    [LoggerMessage(3001, LogLevel.Information, "Source {Source}: its type is image, and {Scheme}:// is a video; it is read as a video. Write type: video")]
    public static partial void SchemeIsVideo(this ILogger logger, string source, string scheme);

    // Sources/Ffmpeg
    [LoggerMessage(3101, LogLevel.Warning, "Source {Source}: {Fault}")]
    public static partial void PicturesDamaged(this ILogger logger, string source, string fault);

    [LoggerMessage(3102, LogLevel.Information, "Source {Source}: its pictures are whole again")]
    public static partial void PicturesWholeAgain(this ILogger logger, string source);

    [LoggerMessage(3103, LogLevel.Warning, "Source {Source}: {Message}")]
    public static partial void DecoderError(this ILogger logger, string source, string message);

    [LoggerMessage(3104, LogLevel.Warning, "Source {Source}: {Count} more errors of the decoder, not shown")]
    public static partial void DecoderErrorsWithheld(this ILogger logger, string source, int count);

    [LoggerMessage(3105, LogLevel.Debug, "Source {Source}: {Message}")]
    public static partial void DecoderRemark(this ILogger logger, string source, string message);

    // Sources/Http
    [LoggerMessage(3201, LogLevel.Information, "Source {Source}: its type is image, and the address gives a video; it is read as a video. Write type: video")]
    public static partial void AddressIsVideo(this ILogger logger, string source);

    [LoggerMessage(3202, LogLevel.Information, "Source {Source}: the address gives a single picture and no video; it is asked for again and again. Write type: image")]
    public static partial void AddressIsPicture(this ILogger logger, string source);

    [LoggerMessage(3203, LogLevel.Warning, "Source {Source}: a damaged picture is skipped: {Reason}. Further ones are logged once a minute")]
    public static partial void PictureSkipped(this ILogger logger, string source, string reason);

    // Sources/Tls
    [LoggerMessage(3301, LogLevel.Information, "Camera {Camera}: its certificate is not trusted ({Complaints}) and was written down as that of this camera: {Fingerprint}, in {Path}. Another one will be a fault")]
    public static partial void CertificatePinned(this ILogger logger, string camera, string complaints, string fingerprint, string path);

    [LoggerMessage(3302, LogLevel.Warning, "Camera {Camera}: it speaks only an old TLS ({Protocol}), which can be broken. Update its firmware")]
    public static partial void OldTlsSpoken(this ILogger logger, string camera, SslProtocols protocol);
}
