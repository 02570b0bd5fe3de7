using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Matrix;
using Ambianic.Messaging.Providers.Telegram;

namespace Ambianic.Tests.Messaging.Providers;

/// <summary>What becomes of a message, for the providers of chats and telephones that speak HTTP.</summary>
public sealed class ChatOutcomeTests : ProviderTest
{
    private static readonly Dictionary<string, (string Address, Func<ProviderAddress, ProviderParts, Uri, IAlertProvider> Make, string Success, string Refusal)> Cases = new()
    {
        ["signal"] = ("signal://HOST/+491701234567", (address, parts, _) => new SignalProvider(address, parts.Http), """{"timestamp":"1"}""", """{"error":"Couldn't process request - no"}"""),
        ["telegram"] = ("tgram://123:AAbb/1", TelegramProvider.Create, """{"ok":true,"result":{}}""", """{"ok":false,"error_code":400,"description":"Bad Request: no"}"""),
        ["matrix"] = ("matrix://token@HOST/!room", (address, parts, _) => MatrixProvider.Create(address, parts), """{"room_id":"!room"}""", """{"errcode":"M_BAD_JSON","error":"no"}"""),
        ["matrix login"] = ("matrix://me:secret@HOST/!room", (address, parts, _) => MatrixProvider.Create(address, parts), """{"room_id":"!room","access_token":"t"}""", """{"errcode":"M_FORBIDDEN","error":"no"}"""),
        ["matrix webhook"] = ("matrix://token@HOST?mode=matrix", (address, parts, _) => MatrixProvider.Create(address, parts), "{}", "no"),
        ["twilio sms"] = ("twilio://AC1:secret@+15551234567/+491707654321", (address, parts, api) => new TwilioProvider(address, parts, api), "{}", """{"code":21606,"message":"no"}"""),
        ["twilio call"] = ("twilio://AC1:secret@+15551234567/+491707654321?mode=call", (address, parts, api) => new TwilioProvider(address, parts, api), "{}", """{"code":21210,"message":"no"}"""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_Taken_IsDelivered(string name)
    {
        Server.Answer = _ => CannedAnswer.Json(Cases[name].Success, 200);

        var outcome = await DeliverAsync(Provider(name), Messages.Fall);

        Assert.Null(outcome.Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_Refused_IsPermanentAndSaysWhy(string name)
    {
        Server.Answer = _ => CannedAnswer.Json(Cases[name].Refusal, 400);

        var outcome = await Provider(name).SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("no", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_AFaultOfTheService_Passes(string name)
    {
        Server.Answer = _ => new CannedAnswer(503, "<html>Service unavailable</html>", "text/html") { Headers = ["Retry-After: 17"] };

        var outcome = await Provider(name).SendAsync(Messages.Fall, Cancellation);

        Assert.Equal((DeliveryOutcomeKind.Passing, TimeSpan.FromSeconds(17)), (outcome.Kind, outcome.RetryAfter));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_NoAnswer_PassesAtTheLimitOfTime(string name)
    {
        Server.Answer = _ => new CannedAnswer { NeverBegins = true };
        var sending = Provider(name).SendAsync(Messages.Fall, Cancellation);
        await Eventually.TrueAsync(() => Server.Requests.Count == 1);

        Time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(DeliveryOutcomeKind.Passing, (await sending).Kind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_Cancelled_StopsAtOnce(string name)
    {
        Server.Answer = _ => new CannedAnswer { NeverBegins = true };
        using var stop = new CancellationTokenSource();
        var sending = Provider(name).SendAsync(Messages.Fall, stop.Token);
        await Eventually.TrueAsync(() => Server.Requests.Count == 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_OddText_IsTaken(string name)
    {
        Server.Answer = _ => CannedAnswer.Json(Cases[name].Success, 200);
        var odd = Messages.FallWithPicture with
        {
            Title = "Sturz 🚨\r\nX-Header: נפילה\n\"quoted\" \\ 'x' %0A \u0007",
            Text = string.Concat(Enumerable.Repeat("👨‍👩‍👧 הולך שלום <b>&amp;\n", 500)),
        };

        await DeliverAsync(Provider(name), odd);

        Assert.NotEmpty(Server.Requests);
        Assert.All(Server.Requests, request => Assert.Null(request.Header("X-Header")));
    }

    private IAlertProvider Provider(string name) => Cases[name].Make(Address(Cases[name].Address), new ProviderParts(Http, Time), Server.Address);
}
