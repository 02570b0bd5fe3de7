using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;

namespace Ambianic.Media.Sources.Tls;

/// <summary>TLS as cameras of 2005 to 2015 speak it: versions 1.0 and 1.1, SHA-1, short keys.</summary>
internal static class OldTls
{
    /// <summary>Options of a handshake that takes it, although the operating system's rules do not.</summary>
    [SuppressMessage("Security", "CA5397", Justification = "Better than plain text, and asked for only after today's TLS was refused.")]
    [SuppressMessage("Security", "CA5398", Justification = "The same.")]
    [SuppressMessage("Security", "CA5359", Justification = "The certificate is checked after the handshake.")]
    public static SslClientAuthenticationOptions Options() => new()
    {
#pragma warning disable SYSLIB0039, SYSLIB0040 // old versions; this policy sets OpenSSL's security level to 0, and is undone by ThrowIfPlain
        EnabledSslProtocols = SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13,
        EncryptionPolicy = EncryptionPolicy.AllowNoEncryption,
#pragma warning restore SYSLIB0039, SYSLIB0040
    };

    /// <summary>Refuses a connection that turned out to encrypt nothing.</summary>
    /// <exception cref="AuthenticationException">It encrypts nothing.</exception>
    public static void ThrowIfPlain(SslStream stream)
    {
        if (stream.NegotiatedCipherSuite.ToString().Contains("_WITH_NULL_", StringComparison.Ordinal))
        {
            throw new AuthenticationException("the camera offers TLS without encryption only");
        }
    }
}
