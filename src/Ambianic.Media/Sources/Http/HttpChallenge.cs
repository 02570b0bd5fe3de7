using System.Text.RegularExpressions;

namespace Ambianic.Media.Sources.Http;

/// <summary>What a server wants to know before it answers: Basic, or the parameters of Digest however they are quoted.</summary>
internal sealed partial record HttpChallenge
{
    private static readonly string[] Algorithms = ["MD5", "MD5-SESS", "SHA-256", "SHA-256-SESS"];
    private static readonly string[] Qualities = ["auth", "auth-int"];

    /// <summary>False for Basic.</summary>
    public bool IsDigest { get; private init; }

    /// <summary>Who asks.</summary>
    public string Realm { get; private init; } = "";

    /// <summary>The server's random number.</summary>
    public string Nonce { get; private init; } = "";

    /// <summary>To be sent back; null when there is none.</summary>
    public string? Opaque { get; private init; }

    /// <summary>As the server wrote it; null when it did not.</summary>
    public string? Algorithm { get; private init; }

    /// <summary><c>auth</c> or <c>auth-int</c> when the answer counts requests; null when it does not.</summary>
    public string? Quality { get; private init; }

    /// <summary>True when only the nonce was too old.</summary>
    public bool IsStale { get; private init; }

    /// <summary>True for an algorithm of the family <c>SHA-256</c>, else MD5.</summary>
    public bool IsSha256 => Algorithm?.StartsWith("SHA-256", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True when the hash of the password is mixed with the nonce.</summary>
    public bool IsSession => Algorithm?.EndsWith("-sess", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The strongest of several that is understood. A refusal without any is answered by Basic: some cameras do not say what they want.</summary>
    public static HttpChallenge Choose(IEnumerable<string> fields) => fields
        .SelectMany(field => SchemeRegex().Split(field))
        .Select(text => text.Trim())
        .Where(text => text.StartsWith("Digest", StringComparison.OrdinalIgnoreCase))
        .Select(Parse)
        .Where(digest => digest.Nonce.Length > 0 && (digest.Algorithm is null || Algorithms.Contains(digest.Algorithm.ToUpperInvariant())))
        .OrderByDescending(digest => digest.IsSha256)
        .FirstOrDefault() ?? new HttpChallenge();

    private static HttpChallenge Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in ParameterRegex().Matches(text))
        {
            var quoted = match.Groups["quoted"];
            parameters.TryAdd(
                match.Groups["name"].Value,
                quoted.Success ? EscapeRegex().Replace(quoted.Value, "$1") : match.Groups["bare"].Value);
        }

        return new HttpChallenge
        {
            IsDigest = true,
            Realm = parameters.GetValueOrDefault("realm", ""),
            Nonce = parameters.GetValueOrDefault("nonce", ""),
            Opaque = parameters.GetValueOrDefault("opaque"),
            Algorithm = parameters.GetValueOrDefault("algorithm"),
            Quality = Qualities.FirstOrDefault(parameters.GetValueOrDefault("qop", "").Split(',', ' ').Contains),
            IsStale = parameters.GetValueOrDefault("stale", "").Equals("true", StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>Several challenges may stand in one field.</summary>
    [GeneratedRegex(@"(?:^|,)\s*(?=(?:Basic|Digest)\s)", RegexOptions.IgnoreCase)]
    private static partial Regex SchemeRegex();

    /// <summary>In double quotes, in single quotes, or up to the next comma or white space.</summary>
    [GeneratedRegex(@"(?<name>[a-z]+)\s*=\s*(?:""(?<quoted>(?:\\.|[^""\\])*)""?|'(?<quoted>[^']*)'|(?<bare>[^\s,""']*))", RegexOptions.IgnoreCase)]
    private static partial Regex ParameterRegex();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex EscapeRegex();
}
