using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media.Sources.Tls;

/// <summary>
/// Opens connections to cameras, and with TLS sees to it that it is the camera: by an authority that this computer trusts, or by the
/// certificate that it showed the first time. Safe to use from several threads.
/// </summary>
/// <param name="pins">The certificates of the first time.</param>
/// <param name="time">Dates them.</param>
/// <param name="logger">Receives what is taken over, and who speaks an old TLS.</param>
/// <param name="authorities">Those that are trusted; null for those of this computer.</param>
internal sealed class CameraConnections(ICertificatePins pins, TimeProvider time, ILogger<CameraConnections> logger, X509Certificate2Collection? authorities = null)
{
    /// <summary>Stands in the place of a fingerprint for a camera whose certificate was trusted: it may change its certificate for another one that is.</summary>
    private const string Trusted = "trusted";

    /// <summary>Cameras that refused today's TLS and took an older one.</summary>
    private readonly ConcurrentDictionary<string, bool> _old = new();

    /// <summary>Opens one; the caller owns it. Nothing has been sent on it but the handshake.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="rule">What is done about a certificate that is not trusted; null without TLS.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="SourceException">It cannot be reached, or it is not the camera; the message says what to do.</exception>
    public async Task<Stream> OpenAsync(string host, int port, TlsRule? rule, CancellationToken cancellation)
    {
        if (rule is not { } check)
        {
            return await ConnectAsync(host, port, cancellation);
        }

        var camera = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        var isOld = _old.ContainsKey(camera) && check != TlsRule.Verify;
        try
        {
            return await SecureAsync(host, port, camera, check, isOld, cancellation);
        }
        catch (Exception error) when (error is AuthenticationException or IOException && !isOld && check != TlsRule.Verify)
        {
            if (await TryOldAsync(host, port, camera, check, cancellation) is { } stream)
            {
                return stream;
            }

            throw NoTls(error);
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            _old.TryRemove(camera, out _);
            throw NoTls(error);
        }
    }

    private async Task<Stream?> TryOldAsync(string host, int port, string camera, TlsRule rule, CancellationToken cancellation)
    {
        try
        {
            var stream = await SecureAsync(host, port, camera, rule, isOld: true, cancellation);
            if (_old.TryAdd(camera, true))
            {
                logger.OldTlsSpoken(camera, stream.SslProtocol);
            }

            return stream;
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return null;
        }
    }

    private async Task<SslStream> SecureAsync(
        string host, int port, string camera, TlsRule rule, bool isOld, CancellationToken cancellation)
    {
        var certificate = new SeenCertificate();
        var stream = new SslStream(await ConnectAsync(host, port, cancellation), leaveInnerStreamOpen: false);
        try
        {
            var options = isOld ? OldTls.Options() : new SslClientAuthenticationOptions();
            options.TargetHost = host;
            options.CertificateChainPolicy = Policy();
            options.RemoteCertificateValidationCallback = certificate.See;
            await stream.AuthenticateAsClientAsync(options, cancellation);
            OldTls.ThrowIfPlain(stream);
            Check(certificate, camera, rule);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private void Check(SeenCertificate certificate, string camera, TlsRule rule)
    {
        if (rule == TlsRule.Accept || (rule == TlsRule.Verify && certificate.IsTrusted))
        {
            return;
        }

        if (rule == TlsRule.Verify)
        {
            throw new SourceException(
                $"the certificate of {camera} is not trusted ({certificate.Complaints}), and tls is verify; "
                + "add its authority to those of this computer, or write tls: pin for this source");
        }

        var known = Known(certificate.IsTrusted ? Trusted : certificate.Fingerprint, camera, out var isNew);
        if (certificate.IsTrusted)
        {
            return;
        }

        if (isNew)
        {
            logger.CertificatePinned(camera, certificate.Complaints, certificate.Fingerprint, pins.Path);
        }
        else if (known == Trusted)
        {
            throw new SourceException(
                $"the certificate of {camera} is not trusted ({certificate.Complaints}), and before it showed one that was: now {certificate.Fingerprint}. "
                + "Somebody may be between you and the camera. If it has run out, renew it in the camera; if this computer's clock is wrong, set it; "
                + $"if the camera was reset, delete the line of {camera} in {pins.Path}");
        }
        else if (!known.Equals(certificate.Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            throw new SourceException(
                $"{camera} shows another certificate than before: {certificate.Fingerprint}, before it was {known}. Somebody may be between "
                + $"you and the camera. If it is a new camera, or one that was reset or updated, delete the line of {camera} in {pins.Path}; "
                + "if its certificate changes again and again, write tls: accept for this source");
        }
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // a certificate must not make this computer call addresses that it names
        };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    private string Known(string fingerprint, string camera, out bool isNew)
    {
        try
        {
            return pins.GetOrAdd(camera, fingerprint, DateOnly.FromDateTime(time.GetLocalNow().DateTime), out isNew);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                $"the certificate of {camera} can neither be compared nor written down: {error.Message}; make {pins.Path} readable and writable", error);
        }
    }

    private static async Task<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error is SocketException reason ? Unreachable(reason) : error;
        }
    }

    private static SourceException Unreachable(SocketException error) => new(
        error.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
            ? "the host name is not known; check the uri, or use the camera's IP address"
            : $"the host cannot be reached ({error.Message}); is the camera on, and the port right?",
        error);

    private static SourceException NoTls(Exception error) => new(
        $"no secure connection ({error.GetBaseException().Message.TrimEnd('.')}); is it a port for TLS? A camera whose TLS is too old "
        + "for this computer is read with http:// or rtsp://, or gets a newer firmware",
        error);
}
