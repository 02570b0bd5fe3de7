using Ambianic.Core.Alerts;

namespace Ambianic.Tests.Messaging.Providers;

/// <summary>What becomes of a message, for every provider that speaks HTTP.</summary>
public sealed class ProviderOutcomeTests : ProviderTest
{
    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_Taken_IsDelivered(string name)
    {
        Server.Answer = _ => ProviderCases.Success(name);

        var outcome = await DeliverAsync(ProviderCases.Make(name, Server, Http), Messages.Fall);

        Assert.Null(outcome.Reason);
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
        Assert.Equal("Ambianic", Server.Request.Header("User-Agent"));
        Assert.NotNull(Server.Request.Header("Content-Length"));
    }

    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_CredentialsRefused_IsPermanent(string name)
    {
        Server.Answer = _ => CannedAnswer.Json("""{"error":"no such token"}""", 401);

        var outcome = await ProviderCases.Make(name, Server, Http).SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("no such token", outcome.Reason, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_TooManyMessages_PassesAfterTheTimeThatTheServiceNames(string name)
    {
        Server.Answer = _ => new CannedAnswer(429, "slow down") { Headers = ["Retry-After: 17"] };

        var outcome = await ProviderCases.Make(name, Server, Http).SendAsync(Messages.Fall, Cancellation);

        Assert.Equal((DeliveryOutcomeKind.Passing, TimeSpan.FromSeconds(17)), (outcome.Kind, outcome.RetryAfter));
        Assert.Contains("429: slow down", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_NoAnswer_PassesAtTheLimitOfTime(string name)
    {
        Server.Answer = _ => new CannedAnswer { NeverBegins = true };
        var sending = ProviderCases.Make(name, Server, Http).SendAsync(Messages.Fall, Cancellation);
        await Eventually.TrueAsync(() => Server.Requests.Count == 1);

        Time.Advance(TimeSpan.FromSeconds(20));

        var outcome = await sending;
        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.Contains("did not answer within", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_Cancelled_StopsAtOnce(string name)
    {
        Server.Answer = _ => new CannedAnswer { NeverBegins = true };
        using var stop = new CancellationTokenSource();
        var sending = ProviderCases.Make(name, Server, Http).SendAsync(Messages.Fall, stop.Token);
        await Eventually.TrueAsync(() => Server.Requests.Count == 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Theory]
    [MemberData(nameof(ProviderCases.Names), MemberType = typeof(ProviderCases))]
    public async Task Send_OddText_IsTaken(string name)
    {
        Server.Answer = _ => ProviderCases.Success(name);
        var odd = Messages.FallWithPicture with
        {
            Title = "Sturz 🚨\r\nנפילה בסלון\n\"quoted\" \\ 'x' %0A ${x} \u0007",
            Text = string.Concat(Enumerable.Repeat("👨‍👩‍👧 הולך שלום <b>&amp;\n", 500)),
            Labels = ["عربي", "🙂"],
        };

        await DeliverAsync(ProviderCases.Make(name, Server, Http), odd);

        Assert.NotEmpty(Server.Requests);
        Assert.All(Server.Requests, request => Assert.All(request.Headers, header => Assert.True(header.Value.Length < 8000, header.Key)));
    }
}
