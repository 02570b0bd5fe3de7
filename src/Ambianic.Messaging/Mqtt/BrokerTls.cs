using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using MQTTnet;

namespace Ambianic.Messaging.Mqtt;

/// <summary>TLS with a broker: whom it trusts, and the certificate that it shows.</summary>
internal static class BrokerTls
{
    /// <summary>Sets it up; files are read again for each connection, so that a renewed certificate counts.</summary>
    /// <exception cref="IOException">A file cannot be used; the message says which.</exception>
    public static void Apply(MqttClientTlsOptionsBuilder tls, MqttAddress address, MqttOptions options)
    {
        tls.UseTls().WithTargetHost(address.Host).WithRevocationMode(X509RevocationMode.NoCheck);
        if (options.CaFile is { Length: > 0 } authorityFile)
        {
            var authorities = Read("ca_file", authorityFile, () =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(authorityFile);
                return found.Count > 0 ? found : throw new CryptographicException("there is no certificate in it");
            });
            tls.WithCertificateValidationHandler(shown => IsTrusted(shown, authorities));
        }

        if (options.CertificateFile is { Length: > 0 } certificateFile)
        {
            var key = options.KeyFile is { Length: > 0 } keyFile ? keyFile : certificateFile;
            tls.WithClientCertificates([Read("certificate_file and key_file", certificateFile, () => X509Certificate2.CreateFromPemFile(certificateFile, key))]);
        }
    }

    /// <summary>A broker's own certificate is trusted whatever its name; one of an authority only for the name that was asked for.</summary>
    private static bool IsTrusted(MqttClientCertificateValidationEventArgs shown, X509Certificate2Collection authorities)
    {
        using var certificate = new X509Certificate2(shown.Certificate);
        if (authorities.Any(known => known.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
        {
            return true;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in shown.Chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return !shown.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && chain.Build(certificate);
    }

    private static T Read<T>(string key, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"mqtt.{key}: {file} cannot be used: {error.Message}", error);
        }
    }
}
