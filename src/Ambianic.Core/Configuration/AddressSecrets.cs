using System.Text.RegularExpressions;

namespace Ambianic.Core.Configuration;

/// <summary>Finds what is secret in an address, also in one that is not written as it should be.</summary>
internal static partial class AddressSecrets
{
    /// <summary>Tokens of notification providers are longer and hold digits; other parts of their addresses are words such as <c>event</c>.</summary>
    private const int ShortestToken = 8;

    /// <summary>True for what has a scheme, or a user and a password or a token before an <c>@</c>.</summary>
    public static bool LooksLikeAddress(string text) => text.Contains("://", StringComparison.Ordinal) || UserInfoRegex().IsMatch(text);

    /// <summary>
    /// Passwords, a token in the place of the user, values of parameters for secrets, and of other parameters what looks like a token,
    /// tokens in the path; of a notification provider the parts that look like tokens. Other values of parameters may be words of
    /// everyday use: they are masked where an address shows what they are, and nowhere else.
    /// </summary>
    public static IEnumerable<string> In(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? address : address[(scheme + 3)..];
        var at = rest.LastIndexOf('@');
        var userInfo = at < 0 ? "" : rest[..at];
        var password = userInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? userInfo[(colon + 1)..] : "";
        IEnumerable<string> found = [password, LooksLikeToken(userInfo.TrimEnd(':')) ? userInfo.TrimEnd(':') : "", .. password.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (scheme > 0 && !Credentials.IsAddressScheme(address[..scheme].Trim()) && !address.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return [.. found, .. rest.Split('/', '@', '?', '&', '=').Where(part => part.Length >= ShortestToken && part.Any(char.IsAsciiDigit) && !HostRegex().IsMatch(part))];
        }

        return
        [
            .. found,
            .. ParameterRegex().Matches(rest)
                .Where(parameter => IsSecret(parameter.Groups["name"].Value, parameter.Groups["value"].Value))
                .Select(parameter => parameter.Groups["value"].Value),
            .. PathPasswordRegex().Matches(rest).Select(parameter => parameter.Groups["value"].Value),
            .. rest.Split('/', '@', '?', '#').Where(Credentials.IsToken),
        ];
    }

    private static bool IsSecret(string name, string value) =>
        SecretParameterRegex().IsMatch(name) || (!Credentials.IsHarmless(name, value) && LooksLikeToken(value));

    private static bool LooksLikeToken(string value) =>
        Credentials.IsToken(value)
        || (value.Length >= ShortestToken && value.Any(char.IsAsciiDigit) && value.Any(char.IsLower) && value.Any(char.IsUpper) && value.IndexOfAny(['.', '/', ':']) < 0);

    [GeneratedRegex(@"^[^/\s]+:.+@|^[^/\s@:]+@[^/\s@]+/")]
    private static partial Regex UserInfoRegex();

    /// <summary>The <c>p</c> that some cameras expect beside <c>u</c> is one.</summary>
    [GeneratedRegex(@"(?:token|pass(?:word|wort|wd)?|passphrase|pwd|psw|pw|key|secret|auth|signature|sig|credentials?|loginpas)$|^p$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretParameterRegex();

    [GeneratedRegex(@"[?&](?<name>[^=&]*)=(?<value>[^&]*)")]
    private static partial Regex ParameterRegex();

    /// <summary>Some makers write parameters into the path: <c>/user=admin_password=…_channel=1.sdp</c>.</summary>
    [GeneratedRegex(@"(?:password|passwd|pass|pwd|psw|token|key)=(?<value>.*?)(?=[_&;](?:channel|stream|user|[a-z]+)=|[?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex PathPasswordRegex();

    [GeneratedRegex(@"^[\w\-]+(\.[\w\-]+)*\.([a-z]{2,}|\d+)(:\d+)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex HostRegex();
}
