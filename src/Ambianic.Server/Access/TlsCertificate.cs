using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Access;

/// <summary>The certificate of the page and the API: that of the files of <c>ui.tls</c>, or one that is made here and kept in the data directory.</summary>
internal sealed class TlsCertificate(TlsOptions options, string dataDir, TimeProvider time)
{
    /// <summary>Certificate and key that were made here, within the data directory.</summary>
    public const string FileName = "tls.pem";

    private const int Years = 10;

    /// <summary>Files are read again this often: certificates of public authorities are replaced every few weeks.</summary>
    private static readonly TimeSpan Rereading = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _current;
    private long _readAt;

    /// <summary>What a connection is encrypted with. Files that cannot be read any more leave the certificate as it was.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_current is null || time.GetElapsedTime(_readAt) >= Rereading)
            {
                try
                {
                    _current = Read();
                }
                catch (IOException) when (_current is not null)
                {
                    // half written, say: read again later
                }

                _readAt = time.GetTimestamp();
            }

            return _current;
        }
    }

    /// <summary>What people compare with what their browser shows: SHA-256, in pairs of digits.</summary>
    /// <exception cref="IOException">There is no certificate.</exception>
    public string Fingerprint() => FingerprintOf(Current().TargetCertificate);

    /// <summary>SHA-256 of a certificate, in pairs of digits.</summary>
    public static string FingerprintOf(X509Certificate certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private SslStreamCertificateContext Read()
    {
        var made = Path.Combine(dataDir, FileName);
        var (certificateFile, keyFile) = options.Generate ? (made, made) : (options.CertificateFile, options.KeyFile);
        try
        {
            if (options.Generate && !IsGood(made))
            {
                PrivateFile.EnsureFolder(dataDir);
                PrivateFile.Replace(made, Make());
            }

            if (options.Generate)
            {
                PrivateFile.Protect(made); // a restored file may have other permissions
            }

            using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null); // with the key where TLS finds it
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"ui.tls: {certificateFile} and {keyFile} are not read: {error.Message.TrimEnd('.')}; both have to be PEM files that the user who runs Ambianic may read", error);
        }
    }

    private bool IsGood(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return certificate.NotAfter > time.GetUtcNow().LocalDateTime;
    }

    private byte[] Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Ambianic", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // of a server
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
