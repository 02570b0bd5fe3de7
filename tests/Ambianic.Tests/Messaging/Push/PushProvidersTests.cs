using System.Globalization;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Push;

namespace Ambianic.Tests.Messaging.Push;

public sealed class PushProvidersTests
{
    private readonly MemoryAlertStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_CriticalAlert_IsReadByTheDeviceAlone()
    {
        await using var receiver = new PushReceiver();

        var outcome = await SendAsync(receiver, Message);

        Assert.Equal(DeliveryOutcome.Delivered, outcome);
        var content = receiver.Decrypt();
        Assert.Equal("Grandma's house", (string?)content["title"]);
        Assert.Equal("Somebody has fallen 🧓 – بيت", (string?)content["body"]);
        Assert.Equal("https://home.example.org/a/token", (string?)content["url"]);
        Assert.Equal(Message.AlertId, (string?)content["tag"]);
        Assert.Equal(Message.IdempotencyKey, (string?)content["idempotency_key"]);
        Assert.Equal("critical", (string?)content["severity"]);
        Assert.True((bool?)content["require_interaction"]);
        Assert.Equal(Message.At, (DateTimeOffset?)content["at"]);
    }

    [Fact]
    public async Task Send_CriticalAlert_IsKeptForADayAndDeliveredAtOnce()
    {
        await using var receiver = new PushReceiver();

        await SendAsync(receiver, Message);

        Assert.Equal("86400", receiver.Headers["TTL"]);
        Assert.Equal("high", receiver.Headers["Urgency"]);
        Assert.Matches("^[A-Za-z0-9_-]{32}$", receiver.Headers["Topic"]);
        Assert.Equal("aes128gcm", receiver.Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Send_TwoMessagesOfOneAlert_HaveOneTopic()
    {
        await using var receiver = new PushReceiver();

        await SendAsync(receiver, Message);
        var first = receiver.Headers["Topic"];
        await SendAsync(receiver, Message with { Kind = DeliveryKind.Taken, Severity = AlertSeverity.Info });

        Assert.Equal(first, receiver.Headers["Topic"]);
        Assert.False((bool?)receiver.Decrypt()["require_interaction"]);
    }

    [Fact]
    public async Task Send_Message_IsSignedForThisServiceForADayAtMost()
    {
        await using var receiver = new PushReceiver();
        using var push = Push();

        await SendAsync(receiver, Message, push);

        var (claims, key) = receiver.ReadClaims();
        Assert.Equal(push.PublicKey, key);
        Assert.Equal(receiver.Origin, (string?)claims["aud"]);
        Assert.Equal("https://home.example.org", (string?)claims["sub"]);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange((long)claims["exp"]!, now + 60, now + (24 * 60 * 60));
    }

    [Fact]
    public void PublicKey_AfterARestart_IsTheSame()
    {
        using var before = Push();
        using var after = Push();
        using var elsewhere = new PushProviders(new MemoryAlertStore(), TimeProvider.System, Contact);

        Assert.Equal(before.PublicKey, after.PublicKey);
        Assert.NotEqual(before.PublicKey, elsewhere.PublicKey);
    }

    [Theory]
    [InlineData("200 OK", DeliveryOutcomeKind.Delivered)]
    [InlineData("202 Accepted", DeliveryOutcomeKind.Delivered)]
    [InlineData("302 Found", DeliveryOutcomeKind.Permanent)]
    [InlineData("400 Bad Request", DeliveryOutcomeKind.Permanent)]
    [InlineData("403 Forbidden", DeliveryOutcomeKind.Permanent)]
    [InlineData("413 Content Too Large", DeliveryOutcomeKind.Permanent)]
    [InlineData("429 Too Many Requests", DeliveryOutcomeKind.Passing)]
    [InlineData("500 Internal Server Error", DeliveryOutcomeKind.Passing)]
    [InlineData("503 Service Unavailable", DeliveryOutcomeKind.Passing)]
    public async Task Send_ServiceAnswers_IsJudgedByItsStatus(string status, DeliveryOutcomeKind expected)
    {
        await using var receiver = new PushReceiver(status, "Retry-After: 7\r\nLocation: https://elsewhere.example.org/\r\n");
        _store.Subscribe(receiver.Subscription);

        var outcome = await SendAsync(receiver, Message);

        Assert.Equal(expected, outcome.Kind);
        Assert.Equal(expected == DeliveryOutcomeKind.Passing ? TimeSpan.FromSeconds(7) : null, outcome.RetryAfter);
        Assert.Equal(1, receiver.Requests);
        Assert.Single(_store.Subscriptions());
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    public async Task Send_DeviceHasUnsubscribed_IsForgottenAndSaysSo(string status)
    {
        await using var receiver = new PushReceiver(status);
        _store.Subscribe(receiver.Subscription);

        var outcome = await SendAsync(receiver, Message);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("Phone: the device has unsubscribed", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("token", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(_store.Subscriptions());
    }

    [Theory]
    [InlineData("a\"\\\n", 10_000)]
    [InlineData("é", 10_000)]
    [InlineData("👩‍👩‍👧‍👦", 1_000)]
    [InlineData("سلام ", 5_000)]
    [InlineData("~x", 5_000)]
    public async Task Send_TextTooLong_IsCutBetweenTwoCharacters(string part, int times)
    {
        await using var receiver = new PushReceiver();
        var text = string.Concat(Enumerable.Repeat(part, times)).Replace('~', '\ud800'); // half of a character

        var outcome = await SendAsync(receiver, Message with { Title = text, Text = text });

        Assert.Equal(DeliveryOutcome.Delivered, outcome);
        Assert.InRange(receiver.Body.Length, 4000, 4096);
        var body = (string)receiver.Decrypt()["body"]!;
        Assert.EndsWith("…", body, StringComparison.Ordinal);
        Assert.StartsWith(body[..^1], text.Replace('\ud800', '\ufffd'), StringComparison.Ordinal);
        Assert.Contains(body.Length - 1, StringInfo.ParseCombiningCharacters(text)); // where a character begins
    }

    [Fact]
    public async Task Send_KeyCannotBeRead_MayPass()
    {
        await using var receiver = new PushReceiver();
        _store.IsBroken = true;

        var outcome = await SendAsync(receiver, Message);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.Contains("the disk is full", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Requests);
    }

    [Theory]
    [InlineData("https://push.example.org/send/1", null)]
    [InlineData("http://push.example.org/send/1", "https://")]
    [InlineData("http://127.0.0.1:8778/api/alerts", "https://")]
    [InlineData("https://127.0.0.1/", "not an address of this network")]
    [InlineData("https://localhost/", "not an address of this network")]
    [InlineData("https://[::1]/", "not an address of this network")]
    [InlineData("https://192.168.1.1/", "not an address of this network")]
    [InlineData("https://3232235777/", "not an address of this network")]
    [InlineData("https://[::ffff:10.0.0.1]/", "not an address of this network")]
    [InlineData("https://someone:secret@push.example.org/", "the address that")]
    [InlineData("file:///etc/passwd", "https://")]
    [InlineData("", "the address that")]
    public async Task Problem_Endpoint_MustBeOnTheInternet(string endpoint, string? expected)
    {
        await using var receiver = new PushReceiver();
        using var push = new PushProviders(_store, TimeProvider.System, Contact);

        var problem = push.Problem(receiver.Subscription with { Endpoint = endpoint });

        Assert.Equal(expected is null ? null : "endpoint", problem?.Key);
        Assert.Contains(expected ?? "", problem?.Problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "AAAAAAAAAAAAAAAAAAAAAA", "p256dh")]
    [InlineData("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA", "p256dh")]
    [InlineData(null, "short", "auth")]
    [InlineData(null, "no base64url!", "auth")]
    public async Task Problem_KeysThatNothingCanBeEncryptedWith_AreNamed(string? p256dh, string auth, string expected)
    {
        await using var receiver = new PushReceiver();
        using var push = Push();

        var problem = push.Problem(receiver.Subscription with { P256dh = p256dh ?? receiver.Subscription.P256dh, Auth = auth });

        Assert.Equal(expected, problem?.Key);
    }

    private static AlertMessage Message { get; } = new()
    {
        IdempotencyKey = new string('1', 32),
        AlertId = new string('2', 32),
        Kind = DeliveryKind.Alert,
        About = AlertKind.Fall,
        Severity = AlertSeverity.Critical,
        Title = "Grandma's house",
        Text = "Somebody has fallen 🧓 – بيت",
        At = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.FromHours(2)),
        AnswerUrl = new Uri("https://home.example.org/a/token"),
    };

    private static string Contact() => "https://home.example.org";

    private PushProviders Push() => new(_store, TimeProvider.System, Contact, allowsLoopback: true);

    private async Task<DeliveryOutcome> SendAsync(PushReceiver receiver, AlertMessage message, PushProviders? push = null)
    {
        using var own = push is null ? Push() : null;
        await using var provider = (push ?? own!).Create(receiver.Subscription);
        return await provider.SendAsync(message, Cancellation);
    }
}
