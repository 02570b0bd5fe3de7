using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class IftttProviderTests : ProviderTest
{
    [Theory]
    [InlineData("ifttt://a3nHB7-gA9_TfBQSqJAHklod@fall")]
    [InlineData("ifttt://a3nHB7-gA9_TfBQSqJAHklod/fall")]
    [InlineData("ifttt://a3nHB7-gA9_TfBQSqJAHklod?to=fall")]
    public async Task Send_Fall_TriggersTheEvent(string address)
    {
        await DeliverAsync(Provider(address), Messages.Fall);

        Assert.Equal(("POST", "/trigger/fall/with/key/a3nHB7-gA9_TfBQSqJAHklod"), (Server.Request.Method, Server.Request.Target));
        var json = Server.Request.Json;
        Assert.Equal(
            (Messages.Fall.Title, Messages.Fall.Text, Messages.Fall.AnswerUrl!.AbsoluteUri),
            (json.GetProperty("value1").GetString(), json.GetProperty("value2").GetString(), json.GetProperty("value3").GetString()));
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Send_SeveralEvents_TriggersEach()
    {
        await DeliverAsync(Provider("ifttt://key123@lights/phone call/?+Room=hall&-value3="), Messages.Outage);

        Assert.Equal(
            ["/trigger/lights/with/key/key123", "/trigger/phone%20call/with/key/key123"], Server.Requests.Select(request => request.Target).Order());
        Assert.Equal("hall", Server.Requests[0].Json.GetProperty("room").GetString());
        Assert.False(Server.Requests[0].Json.TryGetProperty("value3", out _));
    }

    private IftttProvider Provider(string address) => new(ProviderAddress.Parse(address), Http, Server.Address);
}
