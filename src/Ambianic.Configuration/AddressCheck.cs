using System.Globalization;
using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Says of an address why no camera can answer to it, or why it is probably not what was meant. Repeats no credentials.</summary>
internal static partial class AddressCheck
{
    /// <summary>What is wrong; nothing when the address can be used.</summary>
    /// <param name="source">A source with its address, type and whether it is live.</param>
    /// <param name="workingDirectory">Where relative paths begin.</param>
    public static IEnumerable<AddressProblem> Of(SourceOptions source, string workingDirectory)
    {
        var uri = source.Uri;
        var scheme = SourceAddress.SchemeOf(uri);
        if (scheme is null)
        {
            return SourceAddress.IsLocalCamera(uri) || File.Exists(Path.GetFullPath(uri, workingDirectory)) ? [] : OfPath(uri);
        }

        if (scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
        {
            return uri.Any(IsBlank) ? [WhiteSpace] : [];
        }

        return !SourceAddress.Networks.Contains(scheme, StringComparer.OrdinalIgnoreCase)
            ? [UnknownScheme(scheme)]
            : [.. OfNetwork(scheme.ToLowerInvariant(), uri[(scheme.Length + 3)..]), .. Suspicious(source)];
    }

    private static AddressProblem WhiteSpace { get; } = new("holds white space or an invisible character; remove it, or write %20 for a space that belongs there");

    private static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.Control;

    private static AddressProblem UnknownScheme(string scheme)
    {
        string[] known = [.. SourceAddress.Networks, "file"];
        if (!SchemeRegex().IsMatch(scheme))
        {
            return new AddressProblem($"what stands before '://' is no scheme; those are {string.Join(", ", known)}. Forms of other programs are not read: write the address alone");
        }

        return new AddressProblem(
            $"{ProblemList.Quote(scheme)} is not a scheme that is known; those are {string.Join(", ", known)}"
            + (scheme.Equals("onvif", StringComparison.OrdinalIgnoreCase) ? ". Use the rtsp:// address that the camera or its app names" : ""),
            Suggestions.Nearest(scheme, known) is { } near ? near + "://" : null);
    }

    /// <summary>What has no scheme and is no file that exists.</summary>
    private static IEnumerable<AddressProblem> OfPath(string uri)
    {
        if (SpacedSchemeRegex().IsMatch(uri))
        {
            yield return WhiteSpace;
        }
        else if (BrokenSchemeRegex().Match(uri) is { Success: true, Groups: var parts })
        {
            yield return new AddressProblem($"'{parts["scheme"].Value}' is followed by '://' in an address", $"{parts["scheme"].Value}://…");
        }
        else if (UserInfoRegex().IsMatch(uri))
        {
            yield return new AddressProblem("has a user or a password, and no scheme before them; write rtsp:// or http:// first");
        }
        else if (OtherProgramRegex().Match(uri) is { Success: true, Value: var form })
        {
            yield return new AddressProblem($"'{form}' is of another program and is not read here; write the address of the camera or of that program's stream");
        }
        else if (HostRegex().IsMatch(uri))
        {
            yield return new AddressProblem("is taken for a file, and looks like a host; write rtsp:// or http:// first", "rtsp://" + Credentials.Mask(uri.TrimStart('/'))) { IsWarning = true };
        }

        if (PlaceholderRegex().Match(uri) is { Success: true, Value: var placeholder })
        {
            yield return Placeholder(placeholder);
        }
    }

    private static IEnumerable<AddressProblem> OfNetwork(string scheme, string rest)
    {
        if (rest.Any(IsBlank))
        {
            yield return WhiteSpace;
            yield break;
        }

        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = end < 0 ? rest : rest[..end];
        if (end >= 0 && !authority.Contains('@') && rest.LastIndexOf('@') > end && UnfinishedUserInfoRegex().IsMatch(authority))
        {
            yield return new AddressProblem(
                $"in a user name or password, '{rest[end]}' is written {Uri.HexEscape(rest[end])}; otherwise the host is taken to end before it");
            yield break;
        }

        if (end >= 0 && !authority.Contains('@') && HiddenHostRegex().IsMatch(rest[end..]))
        {
            yield return new AddressProblem(
                $"the host is taken to end before '{rest[end]}'; where that belongs to a user name or password it is written {Uri.HexEscape(rest[end])}")
            {
                IsWarning = rest[end] != '#',
            };
        }

        var at = authority.LastIndexOf('@');
        if (at >= 0 && authority.IndexOf('@', StringComparison.Ordinal) < at)
        {
            yield return new AddressProblem("in a user name or password, '@' is written %40: not every camera is found otherwise") { IsWarning = true };
        }

        foreach (var problem in OfHost(scheme, authority[(at + 1)..], at >= 0))
        {
            yield return problem;
        }
    }

    private static IEnumerable<AddressProblem> OfHost(string scheme, string host, bool hasUser)
    {
        var parts = HostAndPortRegex().Match(host);
        var (name, port) = (parts.Groups["host"].Value, parts.Groups["port"]);
        if (!parts.Success)
        {
            yield return host.Count(letter => letter == ':') > 1
                ? new AddressProblem("an IPv6 address is written in brackets: rtsp://[fe80::1]:554/…")
                : new AddressProblem($"what follows the host's ':' is no port from 1 to {ushort.MaxValue}"
                    + (hasUser ? "" : "; a user and a password are followed by '@' and the host"));
            yield break;
        }

        if (port.Success && port.Length > 0 && !(int.TryParse(port.Value, out var number) && number is > 0 and <= ushort.MaxValue))
        {
            yield return new AddressProblem($"the port {port.Value} is not from 1 to {ushort.MaxValue}");
        }

        if (SourceAddress.Networks.Contains(name, StringComparer.OrdinalIgnoreCase) && port is { Success: true, Length: 0 })
        {
            yield return new AddressProblem("has two schemes; one is enough");
        }
        else if (name.Length == 0 && scheme is not ("udp" or "tcp" or "rtp" or "srt"))
        {
            yield return new AddressProblem($"names no host after {scheme}://");
        }
        else if (IPv4Regex().IsMatch(name) && (name.Split('.') is not { Length: 4 } numbers || numbers.Any(part => part.Length is 0 or > 3 || int.Parse(part, CultureInfo.InvariantCulture) > 255)))
        {
            yield return new AddressProblem("its host is no IP address: that is four numbers from 0 to 255");
        }
        else if (NoHostRegex().Match(name) is { Success: true, Value: var odd })
        {
            yield return new AddressProblem($"no host has '{odd}' in its name");
        }
    }

    private static IEnumerable<AddressProblem> Suspicious(SourceOptions source)
    {
        if (PlaceholderRegex().Match(source.Uri) is { Success: true, Value: var placeholder })
        {
            yield return Placeholder(placeholder);
        }

        if (source is { Live: true, Type: SourceType.Video } && PictureRegex().IsMatch(source.Uri))
        {
            yield return new AddressProblem(string.Create(
                CultureInfo.InvariantCulture,
                $"ends like a single picture: if it is one, it is asked for {source.EffectiveFps:0.##} times a second; with 'type: image' once, unless fps is set")) { IsWarning = true };
        }
    }

    private static AddressProblem Placeholder(string placeholder) =>
        new($"{ProblemList.Quote(placeholder)} is not replaced here; write the value itself, or ${{NAME}} for an environment variable") { IsWarning = true };

    [GeneratedRegex(@"^\s*[A-Za-z][A-Za-z0-9+.\-]*\s*:\s*/\s*/")]
    private static partial Regex SpacedSchemeRegex();

    /// <summary>The slip of a scheme that is known: one slash, no colon, a semicolon.</summary>
    [GeneratedRegex(@"^(?<scheme>rtsps?|rtmps?|https?|udp|tcp|rtp|srt)(:/?(?!\d+(/|$))|;//|//)(?=[^/])", RegexOptions.IgnoreCase)]
    private static partial Regex BrokenSchemeRegex();

    /// <summary>As RFC 3986 has it.</summary>
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.\-]*\z")]
    private static partial Regex SchemeRegex();

