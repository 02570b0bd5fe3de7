using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class HomeAssistantProviderTests : ProviderTest
{
    private const string Token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0123.c2lnbmF0dXJlLW9mLWl0";

    [Fact]
    public async Task Send_NoService_IsANotificationOnItsPage()
    {
        await DeliverAsync(Provider($"hassio://HOST/{Token}"), Messages.Fall);

        Assert.Equal(("POST", "/api/services/persistent_notification/create"), (Server.Request.Method, Server.Request.Target));
        Assert.Equal($"Bearer {Token}", Server.Request.Header("Authorization"));
        var json = Server.Request.Json;
        Assert.Equal((Messages.Fall.Title, $"ambianic_{Messages.Fall.IdempotencyKey}"), (json.GetProperty("title").GetString(), json.GetProperty("notification_id").GetString()));
        Assert.Contains(Messages.Fall.AnswerUrl!.AbsoluteUri, json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(json.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task Send_FallToAPhone_RingsThroughSilenceOnAndroidAndIos()
    {
        await DeliverAsync(Provider($"hassio://HOST/{Token}/notify.mobile_app_phone"), Messages.Fall);

        Assert.Equal("/api/services/notify/mobile_app_phone", Server.Request.Target);
        Assert.Equal(Messages.Fall.Text, Server.Request.Json.GetProperty("message").GetString());
        var data = Server.Request.Json.GetProperty("data");
        Assert.Equal((0, "high", "alarm_stream"), (data.GetProperty("ttl").GetInt32(), data.GetProperty("priority").GetString(), data.GetProperty("channel").GetString()));
        var sound = data.GetProperty("push").GetProperty("sound");
        Assert.Equal(("default", 1, 1.0), (sound.GetProperty("name").GetString(), sound.GetProperty("critical").GetInt32(), sound.GetProperty("volume").GetDouble()));
        Assert.Equal("critical", data.GetProperty("push").GetProperty("interruption-level").GetString());
        var link = Messages.Fall.AnswerUrl!.AbsoluteUri;
        Assert.Equal((link, link), (data.GetProperty("url").GetString(), data.GetProperty("clickAction").GetString()));
        var action = Assert.Single(data.GetProperty("actions").EnumerateArray());
        Assert.Equal(("URI", "Answer", link), (action.GetProperty("action").GetString(), action.GetProperty("title").GetString(), action.GetProperty("uri").GetString()));
        Assert.Equal(Messages.Fall.IdempotencyKey, data.GetProperty("tag").GetString());
    }

    [Theory]
    [InlineData(DeliveryKind.Alert, false)]
    [InlineData(DeliveryKind.Taken, true)]
    public async Task Send_WhatIsNotUrgent_DoesNotRing(DeliveryKind kind, bool isFall)
    {
        await DeliverAsync(Provider($"hassio://HOST/{Token}/mobile_app_phone"), (isFall ? Messages.Fall : Messages.Outage) with { Kind = kind });

        Assert.False(Server.Request.Json.GetProperty("data").TryGetProperty("push", out _));
        Assert.False(Server.Request.Json.GetProperty("data").TryGetProperty("ttl", out _));
    }

    [Fact]
    public async Task Send_SeveralServices_CallsEach()
    {
        await DeliverAsync(Provider($"hassio://HOST/ha/{Token}/family:one,two/script.alarm/notify.send_message:notify.tv"), Messages.Outage);

        Assert.Equal(
            ["/ha/api/services/notify/family", "/ha/api/services/notify/send_message", "/ha/api/services/script/alarm"],
            Server.Requests.Select(request => request.Target).Order());
        var family = Server.Requests.Single(request => request.Target.EndsWith("family", StringComparison.Ordinal)).Json;
        Assert.Equal(["one", "two"], family.GetProperty("target").EnumerateArray().Select(target => target.GetString()!));
        var entity = Server.Requests.Single(request => request.Target.EndsWith("send_message", StringComparison.Ordinal)).Json;
        Assert.Equal("notify.tv", Assert.Single(entity.GetProperty("entity_id").EnumerateArray()).GetString());
        Assert.False(entity.TryGetProperty("data", out _));
    }

    [Theory]
    [InlineData("hassio://HOST/plainToken?nid=hall&prefix=/ha/")]
    [InlineData("hassio://HOST/?accesstoken=plainToken&nid=hall&prefix=/ha/")]
    public async Task Send_OtherFormsOfTheAddress_AreUnderstood(string address)
    {
        await DeliverAsync(Provider(address), Messages.Outage);

        Assert.Equal(("/ha/api/services/persistent_notification/create", "Bearer plainToken"), (Server.Request.Target, Server.Request.Header("Authorization")));
        Assert.Equal("hall", Server.Request.Json.GetProperty("notification_id").GetString());
    }

    [Fact]
    public async Task Send_UnknownService_SaysSo()
    {
        Server.Answer = _ => new CannedAnswer(400, "400: Bad Request");

        var outcome = await Provider($"hassio://HOST/{Token}/notify.nobody").SendAsync(Messages.Outage, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("does the service exist there?", outcome.Reason, StringComparison.Ordinal);
    }

    private HomeAssistantProvider Provider(string address) => new(Address(address), Http);
}
