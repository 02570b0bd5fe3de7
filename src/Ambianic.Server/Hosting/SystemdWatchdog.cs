using System.Net.Sockets;
using System.Text;
using Ambianic.Core.Health;

namespace Ambianic.Server.Hosting;

/// <summary>Tells systemd that the program is ready, how it is, and that its supervisor lives; see sd_notify(3).</summary>
/// <param name="isReady">False until the program has started.</param>
/// <param name="address">Value of <c>NOTIFY_SOCKET</c>: a path, or an abstract socket after <c>@</c>; null without systemd.</param>
internal sealed class SystemdWatchdog(Func<bool> isReady, string? address) : IWatchdog
{
    private readonly UnixDomainSocketEndPoint? _systemd = string.IsNullOrEmpty(address)
        ? null
        : new UnixDomainSocketEndPoint(address.StartsWith('@') ? '\0' + address[1..] : address);

    /// <inheritdoc/>
    public void Feed(string status)
    {
        if (isReady())
        {
            Send($"READY=1\nWATCHDOG=1\nSTATUS={status.ReplaceLineEndings(" ")}");
        }
    }

    /// <inheritdoc/>
    public void Stopping() => Send("STOPPING=1");

    private void Send(string message)
    {
        if (_systemd is null)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(message), _systemd);
        }
        catch (SocketException)
        {
            // a systemd that does not listen restarts us, which is what it is for
        }
    }
}
