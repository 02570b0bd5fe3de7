using System.Net.Sockets;
using System.Text;
using Ambianic.Server.Hosting;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Hosting;

public sealed class SystemdWatchdogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // an abstract socket, as in containers
    public void Feed_SystemdListens_HearsThatTheProgramIsReadyAndLives(bool isAbstract)
    {
        var address = isAbstract ? $"@ambianic-test-{Guid.NewGuid():N}" : _directory["notify"];
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + address[1..] : address));
        var isReady = false;
        var watchdog = new SystemdWatchdog(() => isReady, address);

        watchdog.Feed("starting");
        Assert.Equal(0, systemd.Available);
        isReady = true;
        watchdog.Feed("1 of 2 pipeline(s) do not see: do\nor blind"); // a line is a message of its own

        var heard = new byte[256];
        var length = systemd.Receive(heard);
        Assert.Equal("READY=1\nWATCHDOG=1\nSTATUS=1 of 2 pipeline(s) do not see: do or blind", Encoding.UTF8.GetString(heard, 0, length));
        watchdog.Stopping();
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(heard, 0, systemd.Receive(heard)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/nobody/listens/here")]
    public void Feed_NobodyListens_DoesNothing(string? address) => new SystemdWatchdog(() => true, address).Feed("well");
}
