using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Http;

/// <summary>Tries whether hosts can be reached, by TCP and TLS; sends nothing but what TLS needs.</summary>
/// <param name="verifiesCertificates">False accepts every certificate.</param>
/// <param name="time">Clock of the limit.</param>
internal sealed class Reaching(bool verifiesCertificates, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<ReachedHost> _hosts = [];

    /// <summary>What was tried, each host once.</summary>
    public IReadOnlyList<ReachedHost> Hosts
    {
        get
        {
            lock (_gate)
            {
                return [.. _hosts];
            }
        }
    }

    /// <summary>Takes the place of a connection for requests: the host is tried, and the request is never sent.</summary>
    /// <exception cref="IOException">Always.</exception>
    public async ValueTask<Stream> RefuseAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var isEncrypted = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        await TryAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, isEncrypted, cancellation);
        throw new IOException("only the way was tried");
    }

    /// <summary>Tries a host.</summary>
    public async Task TryAsync(string host, int port, bool isEncrypted, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_hosts.Any(known => known.Host == host && known.Port == port))
            {
                return;
            }
        }

        var fault = await FaultAsync(host, port, isEncrypted, cancellation);
        lock (_gate)
        {
            _hosts.Add(new ReachedHost(host, port, isEncrypted, fault));
        }
    }

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "The owner of a server with a certificate of its own asks for it.")]
    private async Task<string?> FaultAsync(string host, int port, bool isEncrypted, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, either.Token);
            if (isEncrypted)
            {
                await using var stream = new SslStream(client.GetStream());
                var options = new SslClientAuthenticationOptions { TargetHost = host };
                if (!verifiesCertificates)
                {
                    options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
                }

                await stream.AuthenticateAsClientAsync(options, either.Token);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"does not answer within {Patience.TotalSeconds:0} s";
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData)
        {
            return "its name cannot be resolved";
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException)
        {
            return Credentials.Mask(error is AuthenticationException ? $"no secure connection: {error.Message}" : error.Message);
        }
    }
}
