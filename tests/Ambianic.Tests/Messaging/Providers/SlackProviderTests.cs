using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class SlackProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_Webhook_PostsBlocks()
    {
        Server.Answer = _ => new CannedAnswer(200, "ok");

        await DeliverAsync(Webhook("slack://Watcher@T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"), Messages.Fall with { Title = "<!channel> a & b" });

        Assert.Equal(("POST", "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"), (Server.Request.Method, Server.Request.Target));
        var json = Server.Request.Json;
        Assert.Equal(("&lt;!channel&gt; a &amp; b", "Watcher"), (Word(json, "text"), Word(json, "username")));
        Assert.False(json.TryGetProperty("channel", out _));
        var blocks = json.GetProperty("blocks").EnumerateArray().ToList();
        Assert.Equal(("header", "plain_text", "<!channel> a & b"), Block(blocks[0]));
        Assert.Equal(("section", "plain_text", Messages.Fall.Text), Block(blocks[1]));
        Assert.Equal(("section", "mrkdwn", "<https://home.example.org/a/fedcba98?r=0&amp;s=c2lnbmF0dXJl|Answer>"), Block(blocks[2]));
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Send_WebhookWithChannels_PostsToEach()
    {
        await DeliverAsync(Webhook("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk/#alerts/@nurse/+C0123/general"), Messages.Outage);

        Assert.Equal(["#alerts", "#general", "@nurse", "C0123"], Server.Requests.Select(request => Word(request.Json, "channel")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Send_BotWithPicture_PostsTheMessageAndThenThePictureInItsThread()
    {
        Server.Answer = request => CannedAnswer.Json(request.Path switch
        {
            "/api/chat.postMessage" => """{"ok":true,"channel":"C0123","ts":"1503435956.000247"}""",
            "/api/files.getUploadURLExternal" => $$"""{"ok":true,"upload_url":"{{Server.Address}}upload/v1/ABC","file_id":"F123"}""",
            "/upload/v1/ABC" => "OK - 10",
            _ => """{"ok":true,"files":[{"id":"F123"}]}""",
        });

        var outcome = await DeliverAsync(Bot("slack://xoxb-1234-abcd/#alerts"), Messages.FallWithPicture);

        Assert.Null(outcome.Reason);
        Assert.Equal(
            ["POST /api/chat.postMessage", "POST /api/files.getUploadURLExternal", "POST /upload/v1/ABC", "POST /api/files.completeUploadExternal"],
            Server.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal(
            ["Bearer xoxb-1234-abcd", "Bearer xoxb-1234-abcd", null, "Bearer xoxb-1234-abcd"], Server.Requests.Select(request => request.Header("Authorization")));
        var posted = Server.Requests[0].Json;
        Assert.Equal(("#alerts", Messages.Fall.Title), (Word(posted, "channel"), Word(posted, "text")));
        Assert.Equal(Messages.Fall.IdempotencyKey, Word(posted.GetProperty("metadata").GetProperty("event_payload"), "idempotency_key"));
        Assert.Equal((Messages.Picture.FileName, "10"), (Server.Requests[1].Form["filename"], Server.Requests[1].Form["length"]));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), Server.Requests[2].Body);
        var complete = Server.Requests[3].Json;
        Assert.Equal(("C0123", "1503435956.000247"), (Word(complete, "channel_id"), Word(complete, "thread_ts")));
        Assert.Equal("F123", Word(Assert.Single(complete.GetProperty("files").EnumerateArray()), "id"));
    }

    [Fact]
    public async Task Send_BotWhosePictureIsRefused_IsDeliveredAndSaysSo()
    {
        Server.Answer = request => CannedAnswer.Json(request.Path == "/api/chat.postMessage"
            ? """{"ok":true,"channel":"C0123","ts":"1503435956.000247"}"""
            : """{"ok":false,"error":"missing_scope","needed":"files:write"}""");

        var outcome = await DeliverAsync(Bot("slack://xoxb-1234-abcd/#alerts"), Messages.FallWithPicture);

        Assert.Contains("sent without the picture", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("files:write", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ok":false,"error":"invalid_auth"}""", DeliveryOutcomeKind.Permanent, "refused the token")]
    [InlineData("""{"ok":false,"error":"not_in_channel"}""", DeliveryOutcomeKind.Permanent, "invite the bot")]
    [InlineData("""{"ok":false,"error":"msg_too_long"}""", DeliveryOutcomeKind.Permanent, "msg_too_long")]
    [InlineData("""{"ok":false,"error":"ratelimited"}""", DeliveryOutcomeKind.Passing, "ratelimited")]
    [InlineData("<html>", DeliveryOutcomeKind.Passing, "a web page")]
    [InlineData("", DeliveryOutcomeKind.Passing, "not its own")]
    public async Task Send_BotThatIsRefused_SaysWhetherTryingAgainHelps(string answer, DeliveryOutcomeKind kind, string reason)
    {
        Server.Answer = _ => CannedAnswer.Json(answer) with { Headers = ["Retry-After: 30"] };

        var outcome = await Bot("slack://xoxb-1234-abcd").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
    }

    private SlackWebhookProvider Webhook(string address) => new(ProviderAddress.Parse(address), Http, Server.Address);

    private SlackBotProvider Bot(string address) => new(ProviderAddress.Parse(address), Http, Server.Address);

    private static string? Word(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static (string?, string?, string?) Block(JsonElement block) =>
        (Word(block, "type"), Word(block.GetProperty("text"), "type"), Word(block.GetProperty("text"), "text"));
}
