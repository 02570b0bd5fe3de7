using System.Net;
using System.Net.Sockets;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Passes TCP connections on to another port of the loopback interface, as slowly as it is told to.</summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private const int Tick = 50; // ms
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;
    private volatile int _bytesPerSecond = int.MaxValue;

    public SlowLink(int port)
    {
        _listener.Start();
        _serving = ServeAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What comes back from the server; what goes there is never held up.</summary>
    public int BytesPerSecond
    {
        get => _bytesPerSecond;
        set => _bytesPerSecond = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync(int port)
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_end.Token), port));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client, int port)
    {
        try
        {
            using (client)
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(IPAddress.Loopback, port, _end.Token);
                await using var asking = client.GetStream();
                await using var answering = server.GetStream();
                await Task.WhenAny(asking.CopyToAsync(answering, _end.Token), CopySlowlyAsync(answering, asking));
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // one of both has gone
        }
    }

    private async Task CopySlowlyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            var share = (int)Math.Clamp(BytesPerSecond * (long)Tick / 1000, 1, buffer.Length);
            var count = await from.ReadAsync(buffer.AsMemory(0, share), _end.Token);
            if (count == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
            if (share < buffer.Length)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Tick), TimeProvider.System, _end.Token);
            }
        }
    }
}
