using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class DiscordProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_Fall_IsAnEmbedThatMentionsNobody()
    {
        await DeliverAsync(Provider("discord://Watcher@123456/AbC-d_ef?thread=99"), Messages.Fall with { Title = "@everyone *fall* in living_room" });

        Assert.Equal(("POST", "/api/webhooks/123456/AbC-d_ef?wait=true&thread_id=99"), (Server.Request.Method, Server.Request.Target));
        var json = Server.Request.Json;
        Assert.Equal((@"@everyone \*fall\* in living\_room", "Watcher"), (json.GetProperty("content").GetString(), json.GetProperty("username").GetString()));
        Assert.Empty(json.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray());
        var embed = Assert.Single(json.GetProperty("embeds").EnumerateArray());
        Assert.Equal((Messages.Fall.Text, 0xD32F2F), (embed.GetProperty("description").GetString(), embed.GetProperty("color").GetInt32()));
        Assert.Equal(("Answer", Messages.Fall.AnswerUrl!.AbsoluteUri), (embed.GetProperty("title").GetString(), embed.GetProperty("url").GetString()));
        Assert.Equal(Messages.Fall.At, embed.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Send_WithPicture_ShowsItInTheEmbed()
    {
        await DeliverAsync(Provider("discord://123456/AbC-d_ef"), Messages.FallWithPicture);

        var json = JsonDocument.Parse(Server.Request.Form["payload_json"]).RootElement;
        var embed = Assert.Single(json.GetProperty("embeds").EnumerateArray());
        Assert.Equal($"attachment://{Messages.Picture.FileName}", embed.GetProperty("image").GetProperty("url").GetString());
        var attachment = Assert.Single(json.GetProperty("attachments").EnumerateArray());
        Assert.Equal((0, Messages.Picture.FileName), (attachment.GetProperty("id").GetInt32(), attachment.GetProperty("filename").GetString()));
        var (name, file) = Assert.Single(Server.Request.Files);
        Assert.Equal(("files[0]", Messages.Picture.FileName), (name, file.FileName));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), file.Bytes);
    }

    [Fact]
    public async Task Send_RateLimited_WaitsAsLongAsTheBodySays()
    {
        Server.Answer = _ => CannedAnswer.Json("""{"message":"You are being rate limited.","retry_after":64.57,"global":false}""", 429) with { Headers = ["Retry-After: 65"] };

        var outcome = await Provider("discord://123456/AbC-d_ef").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal((DeliveryOutcomeKind.Passing, TimeSpan.FromSeconds(64.57)), (outcome.Kind, outcome.RetryAfter));
    }

    private DiscordProvider Provider(string address) => new(ProviderAddress.Parse(address), Http, Server.Address);
}
