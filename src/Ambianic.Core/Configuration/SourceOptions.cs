using System.Collections.ObjectModel;
using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>A source of frames: an entry of <c>sources</c>, or given inline in a pipeline.</summary>
public sealed record SourceOptions
{
    /// <summary>Key in <c>sources</c>; for an inline source the masked URI. Not a key of the file.</summary>
    [ConfigurationIgnore]
    public string Id { get; init; } = "";

    /// <summary>
    /// Where it is: <c>rtsp://</c>, <c>rtmp://</c>, <c>http(s)://</c>, <c>file://</c>, a plain path, <c>/dev/videoN</c> or <c>picamera</c>. White space is written <c>%20</c>. May hold credentials: never logged or shown unmasked.
    /// </summary>
    [Required]
    public string Uri { get; init; } = "";

    /// <summary><c>image</c>: single pictures over HTTP. What the address really gives is found out. <c>audio</c> is accepted and not read. The default is <c>video</c>.</summary>
    public SourceType Type { get; init; } = SourceType.Video;

    /// <summary>True: never ends, reconnects for ever; a file loops. False: ends at its end. The default is true for streams and cameras, false for files and for addresses that end like one (<c>http://…/clip.mp4</c>).</summary>
    public bool Live { get; init; }

    /// <summary>Input format for the decoder, in its own words; for example <c>mjpeg</c>. The default is found out.</summary>
    public string? Format { get; init; }

    /// <summary>Frames a second to look at, 0.1 to 60. The default is 5 for video and 1 for single pictures.</summary>
    [Range(0.1, 60)]
    public double? Fps { get; init; }

    /// <summary><see cref="Fps"/> or its default. Not a key of the file.</summary>
    [ConfigurationIgnore]
    public double EffectiveFps => Fps ?? (Type == SourceType.Image ? 1 : 5);

    /// <summary>Width in pixels that larger pictures are reduced to, aspect kept; 64 to 7680. The default is 1280.</summary>
    [Range(64, 7680)]
    public int Width { get; init; } = 1280;

    /// <summary>How RTSP travels. The default is <c>tcp</c>.</summary>
    public RtspTransport Transport { get; init; } = RtspTransport.Tcp;

    /// <summary>What is done about a certificate that this computer does not trust: <c>pin</c> stores it when first seen and refuses another, <c>verify</c> refuses it, <c>accept</c> takes any. The default is <c>pin</c>.</summary>
    public TlsRule Tls { get; init; } = TlsRule.Pin;

    /// <summary>Seconds without a frame after which the source counts as stalled, 1 to 600. The default is 10.</summary>
    [Range(1.0, 600)]
    public double StallSeconds { get; init; } = 10;

    /// <summary>Parts of the picture, by name. The default is none.</summary>
    public IReadOnlyDictionary<string, ZoneOptions> Zones { get; init; } = ReadOnlyDictionary<string, ZoneOptions>.Empty;
}

/// <summary>What a source gives.</summary>
public enum SourceType
{
    /// <summary>Moving pictures.</summary>
    Video,

    /// <summary>Single pictures over HTTP.</summary>
    Image,

    /// <summary>Sound; accepted for compatibility, not read.</summary>
    Audio,
}

/// <summary>How RTSP travels.</summary>
public enum RtspTransport
{
    /// <summary>Interleaved in the control connection: nothing lost, passes firewalls.</summary>
    Tcp,

    /// <summary>Datagrams.</summary>
    Udp,
}

/// <summary>What is done about a camera's certificate that this computer does not trust.</summary>
public enum TlsRule
{
    /// <summary>It is written down when it is first seen, and another one later is a fault.</summary>
    Pin,

    /// <summary>It is a fault.</summary>
    Verify,

    /// <summary>It is taken, and so is any other: who stands between us and the camera sees everything.</summary>
    Accept,
}
