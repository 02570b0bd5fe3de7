using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ambianic.Tests.Media.Sources.Tls;

/// <summary>Certificates that cameras make for themselves.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Day = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Signed by itself.</summary>
    /// <param name="years">How long it is valid from 2024 on.</param>
    public static X509Certificate2 Make(int years = 60)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(Day, Day.AddYears(years));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null); // with a key that a server can use
    }

    /// <summary>As the file of the pins writes it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
}
