using System.Text.RegularExpressions;

namespace Ambianic.Core.Configuration;

/// <summary>Finds what is secret in an address, also in one that is not written as it should be.</summary>
internal static partial class AddressSecrets
{
    /// <summary>Tokens of notification providers are longer and hold digits; other parts of their addresses are words such as <c>event</c>.</summary>
    private const int ShortestToken = 8;

    /// <summary>True for what has a scheme, or a user and a password before an <c>@</c>.</summary>
    public static bool LooksLikeAddress(string text) => text.Contains("://", StringComparison.Ordinal) || UserInfoRegex().IsMatch(text);

    /// <summary>Passwords, values of parameters that are not known to be harmless, tokens in the path; of a notification provider the parts that look like tokens.</summary>
    public static IEnumerable<string> In(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? address : address[(scheme + 3)..];
        var at = rest.LastIndexOf('@');
        var userInfo = at < 0 ? "" : rest[..at];
        var password = userInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? userInfo[(colon + 1)..] : "";
        IEnumerable<string> found = [password, .. password.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (scheme > 0 && !Credentials.IsAddressScheme(address[..scheme].Trim()) && !address.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return [.. found, .. rest.Split('/', '@', '?', '&', '=').Where(part => part.Length >= ShortestToken && part.Any(char.IsAsciiDigit) && !HostRegex().IsMatch(part))];
        }

        return
        [
            .. found,
            .. ParameterRegex().Matches(rest)
                .Where(parameter => !Credentials.IsHarmless(parameter.Groups["name"].Value, parameter.Groups["value"].Value))
                .Select(parameter => parameter.Groups["value"].Value),
            .. PathPasswordRegex().Matches(rest).Select(parameter => parameter.Groups["value"].Value),
            .. rest.Split('/', '@', '?', '#').Where(Credentials.IsToken),
        ];
    }

    [GeneratedRegex(@"^[^/\s]+:.+@")]
    private static partial Regex UserInfoRegex();

    [GeneratedRegex(@"[?&](?<name>[^=&]*)=(?<value>[^&]*)")]
    private static partial Regex ParameterRegex();

    /// <summary>Some makers write parameters into the path: <c>/user=admin_password=…_channel=1.sdp</c>.</summary>
    [GeneratedRegex(@"(?:password|passwd|pass|pwd|psw|token|key)=(?<value>.*?)(?=[_&;](?:channel|stream|user|[a-z]+)=|[?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex PathPasswordRegex();

    [GeneratedRegex(@"^[\w\-]+(\.[\w\-]+)*\.([a-z]{2,}|\d+)(:\d+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex HostRegex();
}
