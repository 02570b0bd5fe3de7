using System.Buffers.Text;
using System.Security.Cryptography;
using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Push;

/// <summary>The key pair by which push services know this installation (RFC 8292), P-256; made on first use and kept.</summary>
/// <param name="Public">The uncompressed point, 65 bytes in base64url. Browsers subscribe with it.</param>
/// <param name="Private">32 bytes in base64url; a secret.</param>
internal sealed record VapidKeys(string Public, string Private)
{
    /// <summary>Those of this installation.</summary>
    /// <exception cref="IOException">They cannot be read or stored.</exception>
    public static VapidKeys Of(IAlertStore store)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportECPrivateKey(store.Secret("vapid", Make), out _);
        }
        catch (CryptographicException error)
        {
            throw new IOException("the key for Web Push that alerts.db holds is damaged", error);
        }

        var parts = key.ExportParameters(includePrivateParameters: true);
        return new VapidKeys(Base64Url.EncodeToString([4, .. parts.Q.X!, .. parts.Q.Y!]), Base64Url.EncodeToString(parts.D));
    }

    private static byte[] Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportECPrivateKey();
    }
}
