using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Http;

/// <summary>What stands before the body of an HTTP answer, read as leniently as browsers do.</summary>
/// <param name="Status">For example 200.</param>
/// <param name="Reason">What follows the status in its line; often empty.</param>
/// <param name="Fields">Names and values in the order in which they came; lines that are no field are left out.</param>
internal sealed partial record HttpHead(int Status, string Reason, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const int MostLines = 256;

    /// <summary>Media type without its parameters, in lower case; empty when it is missing.</summary>
    public string MediaType => (this["Content-Type"] ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();

    /// <summary>Bytes of the body as the camera claims; null when it claims nothing that makes sense.</summary>
    public long? ContentLength =>
        long.TryParse(this["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    /// <summary>First value of a field, in whatever case its name is written; null when it is missing.</summary>
    public string? this[string name] => All(name).FirstOrDefault();

    /// <summary>All values of a field.</summary>
    public IEnumerable<string> All(string name) =>
        Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>
    /// Takes the head from a stream, which then stands at the body. Lines may end with LF alone, a line without a colon is skipped, and
    /// an answer that begins with its body has no head and counts as 200.
    /// </summary>
    /// <exception cref="SourceException">It is not HTTP, or nothing came at all.</exception>
    public static async Task<HttpHead> ReadAsync(PeekStream stream, CancellationToken cancellation)
    {
        HttpHead head;
        do
        {
            head = await ReadOneAsync(stream, cancellation);
        }
        while (head.Status is >= 100 and < 200); // "100 Continue" is followed by the answer
        return head;
    }

    private static async Task<HttpHead> ReadOneAsync(PeekStream stream, CancellationToken cancellation)
    {
        while ((await stream.PeekAsync(1, cancellation)).Span is [(byte)'\r' or (byte)'\n', ..])
        {
            stream.Skip(1);
        }

        var begin = await stream.PeekAsync(2, cancellation);
        if (begin.Length == 0)
        {
            throw new SourceException("the camera broke the connection off without an answer; is it starting, or are there too many viewers?");
        }

        if (IsBody(begin.Span))
        {
            return new HttpHead(200, "", []);
        }

        var line = await TakeLineAsync(stream, cancellation);
        var status = StatusRegex().Match(line);
        if (!status.Success)
        {
            throw new SourceException(WhatSpeaks(line));
        }

        var fields = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < MostLines; i++)
        {
            if (IsBody((await stream.PeekAsync(2, cancellation)).Span) || (line = await TakeLineAsync(stream, cancellation)).Length == 0)
            {
                break;
            }

            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                fields.Add(new(line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        return new HttpHead(int.Parse(status.Groups["status"].ValueSpan, CultureInfo.InvariantCulture), status.Groups["reason"].Value.Trim(), fields);
    }

    /// <summary>True for what cannot be a line of a head: the begin of a JPEG, or the boundary before the first part.</summary>
    private static bool IsBody(ReadOnlySpan<byte> begin) => begin is [0xFF, 0xD8, ..] or [(byte)'-', (byte)'-', ..];

    private static async ValueTask<string> TakeLineAsync(PeekStream stream, CancellationToken cancellation)
    {
        var length = await stream.PeekLineAsync(cancellation);
        var line = Encoding.Latin1.GetString(stream.Buffered.Span[..length]).TrimEnd('\r', '\n');
        stream.Skip(length);
        return line;
    }

    private static string WhatSpeaks(string line) => line switch
    {
        ['\x15', '\x03', ..] => "the camera speaks TLS at this port; write https:// in the uri",
        _ when line.StartsWith("RTSP/", StringComparison.OrdinalIgnoreCase) => "an RTSP server answers at this port; write rtsp:// in the uri",
        _ when line.StartsWith("SSH-", StringComparison.Ordinal) => "an SSH server answers at this port; check the port in the uri",
        _ => "what answers does not speak HTTP; check the port in the uri",
    };

    /// <summary>A byte order mark may stand before it.</summary>
    [GeneratedRegex(@"^(?:\xEF\xBB\xBF)?\s*(?:HTTP|ICY)[/\d.]*\s+(?<status>\d{3})(?!\d)(?<reason>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex StatusRegex();
}
