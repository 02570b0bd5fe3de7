using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>The address of a broker, taken apart; user and password are percent-decoded.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsSecure">True for TLS.</param>
/// <param name="User">Null when there is none.</param>
/// <param name="Password">A secret; null when there is none.</param>
public sealed record MqttAddress(string Host, int Port, bool IsSecure, string? User, string? Password)
{
    private const int PlainPort = 1883;
    private const int SecurePort = 8883;

    /// <summary>Where it is, for people: without user and password.</summary>
    public string Authority => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>The broker that a device talks to: that of the address, or the one within Ambianic.</summary>
    /// <exception cref="FormatException">The address is wrong; the message repeats none of it.</exception>
    public static MqttAddress Of(MqttOptions options) => options.Uri.Length > 0
        ? Parse(options.Uri)
        : new MqttAddress(options.Broker.Address is "0.0.0.0" or "::" ? "127.0.0.1" : options.Broker.Address, options.Broker.Port, false, options.Broker.User, options.Broker.Password);

    /// <summary>Takes an address apart.</summary>
    /// <exception cref="FormatException">It is no address of a broker; the message says why and repeats none of it.</exception>
    public static MqttAddress Parse(string address)
    {
        var (scheme, rest) = address.Trim().Split("://", 2) is [var before, var after] ? (before.ToLowerInvariant(), after) : ("", "");
        if (scheme is not ("mqtt" or "mqtts"))
        {
            throw new FormatException("must begin with mqtt:// or, for TLS, mqtts://");
        }

        var at = rest.LastIndexOf('@'); // a password may hold one
        var userInfo = at < 0 ? null : rest[..at].Split(':', 2);
        var host = rest[(at + 1)..].TrimEnd('/');
        if (host.AsSpan().ContainsAny('/', '?', '#'))
        {
            throw new FormatException("has something behind host and port; topics are set by topic_prefix. In a user or password / is written %2F, ? %3F and # %23");
        }

        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        var port = scheme == "mqtts" ? SecurePort : PlainPort;
        if (colon >= 0 && (!int.TryParse(host.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out port) || port is < 1 or > ushort.MaxValue))
        {
            throw new FormatException("has a port that is no number from 1 to 65535");
        }

        host = (colon < 0 ? host : host[..colon]).Trim('[', ']');
        return Uri.CheckHostName(host) == UriHostNameType.Unknown
            ? throw new FormatException("has no host, or one that is neither a name nor an IP address")
            : new MqttAddress(host, port, scheme == "mqtts", Decode(userInfo, 0), Decode(userInfo, 1));
    }

    private static string? Decode(string[]? parts, int index) => parts?.Length > index ? Uri.UnescapeDataString(parts[index]) : null;
}
