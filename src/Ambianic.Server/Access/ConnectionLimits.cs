using System.Collections.Concurrent;
using System.Net;
using Ambianic.Core.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ambianic.Server.Access;

/// <summary>What callers may take of the program, so that the cameras do not notice them: connections, time and size of a request.</summary>
internal sealed class ConnectionLimits(UiOptions ui)
{
    /// <summary>Open connections at most; more are closed at once.</summary>
    public const int Most = 4000;

    /// <summary>Of one address, or one IPv6 network. This computer and trusted proxies have those of all.</summary>
    public const int MostOfAnAddress = 300;

    /// <summary>Bytes of a request's body at most; a configuration is the largest.</summary>
    public const int LargestBody = 1 << 20;

    /// <summary>For all headers of a request; a client that sends a byte a second is cut off. Bodies and answers have to move 240 bytes a second on average, which is Kestrel's default.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>Without a request, also for one that has sent nothing yet.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly List<IPNetwork> _trusted = Proxies.Trusted(ui);
    private readonly ConcurrentDictionary<string, int> _open = [];

    /// <summary>Sets the limits of the server.</summary>
    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = Most;
        limits.MaxConcurrentUpgradedConnections = Most;
        limits.MaxRequestBodySize = LargestBody;
        limits.RequestHeadersTimeout = Headers;
        limits.KeepAliveTimeout = Idle;
    }

    /// <summary>Limits the connections of each address. To be used before anything else of a connection.</summary>
    public ConnectionDelegate Limit(ConnectionDelegate next) => connection =>
        connection.RemoteEndPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address) && !Proxies.IsTrusted(_trusted, address)
            ? CountAsync(next, connection, AddressKey.Of(address))
            : next(connection);

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection, string key)
    {
        try
        {
            if (_open.AddOrUpdate(key, 1, (_, count) => count + 1) <= MostOfAnAddress)
            {
                await next(connection);
            }
        }
        finally
        {
            if (_open.AddOrUpdate(key, 0, (_, count) => count - 1) == 0)
            {
                _open.TryRemove(new KeyValuePair<string, int>(key, 0));
            }
        }
    }
}
