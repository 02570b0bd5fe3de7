using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ambianic.Server.Access;

/// <summary>Values of cookies and tokens. They are 256 random bits, so that their plain hash is enough to store.</summary>
internal static class Secret
{
    private const int Bytes = 32;

    /// <summary>A new one.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is stored of one: SHA-256, hexadecimal.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
