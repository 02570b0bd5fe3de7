using System.Text.RegularExpressions;

namespace Ambianic.Core.Configuration;

/// <summary>
/// Takes credentials out of text before it is logged, shown, stored or thrown: by rule, and whatever is known to be a secret
/// (<see cref="KnownSecrets"/>) wherever it stands. When in doubt more is taken out than needed: a host name lost is a
/// nuisance, a password shown is a breach.
/// </summary>
public static partial class Credentials
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Masked = "***";

    /// <summary>How far a password is looked for: bounds the time that a text without end takes.</summary>
    private const string Reach = "{0,1000}";

    /// <summary>Long enough that a typo is not another word: <c>broken</c> is near to <c>token</c>.</summary>
    private static readonly string[] SecretWords = ["password", "passwort", "credentials", "providers"];

    /// <summary>
    /// Masks user and password of every URL in a text; every query value, except short ones of parameters that are known to be
    /// harmless (<c>channel=1</c>); values of secret-looking parameters (<c>token=…</c>) anywhere; and everything after the scheme
    /// of a notification provider, whose whole address is a secret (<c>tgram://***</c>). The text may be one URL or any number of
    /// lines, such as a decoder's error output.
    /// </summary>
    public static string Mask(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        text = KnownSecrets.Mask(text); // first: a rule may mask a part of one and leave the rest
        text = UrlRegex().Replace(text, MaskUrl);
        text = BareUserInfoRegex().Replace(text, found => PlaceholdersRegex().IsMatch(found.Value) ? found.Value : Masked + "@");
        text = ParameterRegex().Replace(text, "$1" + Masked);
        return QueryRegex().Replace(text, MaskQueryValue);
    }

    /// <summary>Masks a name that a user gave, for example a key of <c>sources</c>; only one that is no plain word can hold an address.</summary>
    public static string MaskName(string name) => PlainNameRegex().IsMatch(name) ? name : Mask(name);

    /// <summary>Has a value masked from now on, wherever it appears. An address is no secret as a whole: what is secret in it is remembered.</summary>
    /// <param name="value">A secret, or an address.</param>
    /// <param name="onlyAddress">True when it is no secret unless it is an address.</param>
    public static void Remember(string value, bool onlyAddress = false)
    {
        if (AddressSecrets.LooksLikeAddress(value))
        {
            KnownSecrets.Add(AddressSecrets.In(value));
        }

        if (!onlyAddress && !value.Contains("://", StringComparison.Ordinal))
        {
            KnownSecrets.Add([value]);
        }
    }

    /// <summary>Has names stay readable from now on, also where a password is the same word: of pipelines, sources, labels.</summary>
    public static void KeepNames(IEnumerable<string> names) =>
        KnownSecrets.AddNames(names.Where(name => PlainNameRegex().IsMatch(name) && !IsToken(name)));

    /// <summary>Masks only what was remembered: for text that the rules have seen already, part by part.</summary>
    public static string MaskRemembered(string text) => KnownSecrets.Mask(text);

    /// <summary>True when the value of a key of this name is never shown; also of one that is a typo away from such a name.</summary>
    public static bool IsSecretKey(string key) =>
        SecretKeyRegex().IsMatch(key) || key.Split('_', '-', '.').Any(word => word.Length > 4 && Suggestions.Nearest(word, SecretWords) is not null);

    /// <summary>True for what names a host after the credentials; all others are notification providers.</summary>
    internal static bool IsAddressScheme(string scheme) => AddressSchemeRegex().IsMatch(scheme);

    /// <summary>True for a parameter and its value that tell nothing about who may watch.</summary>
    internal static bool IsHarmless(string name, string value) => HarmlessNameRegex().IsMatch(name) && HarmlessValueRegex().IsMatch(value);

    /// <summary>True for a part of a path that is as good as a password.</summary>
    internal static bool IsToken(string segment) => TokenRegex().IsMatch(segment);

    private static string MaskUrl(Match url)
    {
        var scheme = url.Groups["scheme"].Value;
        var rest = url.Groups["rest"].Value;
        if (scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
        {
            return url.Value;
        }

        if (!IsAddressScheme(scheme))
        {
            return PlaceholdersRegex().IsMatch(rest) ? url.Value : $"{scheme}://{Masked}";
        }

        var at = rest.LastIndexOf('@');
        return at < 0 ? $"{scheme}://{MaskPath(rest)}" : $"{scheme}://{Masked}{MaskPath(rest[at..])}";
    }

    /// <summary>Masks parts of the path that are tokens, a query that names no parameters, and a fragment.</summary>
    private static string MaskPath(string rest)
    {
        rest = FragmentRegex().Replace(rest, "#" + Masked);
        rest = NamelessQueryRegex().Replace(rest, query => IsHarmless(query.Value, "") ? query.Value : Masked);
        var path = rest.IndexOf('/', StringComparison.Ordinal);
        var end = rest.IndexOfAny(['?', '#']);
        end = end < 0 ? rest.Length : end;
        return path < 0 || path > end
            ? rest
            : rest[..path] + string.Join('/', rest[path..end].Split('/').Select(segment => IsToken(segment) ? Masked : segment)) + rest[end..];
    }

    private static string MaskQueryValue(Match parameter) =>
        IsHarmless(parameter.Groups["name"].Value, parameter.Groups["value"].Value) ? parameter.Value : $"{parameter.Groups["name"].Value}={Masked}";

    /// <summary>What follows the first colon of the address and is no port is a password, even when white space is in it.</summary>
    [GeneratedRegex(
        @"(?<![a-z0-9+.\-])(?<scheme>[a-z][a-z0-9+.\-]*)://(?<rest>[^\s/?#@:\[]*:(?!\d*(?:[/?#:\s]|$))[^\s@]*[ \t][^\r\n]*?@\S*|\S*)",
        RegexOptions.IgnoreCase)]
    private static partial Regex UrlRegex();

    [GeneratedRegex(@"^(rtsps?|rtmps?|rtmpe|rtmpt|https?|wss?|ftps?|sftp|tcp|udp|tls|rtp|srt|mqtts?|onvif)\z", RegexOptions.IgnoreCase)]
    private static partial Regex AddressSchemeRegex();

    /// <summary><c>user:password@</c> where somebody forgot the scheme, or a part of it.</summary>
    [GeneratedRegex(@"(?<![^\s/'""`(\[{<=,])[^\s:@/'""]+:(?!//)\S" + Reach + "@")]
    private static partial Regex BareUserInfoRegex();

    /// <summary>The value goes on over an <c>&amp;</c> that does not begin another parameter: a password may hold one.</summary>
    [GeneratedRegex(
        @"((?<![\w.\-])[\w.\-]*(?:token|password|passwd|passphrase|pass|pwd|psw|key|secret|auth|signature|sig|session_?id|credentials?|user|username|usr|login|loginuse|loginpas)=)[^&\s]*(?:&(?![^&\s=]*=)[^&\s]*)*",
        RegexOptions.IgnoreCase)]
    private static partial Regex ParameterRegex();

    [GeneratedRegex(@"(?<=[?&])(?<name>[^\s=&?/]{1,64})=(?<value>[^&\s]*(?:&(?![^&\s=]*=)[^&\s]*)*)")]
    private static partial Regex QueryRegex();

    [GeneratedRegex(@"(?<=\?)(?=\S*\w)[^=\s]+$")]
    private static partial Regex NamelessQueryRegex();

    [GeneratedRegex(@"#[^\s]*")]
    private static partial Regex FragmentRegex();

    /// <summary>Parameters by which cameras choose a stream or a picture, and pages of our own API.</summary>
    [GeneratedRegex(
        @"^(channel|chn|ch|camera|cam|subtype|stream|stream_?type|profile|resolution|res|size|width|height|w|h|fps|frame_?rate|rate|quality|compression|codec|video_?codec|format|type|mode|audio|video|transport|unicast|proto|rotation|timeout|latency|duration|count|cmd|action|page|page_size|listen|enablesrtp|src|inst|line|port|transport_?mode|monitor|scale|max_?fps|bit_?rate|fifo_size|overrun_nonfatal|mp4|real_stream)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex HarmlessNameRegex();

    [GeneratedRegex(@"^[A-Za-z0-9_.,:*\-]{0,16}\z")]
    private static partial Regex HarmlessValueRegex();

    /// <summary>
    /// What nobody names a stream: twelve letters and digits or more in which upper case, lower case and digits are mixed, alone or after
    /// an underscore; 16 hexadecimal ones; groups of four, as of stream keys; what follows <c>s0_</c>, and the token of a Telegram bot;
    /// 40 of base64url, as of answer links and of the endpoints of Web Push.
    /// </summary>
    [GeneratedRegex(
        @"(?:^|_)(?=[^0-9_]*[0-9])(?=[^a-z_]*[a-z])(?=[^A-Z_]*[A-Z])[A-Za-z0-9]{12,}(?:_|$)|^(?=[^0-9]*[0-9])[0-9a-f\-]{16,}$"
        + @"|^[a-z0-9]{4}(?:-[a-z0-9]{4}){3,}$|^s\d_[A-Za-z0-9]{12,}$|^bot\d+:[\w\-]{20,}$"
        + @"|^(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w\-:]{40,}$")]
    private static partial Regex TokenRegex();

    /// <summary>An address that says how one is written: nothing in it but names in braces.</summary>
    [GeneratedRegex(@"^(?:\{[a-z_]+\}|[/@:#|\[\],;])+\z")]
    private static partial Regex PlaceholdersRegex();

    [GeneratedRegex(@"^[\w .\-]+\z")]
    private static partial Regex PlainNameRegex();

    [GeneratedRegex(
        @"(?:^|[_\-.])(?:password|passwd|passphrase|pass|pwd|psw|pw|token|secret|secrets|key|apikey|auth|credentials?|ifttt_webhook_id|providers)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretKeyRegex();
}
