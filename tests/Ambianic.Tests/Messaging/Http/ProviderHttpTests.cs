using System.Net;
using System.Net.Sockets;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;
using Ambianic.Tests.Media.Sources.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Messaging.Http;

/// <summary>Servers that behave badly.</summary>
public sealed class ProviderHttpTests : ProviderTest
{
    [Fact]
    public async Task Send_AnswerOfFiveMegabytes_ReadsItsBegin()
    {
        Server.Answer = _ => new CannedAnswer(500, new string('x', 1024)) { Times = 5 * 1024 };

        var (answer, _) = await Http.AskAsync("test", Request(), Cancellation);

        Assert.Equal((HttpStatusCode.InternalServerError, 64 * 1024), (answer!.Status, answer.Body.Length));
        var outcome = ProviderHttp.Judge("test", answer);
        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.InRange(outcome.Reason!.Length, 200, 250);
    }

    [Fact]
    public async Task Send_NoAnswer_PassesAtTheLimit()
    {
        Server.Answer = _ => new CannedAnswer { NeverBegins = true };
        var sending = Http.SendAsync("test", Request(), Cancellation);
        await Eventually.TrueAsync(() => Server.Requests.Count == 1);
        Time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.False(sending.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(DeliveryOutcome.Passing("test did not answer within 20 s"), await sending);
    }

    [Theory]
    [InlineData(200, DeliveryOutcomeKind.Delivered, null)]
    [InlineData(503, DeliveryOutcomeKind.Passing, "test answered 503: begin")]
    public async Task Send_BodyThatNeverEnds_IsJudgedByItsStatusAfterFiveSeconds(int status, DeliveryOutcomeKind kind, string? reason)
    {
        var time = new CountingTime();
        using var http = new ProviderHttp(time);
        Server.Answer = _ => new CannedAnswer(status, "begin") { NeverEnds = true };
        var sending = http.SendAsync("test", Request(), Cancellation);
        await Eventually.TrueAsync(() => time.Timers == 2); // the second is that of the body

        time.Advance(TimeSpan.FromSeconds(5));

        var outcome = await sending;
        Assert.Equal(kind, outcome.Kind);
        Assert.True(outcome.Reason is null ? reason is null : reason!.StartsWith(outcome.Reason, StringComparison.Ordinal), outcome.Reason); // the begin may still be on its way
    }

    [Fact]
    public async Task Send_BodyThatBreaksOff_IsJudgedByItsStatus()
    {
        Server.Answer = _ => new CannedAnswer(200, "begin") { BreaksOff = true };

        Assert.Equal(DeliveryOutcome.Delivered, await Http.SendAsync("test", Request(), Cancellation));
    }

    [Fact]
    public async Task Send_RedirectToAnotherHost_IsNotFollowed()
    {
        await using var other = new RecordingServer();
        Server.Answer = _ => new CannedAnswer(307) { Headers = [$"Location: http://localhost:{other.Port}/take?secret=1"] };

        var outcome = await Http.SendAsync("test", Request(), Cancellation);

        Assert.Empty(other.Requests);
        Assert.Equal(
            DeliveryOutcome.Permanent("test sends on to localhost (307), which is not followed because the address holds secrets; write the right address"), outcome);
    }

    [Fact]
    public async Task Send_RedirectToTls_SaysHowToWriteTheAddress()
    {
        Server.Answer = _ => new CannedAnswer(301) { Headers = [$"Location: https://{Server.Authority}/"] };

        var outcome = await Http.SendAsync("test", Request(), Cancellation);

        Assert.Equal(DeliveryOutcome.Permanent("test takes messages by TLS only (301); write an 's' behind the scheme of its address"), outcome);
    }

    [Fact]
    public async Task Send_WebPage_IsNoAnswerOfAService()
    {
        Server.Answer = _ => new CannedAnswer(200, "\n<!DOCTYPE html><title>Log in</title>", "text/html");

        Assert.Equal(DeliveryOutcome.Delivered, await Http.SendAsync("test", Request(), Cancellation));
        Assert.Equal(
            DeliveryOutcome.Passing("a web page answered instead of test; is the host right, and does the network ask for a log-in?"),
            await Http.SendAsync("test", Request(), Cancellation, ProviderHttp.JudgeService));
    }

    [Theory]
    [InlineData(400, "test refused the message: 400, a web page")]
    [InlineData(403, "test refused the credentials: 403, a web page")]
    public async Task Send_WebPageThatRefuses_IsNotShown(int status, string reason)
    {
        Server.Answer = _ => new CannedAnswer(status, "<html>secret", "text/html");

        Assert.Equal(DeliveryOutcome.Permanent(reason), await Http.SendAsync("test", Request(), Cancellation));
    }

    [Fact]
    public async Task Send_CertificateOfItsOwn_PassesAndSaysWhatToWrite()
    {
        using var certificate = TestCertificates.Make();
        await using var server = new RecordingServer(certificate);

        var outcome = await Http.SendAsync("test", new HttpRequestMessage(HttpMethod.Post, server.Address), Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.StartsWith("test: its certificate is not trusted (", outcome.Reason, StringComparison.Ordinal);
        Assert.EndsWith("write ?verify=no behind its address", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Send_TlsToAServerWithout_SaysSo()
    {
        var outcome = await Http.SendAsync("test", new HttpRequestMessage(HttpMethod.Post, $"https://{Server.Authority}/"), Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.Contains("TLS", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("certificate", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NameThatNobodyHas_PassesAndSaysSo()
    {
        var outcome = await Http.SendAsync("test", new HttpRequestMessage(HttpMethod.Post, "http://ambianic-test.invalid/"), Cancellation);

        Assert.Equal(DeliveryOutcome.Passing("test: its name cannot be resolved; is the internet reachable, and the host written right?"), outcome);
    }

    [Fact]
    public async Task Send_NobodyListens_PassesAndSaysSo()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var outcome = await Http.SendAsync("test", new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/"), Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.StartsWith("test cannot be reached: ", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ConnectionClosedWithoutAnswer_Passes()
    {
        Server.Answer = _ => new CannedAnswer { IsSilent = true };

        var outcome = await Http.SendAsync("test", Request(), Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.StartsWith("test broke the connection: ", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AnswerThatRepeatsTheSecrets_IsMasked()
    {
        Server.Answer = request => CannedAnswer.Json($$"""{"error":"Not Found","path":"{{request.Target}}"}""", 404);

        var outcome = await Http.SendAsync("test", new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "hooks/abcdefgh/x%20secretword?token=hidden1")), Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("Not Found", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdefgh", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secretword", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden1", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(408, DeliveryOutcomeKind.Passing)]
    [InlineData(425, DeliveryOutcomeKind.Passing)]
    [InlineData(429, DeliveryOutcomeKind.Passing)]
    [InlineData(500, DeliveryOutcomeKind.Passing)]
    [InlineData(504, DeliveryOutcomeKind.Passing)]
    [InlineData(400, DeliveryOutcomeKind.Permanent)]
    [InlineData(404, DeliveryOutcomeKind.Permanent)]
    [InlineData(413, DeliveryOutcomeKind.Permanent)]
    [InlineData(202, DeliveryOutcomeKind.Delivered)]
    public void Judge_Status_SaysWhetherTryingAgainHelps(int status, DeliveryOutcomeKind kind) =>
        Assert.Equal(kind, ProviderHttp.Judge("test", new HttpAnswer((HttpStatusCode)status, "")).Kind);

    [Theory]
    [InlineData("Retry-After: 120", 120)]
    [InlineData("Retry-After: Fri, 01 May 2026 10:01:30 GMT", 90)]
    [InlineData("Retry-After: Fri, 01 May 2026 09:00:00 GMT", null)]
    [InlineData("Retry-After: soon", null)]
    public async Task Send_RetryAfter_IsUnderstoodInBothForms(string header, int? seconds)
    {
        Server.Answer = _ => new CannedAnswer(503) { Headers = [header] };

        var outcome = await Http.SendAsync("test", Request(), Cancellation);

        Assert.Equal(seconds, outcome.RetryAfter?.TotalSeconds);
    }

    private HttpRequestMessage Request() => new(HttpMethod.Post, Server.Address) { Content = new StringContent("text") };

    /// <summary>Counts the limits of time that were set.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
