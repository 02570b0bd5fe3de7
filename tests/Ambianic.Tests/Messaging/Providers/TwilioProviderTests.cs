using System.Xml.Linq;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class TwilioProviderTests : ProviderTest
{
    public TwilioProviderTests() => Server.Answer = _ => CannedAnswer.Json("""{"sid":"SM1","status":"queued"}""", 201);

    [Fact]
    public async Task Send_ByDefault_IsAnSms()
    {
        await DeliverAsync(Provider("twilio://AC123:secret@+15551234567/+49%20(170)%20765-4321"), Messages.FallWithPicture);

        var request = Server.Request;
        Assert.Equal(("POST", "/2010-04-01/Accounts/AC123/Messages.json", "AC123:secret"), (request.Method, request.Target, request.BasicCredentials));
        Assert.Equal(("+491707654321", "+15551234567"), (request.Form["To"], request.Form["From"]));
        Assert.StartsWith("Fall in the living room\nA person has fallen", request.Form["Body"], StringComparison.Ordinal);
        Assert.Contains($"Answer: {Messages.Fall.AnswerUrl!.AbsoluteUri}", request.Form["Body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ALongText_HasAtMost1600CharactersAndItsLinks()
    {
        await DeliverAsync(Provider("twilio://AC123:secret@12345/+491707654321"), Messages.Fall with { Text = string.Concat(Enumerable.Repeat("Küche 🙂 ", 1000)) });

        Assert.InRange(Server.Request.Form["Body"].Length, 1500, 1600);
        Assert.EndsWith(Messages.Fall.DetailsUrl!.AbsoluteUri, Server.Request.Form["Body"], StringComparison.Ordinal);
        Assert.Equal("12345", Server.Request.Form["From"]);
    }

    [Fact]
    public async Task Send_ACall_ReadsTheTextTwice()
    {
        await DeliverAsync(Provider("twilio://AC123:secret@+15551234567/+491707654321?mode=call"), Messages.Fall with { Text = "Is <b>down</b> & \"out\"\n\u0007🚨 נפילה" });

        Assert.Equal("/2010-04-01/Accounts/AC123/Calls.json", Server.Request.Target);
        var say = XDocument.Parse(Server.Request.Form["Twiml"]).Root!.Element("Say")!;
        Assert.Equal("2", say.Attribute("loop")!.Value);
        Assert.Equal("Fall in the living room. Is <b>down</b> & \"out\" 🚨 נפילה", say.Value);
        Assert.DoesNotContain("https://", say.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ACallWithALongText_StaysBelow4000Characters()
    {
        await DeliverAsync(Provider("twilio://AC123:secret@+15551234567/+491707654321?method=call"), Messages.Fall with { Text = new string('&', 10_000) });

        Assert.InRange(Server.Request.Form["Twiml"].Length, 3000, 4000);
    }

    [Theory]
    [InlineData(21211, 400, DeliveryOutcomeKind.Permanent, "ends in 321 is no valid number")]
    [InlineData(21614, 400, DeliveryOutcomeKind.Permanent, "cannot take SMS")]
    [InlineData(21608, 400, DeliveryOutcomeKind.Permanent, "trial")]
    [InlineData(20003, 401, DeliveryOutcomeKind.Permanent, "refused account SID or auth token")]
    [InlineData(20429, 429, DeliveryOutcomeKind.Passing, "429")]
    [InlineData(20500, 500, DeliveryOutcomeKind.Passing, "500")]
    public async Task Send_WhatTwilioRefuses_IsJudgedByItsCode(int code, int status, DeliveryOutcomeKind kind, string reason)
    {
        Server.Answer = _ => CannedAnswer.Json($$"""{"code":{{code}},"message":"No.","status":{{status}}}""", status);

        var outcome = await Provider("twilio://AC123:secret@+15551234567/+491707654321").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OneNumberIsWrong_TheOthersAreToldAllTheSame()
    {
        Server.Answer = request => request.Form["To"].EndsWith('1') ? CannedAnswer.Json("""{"code":21211,"message":"Invalid"}""", 400) : CannedAnswer.Json("{}", 201);

        var outcome = await Provider("twilio://AC123:secret@+15551234567/+491707654321/+491707654322").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("twilio://hush12345@+15551234567/+491707654321", "SID")]
    [InlineData("twilio://AC1:hush12345@mum/+491707654321", "number")]
    [InlineData("twilio://AC1:hush12345@+15551234567", "number to send to")]
    [InlineData("twilio://AC1:hush12345@+15551234567/+491707654321?mode=fax", "mode")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => Provider(address));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private TwilioProvider Provider(string address) => new(Address(address), new ProviderParts(Http, Time), Server.Address);
}
