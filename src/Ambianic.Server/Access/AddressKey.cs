using System.Net;
using System.Net.Sockets;

namespace Ambianic.Server.Access;

/// <summary>Which callers count as one. Whoever has one IPv6 address has all of its /64 (RFC 4291).</summary>
internal static class AddressKey
{
    /// <summary>The same for all addresses of one caller.</summary>
    public static string Of(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
