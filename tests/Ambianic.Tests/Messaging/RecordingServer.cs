using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ambianic.Tests.Messaging;

/// <summary>
/// An HTTP server on the loopback interface that keeps every request whole, and answers what a test says. One request for each
/// connection. Requests are recorded before they are answered.
/// </summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2? _certificate;
    private readonly List<RecordedRequest> _requests = [];
    private readonly Task _serving;

    /// <summary>Starts it.</summary>
    /// <param name="certificate">What it shows when it speaks TLS; null for plain text.</param>
    public RecordingServer(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What it answers; 200 without body unless a test says something else.</summary>
    public Func<RecordedRequest, CannedAnswer> Answer { get; set; } = _ => new CannedAnswer();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>For example <c>127.0.0.1:41234</c>.</summary>
    public string Authority => $"127.0.0.1:{Port}";

    /// <summary>For example <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://{Authority}/");

    /// <summary>All requests so far, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The one request there was.</summary>
    public RecordedRequest Request => Assert.Single(Requests);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _end.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = await SecuredAsync(client.GetStream());
                if (await RecordedRequest.ReadAsync(stream, _end.Token) is not { } request)
                {
                    return;
                }

                lock (_requests)
                {
                    _requests.Add(request);
                }

                await Answer(request).WriteAsync(stream, _end.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null, _end.Token); // what is unread when it closes would reset the connection
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            // The client has what it wanted, or the test is over.
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream plain)
    {
        if (_certificate is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
        return secure;
    }
}

/// <summary>What a server answers.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body.</param>
/// <param name="Type">Its content type.</param>
internal sealed record CannedAnswer(int Status = 200, string Body = "", string Type = "text/plain")
{
    /// <summary>For example <c>Retry-After: 7</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>How often the body is sent.</summary>
    public int Times { get; init; } = 1;

    /// <summary>True when it never comes to an end: it stops after the head and the first bytes, and keeps the connection.</summary>
    public bool NeverEnds { get; init; }

    /// <summary>How long it thinks before the first byte.</summary>
    public TimeSpan After { get; init; }

    /// <summary>True when not a byte is sent.</summary>
    public bool NeverBegins { get; init; }

    /// <summary>True when the connection ends after the first bytes of the body.</summary>
    public bool BreaksOff { get; init; }

    /// <summary>True when the connection ends at once.</summary>
    public bool IsSilent { get; init; }

    public static CannedAnswer Json(string body, int status = 200) => new(status, body, "application/json");

    public async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        await Task.Delay(After, TimeProvider.System, cancellation);
        if (!NeverBegins && !IsSilent)
        {
            var body = Encoding.UTF8.GetBytes(Body);
            var length = ((long)body.Length * Times) + (NeverEnds || BreaksOff ? 1000 : 0);
            var headers = string.Concat(Headers.Select(header => header + "\r\n"));
            await stream.WriteAsync(
                Encoding.UTF8.GetBytes($"HTTP/1.1 {Status} Said\r\nContent-Type: {Type}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"), cancellation);
            for (var time = 0; time < Times; time++)
            {
                await stream.WriteAsync(body, cancellation);
            }

            await stream.FlushAsync(cancellation);
        }

        if (NeverEnds || NeverBegins)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
    }
}
