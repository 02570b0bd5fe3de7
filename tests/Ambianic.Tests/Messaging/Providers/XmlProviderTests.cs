using System.Xml.Linq;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class XmlProviderTests : ProviderTest
{
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    [Fact]
    public async Task Send_Fall_IsAnEnvelopeWithTheFieldsOfAppriseAndOurs()
    {
        await DeliverAsync(new XmlProvider(Address("xml://me:secret@HOST/soap"), Http), Messages.FallWithPicture);

        Assert.Equal(("POST", "/soap", "application/xml"), (Server.Request.Method, Server.Request.Target, Server.Request.Header("Content-Type")));
        Assert.Equal(("me:secret", Messages.Fall.IdempotencyKey), (Server.Request.BasicCredentials, Server.Request.Header("Idempotency-Key")));
        var notification = Notification();
        Assert.Equal(("1.1", Messages.Fall.Title, "failure"), (Value(notification, "Version"), Value(notification, "Subject"), Value(notification, "MessageType")));
        Assert.Equal(Messages.Fall.Text, Value(notification, "Message"));
        Assert.Equal((Messages.Fall.AlertId, "FALL", "0.87"), (Value(notification, "AlertId"), Value(notification, "Labels"), Value(notification, "Confidence")));
        Assert.Equal((Messages.Fall.AnswerUrl!.AbsoluteUri, "false"), (Value(notification, "AnswerUrl"), Value(notification, "IsTest")));
        var attachment = Assert.Single(notification.Element("Attachments")!.Elements("Attachment"));
        Assert.Equal((Messages.Picture.FileName, "image/jpeg"), (attachment.Attribute("filename")!.Value, attachment.Attribute("mimetype")!.Value));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), Convert.FromBase64String(attachment.Value));
    }

    [Fact]
    public async Task Send_TextThatXmlCannotHold_LeavesThatOut()
    {
        await DeliverAsync(new XmlProvider(Address("xml://HOST"), Http), Messages.Outage with { Text = "a\u0001<b>&\u001b\ud800 😀" });

        Assert.Equal("a<b>&\ufffd 😀", Value(Notification(), "Message"));
        Assert.Null(Notification().Element("EventId"));
        Assert.Null(Notification().Element("Attachments"));
    }

    [Fact]
    public async Task Send_AddressThatChangesThePayload_RenamesRemovesAndAdds()
    {
        await DeliverAsync(new XmlProvider(Address("xml://HOST/?:Subject=Headline&:Version=&:Ro%20om=hall&:1st=x"), Http), Messages.Outage);

        var notification = Notification();
        Assert.Equal((Messages.Outage.Title, "hall"), (Value(notification, "Headline"), Value(notification, "Room")));
        Assert.Null(notification.Element("Subject"));
        Assert.Null(notification.Element("Version"));
    }

    private XElement Notification() => Server.Request.Xml.Root!.Element(Soap + "Body")!.Element("Notification")!;

    private static string? Value(XElement parent, string name) => parent.Element(name)?.Value;
}
