using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Answers a camera's Basic or Digest challenge (RFC 7617, RFC 7616), and goes on answering it in later requests, so that each
/// picture costs one request. Not safe to use from several threads.
/// </summary>
/// <param name="user">Empty when the uri names nobody: nothing is answered then.</param>
/// <param name="password">May be empty.</param>
internal sealed class HttpAuthorization(string user, string password)
{
    private HttpChallenge? _challenge;
    private int _count;

    /// <summary>User and password of an address; percent-encoding is undone.</summary>
    public static HttpAuthorization Of(Uri address)
    {
        var parts = address.UserInfo.Split(':', 2);
        return new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts is [_, var password] ? password : ""));
    }

    /// <summary>Takes up the challenge of a refusal.</summary>
    /// <param name="refusal">The answer with status 401.</param>
    /// <param name="isSecond">True when the request answered a challenge that was only just made: then the password is wrong, unless the nonce was too old.</param>
    /// <returns>True when it makes sense to ask again.</returns>
    public bool TakeUp(HttpHead refusal, bool isSecond)
    {
        _challenge = HttpChallenge.Choose(refusal.All("WWW-Authenticate"));
        _count = 0;
        return user.Length > 0 && (!isSecond || _challenge.IsStale);
    }

    /// <summary>Value of the field <c>Authorization</c>, or null when none has been asked for.</summary>
    /// <param name="target">Path and query of the request, as they stand in it.</param>
    public string? Answer(string target)
    {
        _count++;
        return _challenge switch
        {
            null => null,
            _ when user.Length == 0 => null,
            { IsDigest: false } => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")),
            var digest => Digest(digest, target),
        };
    }

    private string Digest(HttpChallenge challenge, string target)
    {
        var (nonce, realm) = (challenge.Nonce, challenge.Realm);
        var count = _count.ToString("x8", CultureInfo.InvariantCulture);
        var own = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var secret = Hash(challenge, $"{user}:{realm}:{password}");
        if (challenge.IsSession)
        {
            secret = Hash(challenge, $"{secret}:{nonce}:{own}");
        }

        var (quality, body) = (challenge.Quality, "");
        var request = Hash(challenge, quality == "auth-int" ? $"GET:{target}:{Hash(challenge, body)}" : $"GET:{target}");
        var response = Hash(challenge, quality is null ? $"{secret}:{nonce}:{request}" : $"{secret}:{nonce}:{count}:{own}:{quality}:{request}");
        var answer = new StringBuilder($"Digest username=\"{Escape(user)}\", realm=\"{Escape(realm)}\", nonce=\"{Escape(nonce)}\", uri=\"{target}\", response=\"{response}\"");
        if (challenge.Algorithm is { } algorithm)
        {
            answer.Append(CultureInfo.InvariantCulture, $", algorithm={algorithm}");
        }

        if (challenge.Opaque is { } opaque)
        {
            answer.Append(CultureInfo.InvariantCulture, $", opaque=\"{Escape(opaque)}\"");
        }

        return quality is null ? answer.ToString() : $"{answer}, qop={quality}, nc={count}, cnonce=\"{own}\"";
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [SuppressMessage("Security", "CA5351", Justification = "The camera chooses the algorithm; MD5 is what RFC 7616 has for old ones.")]
    private static string Hash(HttpChallenge challenge, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToHexStringLower(challenge.IsSha256 ? SHA256.HashData(bytes) : MD5.HashData(bytes));
    }
}
