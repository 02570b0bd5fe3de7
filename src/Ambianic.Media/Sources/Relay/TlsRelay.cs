using System.Net;
using System.Net.Sockets;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Relay;

/// <summary>
/// Stands between ffmpeg, which cannot pin a certificate, and a camera: ffmpeg connects to a port of the loopback interface, and what it
/// says travels on through TLS. Disposing it closes the port and all connections.
/// </summary>
internal sealed class TlsRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly int _connections;
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="first">The first connection to the camera; owned.</param>
    /// <param name="open">Opens further ones.</param>
    /// <param name="connections">How many are served; after the last nobody listens any more.</param>
    public TlsRelay(Stream first, Func<CancellationToken, Task<Stream>> open, int connections)
    {
        (_open, _connections) = (open, connections);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync(first);
    }

    /// <summary>Where ffmpeg connects to, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Why a further connection to the camera could not be opened; null when none failed.</summary>
    public SourceException? Failure { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync(Stream first)
    {
        var flows = new List<Task>();
        Stream? camera = first;
        try
        {
            for (var i = 0; i < _connections; i++)
            {
                var viewer = await _listener.AcceptTcpClientAsync(_end.Token);
                flows.RemoveAll(flow => flow.IsCompleted);
                flows.Add(FlowAsync(viewer, camera));
                camera = null;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The source is done with, or there are no sockets left: ffmpeg then says what is missing.
        }
        finally
        {
            _listener.Dispose();
            if (camera is not null)
            {
                await camera.DisposeAsync();
            }
        }

        await Task.WhenAll(flows);
    }

    private async Task FlowAsync(TcpClient viewer, Stream? camera)
    {
        using (viewer)
        {
            try
            {
                await using var there = camera ?? await _open(_end.Token);
                await using var here = viewer.GetStream();
                using var done = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                var answers = CopyAsync(there, here, done.Token);
                var requests = CopyAsync(here, there, done.Token);
                await Task.WhenAny(answers, requests); // either side may end first; nothing is left to say then
                await done.CancelAsync();
                await Task.WhenAll(answers, requests);
            }
            catch (SourceException error)
            {
                Failure = error;
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        try
        {
            await from.CopyToAsync(to, cancellation);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
