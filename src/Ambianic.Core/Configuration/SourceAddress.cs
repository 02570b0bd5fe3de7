using System.Text.RegularExpressions;

namespace Ambianic.Core.Configuration;

/// <summary>What the address of a source says of it.</summary>
public static partial class SourceAddress
{
    /// <summary>The camera of a Raspberry Pi.</summary>
    public const string RaspberryPiCamera = "picamera";

    /// <summary>Begin of the cameras of this computer.</summary>
    public const string DevicePrefix = "/dev/video";

    /// <summary>How streams travel.</summary>
    public static readonly IReadOnlyList<string> Streams = ["rtsp", "rtsps", "rtmp", "rtmps", "udp", "tcp", "rtp", "srt"];

    /// <summary>Protocols that are understood, files aside.</summary>
    public static readonly IReadOnlyList<string> Networks = [.. Streams, "http", "https"];

    /// <summary>What stands before <c>://</c>; null in a path.</summary>
    public static string? SchemeOf(string uri) => uri.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? uri[..end] : null;

    /// <summary>True for cameras that are part of this computer; they never end.</summary>
    public static bool IsLocalCamera(string uri) =>
        uri == RaspberryPiCamera || uri.StartsWith(DevicePrefix, StringComparison.Ordinal);

    /// <summary>
    /// True for what never ends, whatever its owner forgot to say: were it taken for a recording, a camera that restarts would be done
    /// with. Only what is fetched like a file may be one.
    /// </summary>
    public static bool IsEndless(string uri) => IsLocalCamera(uri) || SchemeOf(uri)?.ToLowerInvariant() switch
    {
        null or "file" => false,
        "http" or "https" => !RecordingRegex().IsMatch(uri),
        _ => true,
    };

    [GeneratedRegex(@"^[^?#]*\.(mp4|m4v|mkv|avi|mov|webm|mpe?g|wmv|flv|gif|3gp|ts)([?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex RecordingRegex();
}
