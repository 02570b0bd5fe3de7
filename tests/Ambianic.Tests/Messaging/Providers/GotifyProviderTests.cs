using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class GotifyProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_Fall_IsAMessageOfPriorityTenThatOpensTheAnswers()
    {
        await DeliverAsync(new GotifyProvider(Address("gotify://HOST/AbCdEf.123/"), Http), Messages.Fall);

        Assert.Equal(("POST", "/message", "AbCdEf.123"), (Server.Request.Method, Server.Request.Target, Server.Request.Header("X-Gotify-Key")));
        var json = Server.Request.Json;
        Assert.Equal((Messages.Fall.Title, 10), (json.GetProperty("title").GetString(), json.GetProperty("priority").GetInt32()));
        Assert.Equal(
            $"{Messages.Fall.Text}\nAnswer: {Messages.Fall.AnswerUrl}\nDetails: {Messages.Fall.DetailsUrl}", json.GetProperty("message").GetString());
        Assert.Equal(
            Messages.Fall.AnswerUrl!.AbsoluteUri,
            json.GetProperty("extras").GetProperty("client::notification").GetProperty("click").GetProperty("url").GetString());
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Send_ServerBelowAPath_CallsItThere()
    {
        await DeliverAsync(new GotifyProvider(Address("gotify://HOST/push/server/AbCdEf.123?priority=high"), Http), Messages.Outage);

        Assert.Equal(("/push/server/message", 7), (Server.Request.Target, Server.Request.Json.GetProperty("priority").GetInt32()));
    }

    [Fact]
    public async Task Send_Taken_IsAnOrdinaryMessage()
    {
        await DeliverAsync(new GotifyProvider(Address("gotify://HOST/AbCdEf.123"), Http), Messages.Fall with { Kind = DeliveryKind.Taken });

        Assert.Equal(4, Server.Request.Json.GetProperty("priority").GetInt32());
    }
}
