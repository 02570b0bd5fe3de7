using System.Buffers;

namespace Ambianic.Messaging;

/// <summary>
/// The address of a provider, taken apart: <c>scheme://user:password@host:port/path?query</c>. Every part is percent-decoded. Unlike
/// <see cref="Uri"/> it keeps upper and lower case and accepts tokens where a host stands, as Apprise does. All parts may be secrets.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="User">Before the <c>@</c>; null when there is none.</param>
/// <param name="Password">After the colon before the <c>@</c>; null when there is none.</param>
/// <param name="Host">A host or a token; a colon that no port number follows belongs to it.</param>
/// <param name="Port">1 to 65535; null when there is none.</param>
/// <param name="Path">Its parts, without empty ones.</param>
/// <param name="Query">Its parameters, names in lower case.</param>
internal sealed record ProviderAddress(
    string Scheme, string? User, string? Password, string Host, int? Port, IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Query)
{
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>True for schemes that end in <c>s</c> for TLS: <c>jsons</c>, <c>ntfys</c>. Each provider decides whether its scheme has such a form.</summary>
    public bool IsSecure => Scheme.EndsWith('s');

    /// <summary>Host and port as a URL has them.</summary>
    public string Authority => (Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host) + (Port is { } port ? $":{port}" : "");

    /// <summary>A parameter of the query; null when it is missing or empty.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Takes an address apart.</summary>
    /// <exception cref="FormatException">It is no address; the message says why and repeats none of it.</exception>
    public static ProviderAddress Parse(string address)
    {
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || address.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters))
        {
            throw new FormatException("must begin with a scheme, for example ntfy://topic");
        }

        var scheme = address[..colon].ToLowerInvariant();
        var rest = address[(colon + 1)..];
        rest = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        rest = question < 0 ? rest : rest[..question];
        var slash = rest.IndexOf('/', Math.Max(0, AtOf(rest)));
        var authority = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[slash..];
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? null : authority[..at];
        var host = authority[(at + 1)..];
        var separator = user?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var portAt = host.LastIndexOf(':');
        var port = portAt >= 0 && !host.EndsWith(']') && int.TryParse(host.AsSpan(portAt + 1), out var number) ? number : (int?)null;
        if (port is < 1 or > ushort.MaxValue)
        {
            throw new FormatException("has a port that is not between 1 and 65535");
        }

        return new ProviderAddress(
            scheme,
            user is null ? null : Decode(separator < 0 ? user : user[..separator]),
            separator < 0 ? null : Decode(user![(separator + 1)..]),
            Decode(port is null ? host : host[..portAt]),
            port,
            [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Decode)],
            query.Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => (Name: Decode(pair[0]).ToLowerInvariant(), Value: pair.Length < 2 ? "" : Decode(pair[1].Replace('+', ' '))))
                .DistinctBy(pair => pair.Name)
                .ToDictionary(pair => pair.Name, pair => pair.Value));
    }

    /// <summary>A password may hold a slash; the last <c>@</c> before the path counts, and a path may hold an <c>@</c>, too.</summary>
    private static int AtOf(string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest.LastIndexOf('@') : rest.LastIndexOf('@', slash);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
