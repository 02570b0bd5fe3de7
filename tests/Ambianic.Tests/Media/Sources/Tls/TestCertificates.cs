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

    /// <summary>An authority that signs certificates of cameras; it has its private key.</summary>
    public static X509Certificate2 MakeAuthority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(Day, Day.AddYears(60));
    }

    /// <summary>Signed by an authority.</summary>
    /// <param name="authority">Of <see cref="MakeAuthority"/>.</param>
    /// <param name="address">Whom it is for.</param>
    /// <param name="years">How long it is valid from 2024 on.</param>
    public static X509Certificate2 MakeSigned(X509Certificate2 authority, IPAddress address, int years = 60)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.Create(authority, Day, Day.AddYears(years), [1, 2, 3]);
        using var whole = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>As the file of the pins writes it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
}
