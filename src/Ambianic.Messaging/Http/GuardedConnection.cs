using System.Net;
using System.Net.Sockets;

namespace Ambianic.Messaging.Http;

/// <summary>Connects to hosts that strangers name, but only to addresses that are allowed. The address that was judged is the one that is used, so a name that changes between the two cannot lead elsewhere.</summary>
internal static class GuardedConnection
{
    /// <summary>Connects to the first allowed address that answers.</summary>
    /// <exception cref="HttpRequestException">None of its addresses is allowed.</exception>
    /// <exception cref="SocketException">It has none, or none answers.</exception>
    public static async ValueTask<Stream> OpenAsync(DnsEndPoint host, Func<IPAddress, bool> isAllowed, CancellationToken cancellation)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host.Host, cancellation);
        var allowed = Array.FindAll(addresses, isAllowed.Invoke);
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("its name leads into a private network, where no such service is");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
