using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Telegram;

namespace Ambianic.Tests.Messaging.Providers.Telegram;

public sealed class TelegramProviderTests : ProviderTest
{
    private const string Token = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ";

    public TelegramProviderTests() => Server.Answer = _ => CannedAnswer.Json("""{"ok":true,"result":{"message_id":1}}""");

    [Fact]
    public async Task Send_AFall_IsATextWithFourButtons()
    {
        await DeliverAsync(Provider("tgram://TOKEN/-1001234567"), Messages.Fall);

        var request = Server.Request;
        Assert.Equal($"/bot{Token}/sendMessage", request.Target);
        Assert.Equal("-1001234567", request.Json.GetProperty("chat_id").GetString());
        Assert.Equal(
            """
            Fall in the living room
            A person has fallen at 10:11:12.
            Nobody has got up since.
            Answer: https://home.example.org/a/fedcba98?r=0&s=c2lnbmF0dXJl
            Details: https://home.example.org/event/20260501-101112.123456
            """,
            request.Json.GetProperty("text").GetString());
        Assert.False(request.Json.TryGetProperty("disable_notification", out _));
        Assert.False(request.Json.TryGetProperty("parse_mode", out _));
        Assert.True(request.Json.GetProperty("link_preview_options").GetProperty("is_disabled").GetBoolean());
        var rows = request.Json.GetProperty("reply_markup").GetProperty("inline_keyboard").EnumerateArray().Select(row => row[0]).ToList();
        Assert.Equal(["I am taking care", "False alarm", "Call for help", "Snooze this camera 30 min"], rows.Select(button => button.GetProperty("text").GetString()));
        Assert.Equal("taking_care:" + Messages.Fall.AlertId, rows[0].GetProperty("callback_data").GetString());
        Assert.All(rows, button => Assert.InRange(button.GetProperty("callback_data").GetString()!.Length, 1, 64));
    }

    [Fact]
    public async Task Send_AFallWithPicture_IsAPhotoWithCaptionAndButtons()
    {
        await DeliverAsync(Provider("tgram://TOKEN/@my_group:17"), Messages.FallWithPicture);

        var request = Server.Request;
        Assert.Equal($"/bot{Token}/sendPhoto", request.Target);
        Assert.Equal(("@my_group", "17"), (request.Form["chat_id"], request.Form["message_thread_id"]));
        Assert.StartsWith("Fall in the living room\nA person has fallen", request.Form["caption"], StringComparison.Ordinal);
        Assert.Equal(4, JsonDocument.Parse(request.Form["reply_markup"]).RootElement.GetProperty("inline_keyboard").GetArrayLength());
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), request.Files["photo"].Bytes);
    }

    [Fact]
    public async Task Send_ALongTextWithPicture_IsTheTextThenThePhoto()
    {
        await DeliverAsync(Provider("tgram://TOKEN/1"), Messages.FallWithPicture with { Text = string.Concat(Enumerable.Repeat("Küche 🙂 ", 1000)) });

        Assert.Equal([$"/bot{Token}/sendMessage", $"/bot{Token}/sendPhoto"], Server.Requests.Select(request => request.Target));
        Assert.InRange(Server.Requests[0].Json.GetProperty("text").GetString()!.Length, 4000, 4096);
        Assert.EndsWith(Messages.Fall.DetailsUrl!.AbsoluteUri, Server.Requests[0].Json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(Server.Requests[0].Json.TryGetProperty("reply_markup", out _));
        Assert.Equal("Fall in the living room", Server.Requests[1].Form["caption"]);
        Assert.False(Server.Requests[1].Form.ContainsKey("reply_markup"));
    }

    [Fact]
    public async Task Send_WhatIsGoodToKnow_IsSilentAndWithoutButtons()
    {
        await DeliverAsync(Provider("tgram://TOKEN/1"), Messages.Person);
        await DeliverAsync(Provider("tgram://TOKEN/1"), Messages.Person with { Picture = Messages.Picture });

        Assert.True(Server.Requests[0].Json.GetProperty("disable_notification").GetBoolean());
        Assert.False(Server.Requests[0].Json.TryGetProperty("reply_markup", out _));
        Assert.Equal("true", Server.Requests[1].Form["disable_notification"]);
    }

    [Fact]
    public async Task Send_APictureThatIsRefused_ComesAsText()
    {
        Server.Answer = request => request.Target.EndsWith("sendPhoto", StringComparison.Ordinal)
            ? CannedAnswer.Json("""{"ok":false,"error_code":400,"description":"Bad Request: PHOTO_INVALID_DIMENSIONS"}""", 400)
            : CannedAnswer.Json("""{"ok":true,"result":{}}""");

        var outcome = await DeliverAsync(Provider("tgram://TOKEN/1"), Messages.FallWithPicture);

        Assert.Contains("without the picture", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Send_OneChatIsAskedTooOften_TheOtherGetsItOnce()
    {
        Server.Answer = request => request.Json.GetProperty("chat_id").GetString() == "1" && Server.Requests.Count < 3
            ? CannedAnswer.Json("""{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}""", 429)
            : CannedAnswer.Json("""{"ok":true,"result":{}}""");
        var provider = Provider("tgram://TOKEN/1/2");

        var first = await provider.SendAsync(Messages.Fall, Cancellation);
        await DeliverAsync(provider, Messages.Fall);

        Assert.Equal((DeliveryOutcomeKind.Passing, TimeSpan.FromSeconds(7)), (first.Kind, first.RetryAfter));
        Assert.Equal(["1", "1", "2"], Server.Requests.Select(request => request.Json.GetProperty("chat_id").GetString()).Order());
    }

    [Theory]
    [InlineData(400, "Bad Request: chat not found", "does not find the chat")]
    [InlineData(403, "Forbidden: bot was blocked by the user", "press Start")]
    [InlineData(401, "Unauthorized", "token")]
    [InlineData(404, "Not Found", "token")]
    public async Task Send_WhatTelegramRefuses_IsPermanentAndTellsNoToken(int status, string description, string reason)
    {
        Server.Answer = _ => CannedAnswer.Json($$"""{"ok":false,"error_code":{{status}},"description":"{{description}}"}""", status);

        var outcome = await Provider("tgram://TOKEN/1").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("AAbbCC", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AGroupThatMoved_TellsItsNewId()
    {
        Server.Answer = _ => CannedAnswer.Json(
            """{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}""", 400);

        var outcome = await Provider("tgram://TOKEN/-55").SendAsync(Messages.Fall, Cancellation);

        Assert.Contains("write -1001234567890", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tgram://", "token")]
    [InlineData("tgram://hush12345/1", "token")]
    [InlineData("tgram://123:hush12345", "chat")]
    [InlineData("tgram://123:hush12345/a b", "chat")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => TelegramProvider.Create(Address(address), new ProviderParts(Http, Time)));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private TelegramProvider Provider(string address) =>
        TelegramProvider.Create(Address(address.Replace("TOKEN", Token, StringComparison.Ordinal)), new ProviderParts(Http, Time), Server.Address);
}
