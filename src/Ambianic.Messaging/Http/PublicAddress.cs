using System.Net;
using System.Net.Sockets;

namespace Ambianic.Messaging.Http;

/// <summary>Tells addresses of the internet from those of this device and of the networks around it.</summary>
internal static class PublicAddress
{
    /// <summary>IANA's special-purpose registries for IPv4 (RFC 6890) and IPv6, and multicast.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Prefixes behind which an IPv4 address stands, and where: NAT64 (RFC 6052) and 6to4 (RFC 3056).</summary>
    private static readonly (IPNetwork Network, int At)[] Wrapping =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    /// <summary>True for an address of the internet.</summary>
    public static bool Is(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var (network, at) in Wrapping)
        {
            if (network.Contains(address))
            {
                return Is(new IPAddress(address.GetAddressBytes().AsSpan(at, 4)));
            }
        }

        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && !Special.Any(network => network.Contains(address));
    }
}
