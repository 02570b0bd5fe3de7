using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Tests.Messaging.Push;

/// <summary>A push service on the loopback interface together with the browser behind it, which decrypts what comes (RFC 8291, RFC 8188).</summary>
internal sealed class PushReceiver : IAsyncDisposable
{
    private readonly ECDiffieHellman _browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);
    private readonly LoopbackServer _service;

    public PushReceiver(string status = "201 Created", string headers = "") => _service = new LoopbackServer(async (head, stream, cancellation) =>
    {
        var names = head.Split("\r\n").Skip(1).Where(line => line.Contains(':')).Select(line => line.Split(':', 2));
        Headers = names.ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        Body = new byte[int.Parse(Headers["Content-Length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(Body, cancellation);
        await stream.WriteAsync(LoopbackServer.Http(status, "text/plain", "what the service says"u8, headers), cancellation);
    });

    /// <summary>Of the last request.</summary>
    public Dictionary<string, string> Headers { get; private set; } = [];

    /// <summary>Of the last request, as it went over the line.</summary>
    public byte[] Body { get; private set; } = [];

    public int Requests => _service.Requests;

    public string Origin => $"http://127.0.0.1:{_service.Port}";

    public PushSubscription Subscription => new("0123456789abcdef", $"{Origin}/send/token", Base64Url.EncodeToString(PublicKey), Base64Url.EncodeToString(_auth), "Phone", AlertSeverity.Info);

    private byte[] PublicKey => Point(_browser.ExportParameters(false));

    /// <summary>What the browser's service worker gets.</summary>
    public JsonNode Decrypt()
    {
        var salt = Body[..16];
        Assert.Equal(4096u, BinaryPrimitives.ReadUInt32BigEndian(Body.AsSpan(16)));
        var sender = Body.AsSpan(21, Body[20]).ToArray();
        using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..] } });
        var shared = _browser.DeriveRawSecretAgreement(key.PublicKey);
        var secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, salt: _auth, info: [.. "WebPush: info\0"u8, .. PublicKey, .. sender]);
        var record = Body.AsSpan(21 + sender.Length);
        var plain = new byte[record.Length - 16];
        using var aes = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, salt, [.. "Content-Encoding: aes128gcm\0"u8]), 16);
        aes.Decrypt(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 12, salt, [.. "Content-Encoding: nonce\0"u8]), record[..^16], record[^16..], plain);
        var end = Array.FindLastIndex(plain, one => one != 0);
        Assert.Equal(2, plain[end]); // the delimiter of the last record
        return JsonNode.Parse(plain.AsSpan(0, end))!;
    }

    /// <summary>The claims by which the sender names itself (RFC 8292), once the signature is checked, and the key that they are signed with.</summary>
    public (JsonNode Claims, string Key) ReadClaims()
    {
        var parts = Headers["Authorization"]["vapid ".Length..].Split(", ").Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var point = Base64Url.DecodeFromChars(parts["k"]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        var token = parts["t"].Split('.');
        Assert.Equal("ES256", (string?)Json(token[0])["alg"]);
        Assert.True(key.VerifyData(System.Text.Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256));
        return (Json(token[1]), parts["k"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _browser.Dispose();
    }

    private static byte[] Point(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    private static JsonNode Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!;
}
