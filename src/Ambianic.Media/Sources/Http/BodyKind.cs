using System.Text;

namespace Ambianic.Media.Sources.Http;

/// <summary>What the body of an answer holds.</summary>
internal enum BodyKind
{
    /// <summary>One JPEG or many, or a stream in parts, which may be of PNG; where a picture begins is for an <see cref="IPictureSplitter"/> to find.</summary>
    Jpeg,

    /// <summary>A picture of another kind: PNG, WebP, GIF, BMP.</summary>
    OtherPicture,

    /// <summary>A video that needs a demuxer: HLS, transport stream, MP4, FLV, Matroska, Ogg.</summary>
    Video,

    /// <summary>Text: a page, most often.</summary>
    Text,

    /// <summary>Nothing at all.</summary>
    Empty,

    /// <summary>Something else.</summary>
    Unknown,
}

/// <summary>Finds out what a body holds: by its first bytes, and where they do not tell by its media type.</summary>
internal static class BodyKinds
{
    /// <summary>First bytes that <see cref="Of"/> looks at, where there are so many.</summary>
    public const int Sample = 16;

    private const byte TransportStream = 0x47;

    /// <summary>The first bytes of each JPEG.</summary>
    public static ReadOnlySpan<byte> JpegBegin => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> BeforeText => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    /// <summary>Finds it out.</summary>
    /// <param name="mediaType">What the camera calls it, in lower case; may be empty.</param>
    /// <param name="begin">First bytes, the more the better.</param>
    public static BodyKind Of(string mediaType, ReadOnlySpan<byte> begin) => begin.TrimStart(BeforeText) switch
    {
        [] => begin.Length > 0 ? BodyKind.Text : BodyKind.Empty,
        [0xFF, 0xD8, ..] => BodyKind.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] or [(byte)'B', (byte)'M', ..] => BodyKind.OtherPicture,
        var it when it.StartsWith("RIFF"u8) && it.IndexOf("WEBP"u8) == 8 => BodyKind.OtherPicture,
        var it when it.StartsWith("#EXTM3U"u8) || it.StartsWith("FLV"u8) || it.StartsWith("OggS"u8) || it.IndexOf("ftyp"u8) == 4 => BodyKind.Video,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => BodyKind.Video, // Matroska
        var it when IsMarkup(it) && !IsManyJpegs(mediaType) => BodyKind.Text,
        _ when IsManyJpegs(mediaType) || mediaType is "image/jpeg" or "image/jpg" or "image/pjpeg" => BodyKind.Jpeg,
        [(byte)'-', (byte)'-', ..] => BodyKind.Jpeg,
        var it when it.StartsWith("Content-"u8) => BodyKind.Jpeg, // the head of a part, or more of the answer's after an empty line
        [TransportStream, ..] when begin.Length < 189 || begin[188] == TransportStream => BodyKind.Video,
        _ when mediaType.StartsWith("video/", StringComparison.Ordinal) || mediaType.EndsWith("mpegurl", StringComparison.Ordinal) => BodyKind.Video,
        var it when it.IndexOf(JpegBegin) >= 0 => BodyKind.Jpeg,
        _ when mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType.EndsWith("json", StringComparison.Ordinal) => BodyKind.Text,
        _ => BodyKind.Unknown,
    };

    /// <summary>True for media types of picture after picture.</summary>
    public static bool IsManyJpegs(string mediaType) =>
        mediaType.StartsWith("multipart/", StringComparison.Ordinal)
        || mediaType is "video/x-motion-jpeg" or "video/x-mjpeg" or "video/mjpeg" or "video/x-jpeg" or "video/jpeg" or "application/x-mjpeg";

    /// <summary>Names a text to a person: "a login page", "an HTML page", "JSON", "XML", "text".</summary>
    public static string Describe(ReadOnlySpan<byte> text)
    {
        var words = Encoding.Latin1.GetString(text).TrimStart('\uFEFF', 'ï', '»', '¿', ' ', '\t', '\r', '\n');
        bool Holds(string word) => words.Contains(word, StringComparison.OrdinalIgnoreCase);
        return words switch
        {
            ['<', ..] when Holds("<html") || Holds("<!doctype html") || Holds("<head") || Holds("<body") =>
                Holds("password") || Holds("login") || Holds("log in") || Holds("sign in") ? "a login page" : "an HTML page",
            ['<', ..] => "XML",
            ['{' or '[', ..] => "JSON",
            _ => "text",
        };
    }

    /// <summary>Names the first bytes of a body to a person.</summary>
    public static string DescribeBegin(ReadOnlySpan<byte> begin)
    {
        var few = begin[..Math.Min(Sample, begin.Length)];
        return begin switch
        {
            [] => "nothing in it",
            [0xFF, 0xD8, ..] => "begins as a JPEG",
            [(byte)'<' or (byte)'{', ..] => Describe(begin),
            _ when few.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 => $"begins with \"{Encoding.ASCII.GetString(few)}\"",
            _ => $"begins with the bytes {Convert.ToHexString(few)}",
        };
    }

    private static bool IsMarkup(ReadOnlySpan<byte> begin) => begin is [(byte)'<' or (byte)'{', ..];
}
