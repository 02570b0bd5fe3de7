using System.Text.RegularExpressions;

namespace Ambianic.Configuration;

/// <summary>
/// Takes credentials out of text before it is logged, shown or thrown. When in doubt more is taken out than needed: a host
/// name lost is a nuisance, a password shown is a breach.
/// </summary>
public static partial class Credentials
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Masked = "***";

    /// <summary>
    /// Masks user and password of every URL in a text, values of secret-looking parameters (<c>token=…</c>), and everything
    /// after the scheme of a notification provider, whose whole address is a secret (<c>tgram://***</c>). The text may be one
    /// URL or any number of lines, such as a decoder's error output.
    /// </summary>
    public static string Mask(string text)
    {
        text = UrlRegex().Replace(text, MaskUrl);
        text = BareUserInfoRegex().Replace(text, Masked + "@");
        return ParameterRegex().Replace(text, "$1" + Masked);
    }

    /// <summary>True when the value of a key of this name is never shown.</summary>
    public static bool IsSecretKey(string key) => SecretKeyRegex().IsMatch(key);

    private static string MaskUrl(Match url)
    {
        var scheme = url.Groups["scheme"].Value;
        var rest = url.Groups["rest"].Value;
        if (scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
        {
            return url.Value;
        }

        if (!AddressSchemeRegex().IsMatch(scheme))
        {
            return $"{scheme}://{Masked}";
        }

        var at = rest.LastIndexOf('@');
        return at < 0 ? url.Value : $"{scheme}://{Masked}{rest[at..]}";
    }

    /// <summary>What follows the first colon of the address and is no port is a password, even when white space is in it.</summary>
    [GeneratedRegex(
        @"(?<![a-z0-9+.\-])(?<scheme>[a-z][a-z0-9+.\-]*)://(?<rest>[^\s/?#@:\[]*:(?!\d*(?:[/?#:\s]|$))[^\s@]*[ \t][^\r\n]*?@\S*|\S*)",
        RegexOptions.IgnoreCase)]
    private static partial Regex UrlRegex();

    /// <summary>Schemes whose URL names a host after the credentials; all others are notification providers.</summary>
    [GeneratedRegex(@"^(rtsps?|rtmps?|rtmpe|rtmpt|https?|wss?|ftps?|sftp|tcp|udp|tls|rtp|srt|mqtts?)$", RegexOptions.IgnoreCase)]
    private static partial Regex AddressSchemeRegex();

    /// <summary><c>user:password@</c> where somebody forgot the scheme.</summary>
    [GeneratedRegex(@"(?<!\S)[^\s:@/]+:(?!//)\S*@")]
    private static partial Regex BareUserInfoRegex();

    /// <summary>The value goes on over an <c>&amp;</c> that does not begin another parameter: a password may hold one.</summary>
    [GeneratedRegex(
        @"((?<![\w.\-])[\w.\-]*(?:token|password|passwd|passphrase|pass|pwd|key|secret|auth|signature|sig|credentials?|user|username|usr|login)=)[^&\s]*(?:&(?![^&\s=]*=)[^&\s]*)*",
        RegexOptions.IgnoreCase)]
    private static partial Regex ParameterRegex();

    [GeneratedRegex(
        @"(?:^|[_\-.])(?:password|passwd|passphrase|pwd|token|secret|secrets|key|apikey|credentials?|ifttt_webhook_id|providers)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretKeyRegex();
}
