using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class SignalProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_AFallWithPicture_GivesMessageRecipientsAndAttachment()
    {
        Server.Answer = _ => CannedAnswer.Json("""{"timestamp":"1"}""", 201);

        await DeliverAsync(Provider("signal://me:secret@HOST/+491701234567/+49%20170%207654321/@group.AbC=?to=01707777777"), Messages.FallWithPicture);

        var request = Server.Request;
        Assert.Equal(("POST", "/v2/send", "me:secret"), (request.Method, request.Target, request.BasicCredentials));
        Assert.Equal("+491701234567", request.Json.GetProperty("number").GetString());
        Assert.Equal(["+491707654321", "group.AbC=", "+01707777777"], request.Json.GetProperty("recipients").EnumerateArray().Select(to => to.GetString()));
        Assert.StartsWith("Fall in the living room\nA person has fallen", request.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            $"data:image/jpeg;filename={Messages.Picture.FileName};base64,{Convert.ToBase64String(Messages.Picture.Jpeg.Span)}",
            request.Json.GetProperty("base64_attachments")[0].GetString());
    }

    [Fact]
    public async Task Send_WithoutRecipients_GoesToItself()
    {
        await DeliverAsync(Provider("signal://HOST/+491701234567"), Messages.Person);

        Assert.Equal(["+491701234567"], Server.Request.Json.GetProperty("recipients").EnumerateArray().Select(to => to.GetString()));
        Assert.False(Server.Request.Json.TryGetProperty("base64_attachments", out _));
    }

    [Theory]
    [InlineData(400, "Failed to send message due to a network error", DeliveryOutcomeKind.Passing)]
    [InlineData(400, "Unregistered user +491707654321", DeliveryOutcomeKind.Permanent)]
    [InlineData(400, "User +491701234567 is not registered.", DeliveryOutcomeKind.Permanent)]
    [InlineData(400, "Couldn't process request - invalid request", DeliveryOutcomeKind.Permanent)]
    [InlineData(429, "Rate limited", DeliveryOutcomeKind.Passing)]
    public async Task Send_WhatTheServerRefuses_IsJudgedByItsWords(int status, string error, DeliveryOutcomeKind kind)
    {
        Server.Answer = _ => CannedAnswer.Json($$"""{"error":"{{error}}"}""", status);

        var outcome = await Provider("signal://HOST/+491701234567/+491707654321").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(error, outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signal:///+491701234567", "host")]
    [InlineData("signal://example.org", "number")]
    [InlineData("signal://me:hush12345@example.org/mum", "number")]
    [InlineData("signal://me:hush12345@example.org/+491701234567/mum", "recipient")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => Provider(address));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private SignalProvider Provider(string address) => new(Address(address), Http);
}
