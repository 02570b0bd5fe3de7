using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class PushoverProviderTests : ProviderTest
{
    private const string Receipt = "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy";

    [Fact]
    public async Task Send_Fall_RingsUntilAcknowledgedAndGivesTheReceipt()
    {
        Server.Answer = _ => CannedAnswer.Json($$"""{"receipt":"{{Receipt}}","status":1,"request":"e460545a"}""");

        var outcome = await DeliverAsync(Provider("pover://uUserKey1@aToken1"), Messages.Fall);

        Assert.Equal(Receipt, outcome.Receipt);
        Assert.Equal(("POST", "/1/messages.json"), (Server.Request.Method, Server.Request.Target));
        var form = Server.Request.Form;
        Assert.Equal(("aToken1", "uUserKey1", Messages.Fall.Title, Messages.Fall.Text), (form["token"], form["user"], form["title"], form["message"]));
        Assert.Equal(("2", "60", "3600"), (form["priority"], form["retry"], form["expire"]));
        Assert.Equal((Messages.Fall.AnswerUrl!.AbsoluteUri, "Answer", "1777630272"), (form["url"], form["url_title"], form["timestamp"]));
        Assert.False(form.ContainsKey("device"));
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Send_WithPicture_AttachesIt()
    {
        await DeliverAsync(Provider("pover://uUserKey1@aToken1/phone/tablet?sound=Siren&interval=30&expire=600"), Messages.FallWithPicture);

        var form = Server.Request.Form;
        Assert.Equal(("phone,tablet", "siren", "30", "600"), (form["device"], form["sound"], form["retry"], form["expire"]));
        var (name, file) = Assert.Single(Server.Request.Files);
        Assert.Equal(("attachment", Messages.Picture.FileName, "image/jpeg"), (name, file.FileName, file.Type));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), file.Bytes);
    }

    [Fact]
    public async Task Send_PictureAboveTheLimit_GoesWithoutIt()
    {
        await DeliverAsync(Provider("pover://uUserKey1@aToken1"), Messages.Fall with { Picture = Messages.Picture with { Jpeg = new byte[(5 * 1024 * 1024) + 1] } });

        Assert.Equal(Messages.Fall.Text, Server.Request.Form["message"]);
    }

    [Theory]
    [InlineData(DeliveryKind.Reminder, "2")]
    [InlineData(DeliveryKind.Escalation, "2")]
    [InlineData(DeliveryKind.Update, "1")]
    [InlineData(DeliveryKind.Taken, "0")]
    public async Task Send_Kind_DecidesWhetherItRingsUntilAcknowledged(DeliveryKind kind, string priority)
    {
        await DeliverAsync(Provider("pover://uUserKey1@aToken1"), Messages.Fall with { Kind = kind });

        Assert.Equal((priority, priority == "2"), (Server.Request.Form["priority"], Server.Request.Form.ContainsKey("retry")));
    }

    [Fact]
    public async Task Send_Groups_GivesAReceiptOfEach()
    {
        Server.Answer = request => CannedAnswer.Json($$"""{"receipt":"of{{request.Form["user"]}}","status":1}""");

        var outcome = await DeliverAsync(Provider("pover://uUserKey1@aToken1/#gFamily/%23gNurses"), Messages.Fall);

        Assert.Equal("ofgFamily,ofgNurses", outcome.Receipt);
    }

    [Theory]
    [InlineData("""{"status":1,"acknowledged":0,"acknowledged_by":"","acknowledged_by_device":"","expired":0,"called_back":0}""", 200, false, false, null)]
    [InlineData("""{"status":1,"acknowledged":1,"acknowledged_by":"uUserKey1","acknowledged_by_device":"phone","expired":0,"called_back":0}""", 200, true, true, "Pushover on phone")]
    [InlineData("""{"status":1,"acknowledged":1,"acknowledged_by":"uUserKey1","acknowledged_by_device":"","expired":1,"called_back":0}""", 200, true, true, "a user of Pushover")]
    [InlineData("""{"status":1,"acknowledged":0,"acknowledged_by":"","expired":1,"called_back":0}""", 200, false, true, null)]
    [InlineData("""{"receipt":"not found","errors":["receipt not found"],"status":0}""", 404, false, true, null)]
    [InlineData("", 500, false, false, null)]
    [InlineData("<html>", 200, false, false, null)]
    public async Task ReadReceipt_Answer_SaysWhetherAPersonHasAcknowledged(string answer, int status, bool isAcknowledged, bool isFinal, string? by)
    {
        Server.Answer = _ => CannedAnswer.Json(answer, status);

        var read = await Provider("pover://uUserKey1@aToken1").ReadReceiptAsync(Receipt, Cancellation);

        Assert.Equal(("GET", $"/1/receipts/{Receipt}.json?token=aToken1"), (Server.Request.Method, Server.Request.Target));
        Assert.Equal(new ReceiptStatus(isAcknowledged, isFinal, by), read);
    }

    [Fact]
    public async Task ReadReceipt_OneOfSeveralAcknowledged_IsAcknowledged()
    {
        Server.Answer = request => CannedAnswer.Json($$"""{"status":1,"acknowledged":{{(request.Path.Contains("two", StringComparison.Ordinal) ? 1 : 0)}},"expired":0}""");

        var read = await Provider("pover://uUserKey1@aToken1").ReadReceiptAsync("one,two", Cancellation);

        Assert.True(read.IsAcknowledged);
    }

    [Fact]
    public async Task Cancel_Receipt_StopsTheRinging()
    {
        var outcome = await Provider("pover://uUserKey1@aToken1").CancelAsync(Receipt, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(("POST", $"/1/receipts/{Receipt}/cancel.json", "aToken1"), (Server.Request.Method, Server.Request.Target, Server.Request.Form["token"]));
    }

    private PushoverProvider Provider(string address) => new(Address(address), Http, Server.Address);
}
