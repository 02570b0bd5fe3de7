using System.Text;
using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using MimeKit.Utils;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class NtfyProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_Fall_IsPublishedWithPriorityFiveAndButtons()
    {
        await DeliverAsync(Provider("ntfy://HOST/alerts"), Messages.Fall);

        Assert.Equal(("POST", "/alerts"), (Server.Request.Method, Server.Request.Target));
        Assert.Equal(Messages.Fall.Text, Server.Request.Text);
        Assert.Equal((Messages.Fall.Title, "5", "rotating_light"), (Header("X-Title"), Header("X-Priority"), Header("X-Tags")));
        Assert.Equal(Messages.Fall.AnswerUrl!.AbsoluteUri, Header("X-Click"));
        Assert.Equal((Messages.Fall.IdempotencyKey, Messages.Fall.IdempotencyKey), (Header("X-Sequence-ID"), Header("Idempotency-Key")));
        var actions = JsonDocument.Parse(Header("X-Actions")!).RootElement.EnumerateArray().ToList();
        Assert.Equal(3, actions.Count);
        Assert.All(actions, action => Assert.Equal(Messages.Fall.AnswerUrl.AbsoluteUri, Word(action, "url")));
        Assert.Equal(("view", "Answer"), (Word(actions[0], "action"), Word(actions[0], "label")));
        Assert.Equal(("http", "I am taking care", "POST", "answer=taking_care"), Button(actions[1]));
        Assert.Equal(("http", "False alarm", "POST", "answer=false_alarm"), Button(actions[2]));
        Assert.Equal("application/x-www-form-urlencoded", Word(actions[1].GetProperty("headers"), "Content-Type"));
        Assert.True(actions[1].GetProperty("clear").GetBoolean());
    }

    [Fact]
    public async Task Send_WithPicture_PutsItWithTheTextInAHeader()
    {
        await DeliverAsync(Provider("ntfy://HOST/alerts"), Messages.FallWithPicture with { Title = "Sturz im Wohnzimmer – Küche 🚨" });

        Assert.Equal(("PUT", "/alerts"), (Server.Request.Method, Server.Request.Target));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), Server.Request.Body);
        Assert.Equal(Messages.Picture.FileName, Header("X-Filename"));
        Assert.Equal(Messages.Fall.Text, Decoded("X-Message"));
        Assert.Equal("Sturz im Wohnzimmer – Küche 🚨", Decoded("X-Title"));
        Assert.Equal("5", Header("X-Priority"));
        Assert.NotNull(Header("X-Actions"));
    }

    [Theory]
    [InlineData(DeliveryKind.Alert, "warning", "4", "warning")]
    [InlineData(DeliveryKind.Taken, "critical", "3", "white_check_mark")]
    public async Task Send_NothingToAnswer_HasNoButtons(DeliveryKind kind, string severity, string priority, string tag)
    {
        var message = severity == "critical" ? Messages.Fall : Messages.Outage;

        await DeliverAsync(Provider("ntfy://HOST/alerts"), message with { Kind = kind, AsksForAnswer = false });

        Assert.Equal((priority, tag, null), (Header("X-Priority"), Header("X-Tags"), Header("X-Actions")));
    }

    [Fact]
    public async Task Send_TitleThatLooksEncoded_ArrivesAsItIs()
    {
        await DeliverAsync(Provider("ntfy://HOST/alerts"), Messages.Outage with { Title = "=?UTF-8?B?QQ==?=" });

        Assert.Equal("=?UTF-8?B?QQ==?=", Decoded("X-Title"));
    }

    [Theory]
    [InlineData("ntfy://me:secret@HOST/topic", "Basic bWU6c2VjcmV0")]
    [InlineData("ntfy://tk_abc123@HOST/topic", "Bearer tk_abc123")]
    [InlineData("ntfy://abc123@HOST/topic?auth=token", "Bearer abc123")]
    [InlineData("ntfy://HOST/topic?token=tk_abc123", "Bearer tk_abc123")]
    [InlineData("ntfy://HOST/topic", null)]
    public async Task Send_Credentials_AreThoseOfTheAddress(string address, string? authorization)
    {
        await DeliverAsync(Provider(address), Messages.Outage);

        Assert.Equal(authorization, Header("Authorization"));
    }

    [Theory]
    [InlineData("ntfy://my-topic", "/my-topic")]
    [InlineData("ntfys://my-topic/", "/my-topic")]
    [InlineData("ntfys://ntfy.sh/my-topic", "/my-topic")]
    [InlineData("ntfy://my-topic?priority=max", "/my-topic")]
    [InlineData("ntfy://tk_1@ntfy.sh/my-topic?mode=cloud", "/my-topic")]
    public async Task Send_NoServer_GoesToTheCloud(string address, string path)
    {
        await DeliverAsync(new NtfyProvider(ProviderAddress.Parse(address), Http, Server.Address), Messages.Outage);

        Assert.Equal(path, Server.Request.Target);
    }

    [Fact]
    public async Task Send_TwoTopicsOneFails_OnlyThatOneIsTriedAgain()
    {
        Server.Answer = request => new CannedAnswer(request.Path == "/two" && Server.Requests.Count <= 2 ? 500 : 200);
        var provider = Provider("ntfy://HOST/one/two");

        var first = await provider.SendAsync(Messages.Fall, Cancellation);
        await DeliverAsync(provider, Messages.Fall);

        Assert.Equal(DeliveryOutcomeKind.Passing, first.Kind);
        Assert.StartsWith("1 of 2 targets: ", first.Reason, StringComparison.Ordinal);
        Assert.Equal(["/one", "/two", "/two"], Server.Requests.Select(request => request.Path).Order());
    }

    [Fact]
    public async Task Send_ServerTakesNoAttachments_SendsWithoutThePicture()
    {
        Server.Answer = request => request.Method == "PUT"
            ? CannedAnswer.Json("""{"code":40014,"http":400,"error":"invalid request: attachments not allowed"}""", 400)
            : CannedAnswer.Json("""{"id":"x"}""");

        var outcome = await DeliverAsync(Provider("ntfy://HOST/alerts"), Messages.FallWithPicture);

        Assert.Equal(Messages.Fall.Text, Server.Requests[1].Text);
        Assert.Contains("attachments not allowed", outcome.Reason, StringComparison.Ordinal);
    }

    private NtfyProvider Provider(string address) => new(Address(address), Http);

    private string? Header(string name) => Server.Request.Header(name);

    private string Decoded(string name) => Rfc2047.DecodeText(Encoding.ASCII.GetBytes(Header(name)!));

    private static string? Word(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static (string?, string?, string?, string?) Button(JsonElement action) =>
        (Word(action, "action"), Word(action, "label"), Word(action, "method"), Word(action, "body"));
}
