using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// The address of a provider, taken apart: <c>scheme://user:password@host:port/path?query</c>. Every part is percent-decoded. Unlike
/// <see cref="Uri"/> it keeps upper and lower case and accepts tokens where a host stands, as Apprise does; a plus sign is a plus sign.
/// All parts may be secrets.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="User">Before the <c>@</c>; null when there is none.</param>
/// <param name="Password">After the colon before the <c>@</c>; null when there is none.</param>
/// <param name="Host">A host or a token; a colon that no port number follows belongs to it.</param>
/// <param name="Port">1 to 65535; null when there is none.</param>
/// <param name="Path">Its parts, without empty ones.</param>
/// <param name="EndsInSlash">True when a slash ends the path.</param>
/// <param name="Query">Its parameters, found without regard to case.</param>
internal sealed record ProviderAddress(
    string Scheme,
    string? User,
    string? Password,
    string Host,
    int? Port,
    IReadOnlyList<string> Path,
    bool EndsInSlash,
    IReadOnlyDictionary<string, string> Query)
{
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>True for schemes that end in <c>s</c> for TLS: <c>jsons</c>, <c>ntfys</c>. Each provider decides whether its scheme has such a form.</summary>
    public bool IsSecure => Scheme.EndsWith('s');

    /// <summary>Host and port as a URL has them.</summary>
    public string Authority => (Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host) + (Port is { } port ? $":{port}" : "");

    /// <summary>User and password for HTTP; null when there is no user.</summary>
    public AuthenticationHeaderValue? BasicCredentials =>
        User is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));

    /// <summary>A parameter of the query; null when it is missing or empty.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The parameters in their order, each as often as it was written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>All values of a parameter that may be written several times.</summary>
    public IReadOnlyList<string> All(string name) => [.. Parameters.Where(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value)];

    /// <summary>True when a parameter is <c>no</c>, <c>false</c>, <c>off</c> or <c>0</c>.</summary>
    public bool IsNo(string name) => Parameter(name)?.ToLowerInvariant() is "no" or "n" or "false" or "off" or "0";

    /// <summary>Parameters whose names begin with a sign, without it, for example <c>+X-Api-Key</c>: Apprise's way to add headers.</summary>
    public IReadOnlyDictionary<string, string> Marked(char sign) =>
        Query.Where(pair => pair.Key.Length > 1 && pair.Key[0] == sign).ToDictionary(pair => pair.Key[1..], pair => pair.Value);

    /// <summary>The parts of the path after the first ones, then those that the parameter <c>to</c> lists.</summary>
    public IReadOnlyList<string> Targets(int skip = 0) =>
        [.. Path.Skip(skip), .. (Parameter("to") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>The address for HTTP, by TLS when the scheme says so.</summary>
    /// <param name="path">Parts of its path, decoded.</param>
    /// <param name="port">When the address has none; null for that of the protocol.</param>
    /// <exception cref="FormatException">The host is none.</exception>
    public Uri Url(IEnumerable<string> path, int? port = null)
    {
        if (Host.Length == 0)
        {
            throw new FormatException("names no host");
        }

        var authority = (this with { Port = Port ?? port }).Authority;
        return Uri.CheckHostName(Host.Trim('[', ']')) != UriHostNameType.Unknown
            && Uri.TryCreate($"{(IsSecure ? "https" : "http")}://{authority}/{string.Join('/', path.Select(Uri.EscapeDataString))}", UriKind.Absolute, out var url)
                ? url
                : throw new FormatException("has a host that is neither a name nor an address");
    }

    /// <summary>Takes an address apart.</summary>
    /// <exception cref="FormatException">It is no address; the message says why and repeats none of it.</exception>
    public static ProviderAddress Parse(string address)
    {
        address = address.Trim();
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || address.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters))
        {
            throw new FormatException("must begin with a scheme, for example ntfy://{topic}");
        }

        var scheme = address[..colon].ToLowerInvariant();
        var rest = address[(colon + 1)..];
        rest = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        rest = question < 0 ? rest : rest[..question];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[slash..];
        var at = authority.LastIndexOf('@'); // a password may hold one; a slash must be written %2F
        var user = at < 0 ? null : authority[..at];
        var host = authority[(at + 1)..];
        var separator = user?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var portAt = host.LastIndexOf(':');
        var port = portAt >= 0 && !host.EndsWith(']') && int.TryParse(host.AsSpan(portAt + 1), out var number) ? number : (int?)null;
        if (port is < 1 or > ushort.MaxValue)
        {
            throw new FormatException("has a port that is not between 1 and 65535");
        }

        KeyValuePair<string, string>[] parameters =
        [
            .. query.Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => new KeyValuePair<string, string>(Decode(pair[0]), pair.Length < 2 ? "" : Decode(pair[1]))),
        ];
        return new ProviderAddress(
            scheme,
            user is null ? null : Decode(separator < 0 ? user : user[..separator]),
            separator < 0 ? null : Decode(user![(separator + 1)..]),
            Decode(port is null ? host : host[..portAt]),
            port,
            [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Decode)],
            path.Length > 1 && path.EndsWith('/'),
            parameters.DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase))
        {
            Parameters = parameters,
        };
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