    /// <summary>Forms of go2rtc.</summary>
    [GeneratedRegex(@"^(ffmpeg|exec|echo|expr|nest|ring|webrtc|hass|onvif|tapo|homekit):", RegexOptions.IgnoreCase)]
    private static partial Regex OtherProgramRegex();

    /// <summary>An IP address after an <c>@</c>, behind what ends a host.</summary>
    [GeneratedRegex(@"^#.*@|@\d{1,3}(\.\d{1,3}){3}(:\d+)?([/?#]|$)")]
    private static partial Regex HiddenHostRegex();

    /// <summary>What neither a name of DNS nor one of a home network has; not of placeholders, which are spoken of elsewhere.</summary>
    [GeneratedRegex(@"\.\.|[,;""'\\|^`*!=&+]")]
    private static partial Regex NoHostRegex();

    [GeneratedRegex(@"^[^/\s]+:.*@[^@/]|^[^/\s:@]+@[^/\s@]+/")]
    private static partial Regex UserInfoRegex();

    /// <summary>An IPv4 address, or a name with a domain of a house or a port.</summary>
    [GeneratedRegex(@"^(\d{1,3}(\.\d{1,3}){3}(:\d+)?|[\w\-]+(\.[\w\-]+)*\.(local|lan|home|internal|localdomain|box|arpa|com|net|org)(:\d+)?|[\w\-]+(\.[\w\-]+)*:\d{1,5}|//[\w\-.]+(:\d+)?)(/|$)", RegexOptions.IgnoreCase)]
    private static partial Regex HostRegex();

    /// <summary>A user and the begin of a password, not a host and its port.</summary>
    [GeneratedRegex(@"^[^\[\]:]+:(?!\d*$)")]
    private static partial Regex UnfinishedUserInfoRegex();

    [GeneratedRegex(@"^(?<host>\[[^\]]+\]|[^:\[\]]*)(:(?<port>\d*))?\z")]
    private static partial Regex HostAndPortRegex();

    [GeneratedRegex(@"^[\d.]*\d\.\d[\d.]*\z")]
    private static partial Regex IPv4Regex();

    /// <summary>As programs and manuals write what the user has to fill in. A whole user, password, host or the like: braces within a password are part of it, and not to be repeated.</summary>
    [GeneratedRegex(@"(?<=^|[/:@=&?])(\$?\{[^{}]*\}|\{\{.*?\}\}|<[^<>]+>|\[[A-Z_]{3,}\]|%\(\w+\)s)(?=$|[/:@=&?])")]
    private static partial Regex PlaceholderRegex();

    [GeneratedRegex(@"^https?://[^?#]*\.(jpe?g|png|bmp|webp)([?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex PictureRegex();
}

/// <summary>Something about an address.</summary>
/// <param name="Message">For the person who wrote it.</param>
/// <param name="Suggestion">What was probably meant, or null.</param>
internal sealed record AddressProblem(string Message, string? Suggestion = null)
{
    /// <summary>True when it may work all the same.</summary>
    public bool IsWarning { get; init; }
}
