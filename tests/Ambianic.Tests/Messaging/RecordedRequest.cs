using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using MimeKit;

namespace Ambianic.Tests.Messaging;

/// <summary>A request as it arrived.</summary>
/// <param name="Method">For example <c>POST</c>.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">By name, without regard to case; several of one name are joined by a comma.</param>
/// <param name="Body">Its body.</param>
internal sealed record RecordedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Without the query, as it was sent.</summary>
    public string Path => Target.Split('?')[0];

    /// <summary>The parameters of the query.</summary>
    public IReadOnlyDictionary<string, string> Query => Target.Contains('?') ? Pairs(Target.Split('?', 2)[1]) : new Dictionary<string, string>();

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public XDocument Xml => XDocument.Parse(Text);

    /// <summary>The fields of a form, of both kinds, without its files.</summary>
    public IReadOnlyDictionary<string, string> Form => IsMultipart
        ? Parts.OfType<TextPart>().Where(part => part.ContentDisposition?.FileName is null).ToDictionary(Name, part => part.GetText(Encoding.UTF8))
        : Pairs(Text);

    /// <summary>The files of a multipart form by field.</summary>
    public IReadOnlyDictionary<string, RecordedFile> Files =>
        Parts.OfType<MimePart>().Where(part => part.ContentDisposition?.FileName is not null).ToDictionary(Name, RecordedFile.Of);

    /// <summary>User and password; null when there are none.</summary>
    public string? BasicCredentials => Header("Authorization") is { } value && value.StartsWith("Basic ", StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(Convert.FromBase64String(value[6..]))
        : null;

    private bool IsMultipart => Header("Content-Type")?.StartsWith("multipart/", StringComparison.Ordinal) == true;

    private IEnumerable<MimeEntity> Parts =>
        ((Multipart)MimeEntity.Load(ContentType.Parse(Headers["Content-Type"]), new MemoryStream(Body), TestContext.Current.CancellationToken)).AsEnumerable();

    /// <summary>A header; null when there is none.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Reads one; null when something else comes, or the connection ends before a whole one has come.</summary>
    public static async Task<RecordedRequest?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        if ((await ReadLineAsync(stream, cancellation))?.Split(' ') is not [var method, var target, "HTTP/1.1"])
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream, cancellation) is { Length: > 0 } line)
        {
            var pair = line.Split(':', 2);
            headers[pair[0]] = headers.TryGetValue(pair[0], out var before) ? $"{before}, {pair[1].Trim()}" : pair[1].Trim();
        }

        var body = headers.ContainsKey("Transfer-Encoding")
            ? await ReadChunksAsync(stream, cancellation)
            : await ReadBytesAsync(stream, int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture), cancellation);
        return new RecordedRequest(method, target, headers, body);
    }

    private static async Task<byte[]> ReadChunksAsync(Stream stream, CancellationToken cancellation)
    {
        var body = new List<byte>();
        while (await ReadLineAsync(stream, cancellation) is { Length: > 0 } size && size != "0")
        {
            body.AddRange(await ReadBytesAsync(stream, int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture), cancellation));
            _ = await ReadLineAsync(stream, cancellation);
        }

        _ = await ReadLineAsync(stream, cancellation);
        return [.. body];
    }

    private static async Task<byte[]> ReadBytesAsync(Stream stream, int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancellation)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellation) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private static Dictionary<string, string> Pairs(string text) => text
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => Decode(pair[0]), pair => Decode(pair.ElementAtOrDefault(1) ?? ""));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string Name(MimeEntity part) => part.ContentDisposition!.Parameters["name"]!;
}

/// <summary>A file of a multipart form.</summary>
internal sealed record RecordedFile(string FileName, string Type, byte[] Bytes)
{
    public static RecordedFile Of(MimePart part)
    {
        using var bytes = new MemoryStream();
        part.Content!.DecodeTo(bytes);
        return new RecordedFile(part.FileName!, part.ContentType.MimeType, bytes.ToArray());
    }
}
