using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Server.Access;

namespace Ambianic.Server.Alerts;

/// <summary>
/// Links to the answer page. A token is base64url of: 16 bytes of HMAC-SHA256 (RFC 2104, truncated) over all that follows, the expiry
/// in seconds since 1970 (4 bytes, big-endian), the alert's id (16 bytes) and the recipient (UTF-8). Safe to use from several threads.
/// </summary>
internal sealed class AnswerLinks(IAlertStore store, PageAddress page, TimeProvider time, ILogger<AnswerLinks> logger, AccessBook? access = null) : IAnswerLinks
{
    private const int SignatureBytes = 16;
    private const int KeyBytes = 32;
    private const int AlertAt = SignatureBytes + sizeof(uint);
    private const int RecipientAt = AlertAt + 16;

    /// <summary>Longer ones are no links of ours; keeps what a stranger can have computed small.</summary>
    private const int LongestToken = 512;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly byte[] _ofThisRun = RandomNumberGenerator.GetBytes(KeyBytes); // signs while the kept one cannot be read
    private byte[]? _key;
    private bool _isTold;

    /// <inheritdoc/>
    public Uri? For(string alertId, Recipient recipient)
    {
        var to = Encoding.UTF8.GetBytes(recipient.ToString());
        var token = new byte[RecipientAt + to.Length];
        BinaryPrimitives.WriteUInt32BigEndian(token.AsSpan(SignatureBytes), (uint)(time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        Convert.FromHexString(alertId).CopyTo(token, AlertAt);
        to.CopyTo(token, RecipientAt);
        Sign(token, Stored() ?? _ofThisRun).CopyTo(token, 0);
        return page.Below($"a/{Base64Url.EncodeToString(token)}");
    }

    /// <inheritdoc/>
    /// <remarks>While nobody has to log in, only the answer page can be reached from elsewhere: a link to the rest would be refused.</remarks>
    public Uri? Details(string eventId) =>
        page.Value is { IsLoopback: true } || access is { NeedsLogIn: true } ? page.Below($"#event-{Uri.EscapeDataString(eventId)}") : null;

    /// <summary>Reads a token. Tells an expired link only from one that was signed: a forged one learns nothing.</summary>
    /// <returns>Null when it was not made by this installation, or is not complete.</returns>
    public AnswerLink? Read(string token)
    {
        if (token.Length > LongestToken || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= RecipientAt || !(IsSigned(bytes, Stored()) || IsSigned(bytes, _ofThisRun)))
        {
            return null;
        }

        var expiry = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(SignatureBytes)));
        return Recipient.Parse(Encoding.UTF8.GetString(bytes.AsSpan(RecipientAt))) is { } recipient
            ? new AnswerLink(Convert.ToHexStringLower(bytes.AsSpan(AlertAt, 16)), recipient, time.GetUtcNow() >= expiry)
            : null;
    }

    private static byte[] Sign(ReadOnlySpan<byte> token, byte[] key) => HMACSHA256.HashData(key, token[SignatureBytes..])[..SignatureBytes];

    private static bool IsSigned(ReadOnlySpan<byte> token, byte[]? key) =>
        key is not null && CryptographicOperations.FixedTimeEquals(token[..SignatureBytes], Sign(token, key));

    /// <summary>The key of this installation; null while it cannot be read.</summary>
    private byte[]? Stored()
    {
        lock (_lock)
        {
            try
            {
                return _key ??= store.Secret("links", () => RandomNumberGenerator.GetBytes(KeyBytes));
            }
            catch (IOException error)
            {
                if (!_isTold)
                {
                    logger.LinkKeyNotKept(error.Message);
                }

                _isTold = true;
                return null;
            }
        }
    }
}

/// <summary>What a link says.</summary>
/// <param name="AlertId">The one alert that it answers.</param>
/// <param name="Recipient">The one recipient that it was made for.</param>
/// <param name="IsExpired">True when its time is over.</param>
internal sealed record AnswerLink(string AlertId, Recipient Recipient, bool IsExpired);
