using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class AppriseProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_WithoutPicture_NotifiesTheStoredConfiguration()
    {
        await DeliverAsync(new AppriseProvider(Address("apprise://me:secret@HOST/family?tags=night,mobile&+X-Proxy=yes"), Http), Messages.Fall);

        Assert.Equal(("POST", "/notify/family", "me:secret"), (Server.Request.Method, Server.Request.Target, Server.Request.BasicCredentials));
        Assert.Equal(("application/json", "yes"), (Server.Request.Header("Accept"), Server.Request.Header("X-Proxy")));
        var json = Server.Request.Json;
        Assert.Equal((Messages.Fall.Title, "failure", "text", "night,mobile"), (Word("title"), Word("type"), Word("format"), Word("tag")));
        Assert.Equal($"{Messages.Fall.Text}\nAnswer: {Messages.Fall.AnswerUrl}\nDetails: {Messages.Fall.DetailsUrl}", Word("body"));

        string? Word(string name) => json.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Send_WithPicture_IsAFormWithAFile()
    {
        await DeliverAsync(new AppriseProvider(Address("apprise://HOST/base/family"), Http), Messages.FallWithPicture);

        Assert.Equal("/base/notify/family", Server.Request.Target);
        Assert.Equal(("failure", Messages.Fall.Title), (Server.Request.Form["type"], Server.Request.Form["title"]));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), Assert.Single(Server.Request.Files).Value.Bytes);
    }

    [Theory]
    [InlineData(204, DeliveryOutcomeKind.Permanent, "no configuration under this key")]
    [InlineData(424, DeliveryOutcomeKind.Passing, "could not bring the message to all of its services")]
    public async Task Send_ServerThatReachesNobody_IsNotDelivered(int status, DeliveryOutcomeKind kind, string reason)
    {
        Server.Answer = _ => CannedAnswer.Json("", status);

        var outcome = await new AppriseProvider(Address("apprise://HOST/family"), Http).SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
    }
}
