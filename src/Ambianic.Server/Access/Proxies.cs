using System.Net;
using Ambianic.Core.Configuration;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Ambianic.Server.Access;

/// <summary>Believes what proxies say of the caller, when <c>ui.trusted_proxies</c> names them, and nobody else.</summary>
internal static class Proxies
{
    /// <summary>Longer ones are no path of Home Assistant.</summary>
    private const int LongestPath = 200;

    public static void UseTrustedProxies(this IApplicationBuilder application, UiOptions ui)
    {
        var networks = Trusted(ui);
        if (networks.Count == 0)
        {
            return;
        }

        // The path of Home Assistant's ingress, which is taken off before a call arrives, matters for the cookie alone.
        application.Use((context, next) =>
        {
            if (context.Request.Headers["X-Ingress-Path"].FirstOrDefault() is { Length: > 1 and <= LongestPath } path && path[0] == '/'
                && context.Connection.RemoteIpAddress is { } proxy && IsTrusted(networks, proxy))
            {
                context.Request.PathBase = path.TrimEnd('/');
            }

            return next(context);
        });
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null, // all that are trusted, one after the other
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        networks.ForEach(options.KnownIPNetworks.Add);
        application.UseForwardedHeaders(options);
    }

    /// <summary>The networks that <c>ui.trusted_proxies</c> names.</summary>
    public static List<IPNetwork> Trusted(UiOptions ui) => [.. ui.TrustedProxies.Select(NetworkOf).OfType<IPNetwork>()];

    /// <summary>True for an address of these networks.</summary>
    public static bool IsTrusted(IReadOnlyList<IPNetwork> networks, IPAddress address) =>
        networks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    private static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
