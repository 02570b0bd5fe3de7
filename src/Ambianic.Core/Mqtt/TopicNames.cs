using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>Makes parts of topics and of Home Assistant's ids from names that may hold anything.</summary>
public static partial class TopicNames
{
    /// <summary>Longer prefixes are refused: a topic has 65535 bytes at most, and brokers may allow fewer.</summary>
    public const int LongestPrefix = 200;

    private const int LongestWord = 40;

    /// <summary>
    /// A name of up to 40 letters, digits and underscores is itself. Any other one is what is left of it and eight hexadecimal digits of
    /// its SHA-256, so that two names never share a topic.
    /// </summary>
    /// <returns>1 to 49 characters of <c>a-z A-Z 0-9 _</c>.</returns>
    public static string Of(string name) => PlainRegex().IsMatch(name) && !HashedRegex().IsMatch(name) ? name : Hashed(name);

    /// <summary>Why topics cannot begin with a text; null when they can.</summary>
    public static string? Problem(string prefix) =>
        prefix.Length is 0 or > LongestPrefix ? $"must have 1 to {LongestPrefix} characters"
        : prefix.AsSpan().ContainsAny('#', '+') ? "must not hold # or +, which are for subscribers only"
        : prefix.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter)) ? "holds a character that topics must not have"
        : prefix[0] is '/' or '$' || prefix[^1] == '/' ? "must neither begin with / or $ nor end with /"
        : null;

    private static string Hashed(string name)
    {
        var rest = OtherRegex().Replace(Credentials.Mask(name), "_").Trim('_');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        return rest.Length == 0 ? $"n_{hash}" : $"{rest[..Math.Min(rest.Length, LongestWord)].TrimEnd('_')}_{hash}";
    }

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainRegex();

    /// <summary>A name that looks as if it were one of ours.</summary>
    [GeneratedRegex(@"_[0-9a-f]{8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HashedRegex();

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex OtherRegex();
}
