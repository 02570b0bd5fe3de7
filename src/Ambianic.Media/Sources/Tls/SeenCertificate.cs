using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ambianic.Media.Sources.Tls;

/// <summary>The certificate that a camera showed in one handshake, and what is wrong with it.</summary>
internal sealed class SeenCertificate
{
    private readonly List<string> _complaints = [];

    /// <summary>True when this computer trusts it for this host.</summary>
    public bool IsTrusted { get; private set; }

    /// <summary><c>sha256:</c> and 32 bytes in hexadecimal digits; of the whole certificate.</summary>
    public string Fingerprint { get; private set; } = "none";

    /// <summary>Why it is not trusted, for a person.</summary>
    public string Complaints => string.Join(", ", _complaints.Distinct());

    /// <summary>Takes it down and lets the handshake go on; what becomes of it is decided before anything is sent.</summary>
    public bool See(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        IsTrusted = errors == SslPolicyErrors.None && certificate is not null;
        _complaints.Clear();
        if (certificate is null)
        {
            _complaints.Add("it shows none");
            return false;
        }

        Fingerprint = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            _complaints.Add("it is for another name");
        }

        foreach (var status in chain?.ChainStatus ?? [])
        {
            _complaints.Add(status.Status switch
            {
                X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "no authority that this computer trusts has signed it",
                X509ChainStatusFlags.NotTimeValid => string.Create(
                    CultureInfo.InvariantCulture, $"it is valid from {DayOf(certificate.GetEffectiveDateString())} to {DayOf(certificate.GetExpirationDateString())}"),
                var other => other.ToString(),
            });
        }

        return true;
    }

    private static string DayOf(string date) =>
        DateTime.TryParse(date, CultureInfo.CurrentCulture, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : date;
}
