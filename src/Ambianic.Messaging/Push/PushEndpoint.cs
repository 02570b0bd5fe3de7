using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Push;

/// <summary>Judges what a browser says when it subscribes: a subscriber who names an endpoint has this device send requests there.</summary>
/// <param name="allowsLoopback">Accepts <c>http</c> to this device itself, for tests.</param>
internal sealed class PushEndpoint(bool allowsLoopback)
{
    private const int LongestEndpoint = 2000;

    /// <summary>Key and what is wrong with it, for people; null when messages can be sent. Asks no network: where a name leads is judged when it is connected to.</summary>
    public (string Key, string Problem)? Problem(PushSubscription subscription) =>
        Endpoint(subscription.Endpoint) is { } wrong ? ("endpoint", wrong)
        : !IsPoint(subscription.P256dh) ? ("p256dh", "must be the browser's public key: a point of P-256, 65 bytes in base64url")
        : Bytes(subscription.Auth) is not { Length: 16 } ? ("auth", "must be the browser's authentication secret: 16 bytes in base64url")
        : null;

    /// <summary>True for addresses that push services can have.</summary>
    public bool IsAllowed(IPAddress address) => PublicAddress.Is(address) || (allowsLoopback && IPAddress.IsLoopback(address));

    private string? Endpoint(string endpoint) =>
        endpoint.Length > LongestEndpoint ? $"must not be longer than {LongestEndpoint} characters"
        : !Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 ? "must be the address that the browser's push service gave"
        : allowsLoopback && address.IsLoopback && address.Scheme == Uri.UriSchemeHttp ? null
        : address.Scheme != Uri.UriSchemeHttps ? "must begin with https://"
        : (address.IsLoopback && !allowsLoopback) || (IPAddress.TryParse(address.IdnHost, out var ip) && !IsAllowed(ip)) ? "must be a push service on the internet, not an address of this network"
        : null;

    private static bool IsPoint(string key)
    {
        if (Bytes(key) is not { Length: 65 } bytes || bytes[0] != 4)
        {
            return false;
        }

        try
        {
            using var _ = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = bytes[1..33], Y = bytes[33..] } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? Bytes(string text) => Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
