using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class JsonProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_Fall_HasTheFieldsOfAppriseAndOurs()
    {
        await DeliverAsync(Provider("json://HOST/hooks/alerts"), Messages.FallWithPicture);

        Assert.Equal(("POST", "/hooks/alerts", "application/json; charset=utf-8"), (Server.Request.Method, Server.Request.Target, Server.Request.Header("Content-Type")));
        Assert.Equal(Messages.Fall.IdempotencyKey, Server.Request.Header("Idempotency-Key"));
        Assert.Null(Server.Request.Header("Transfer-Encoding"));
        var json = Server.Request.Json;
        Assert.Equal("1.0", json.GetProperty("version").GetString());
        Assert.Equal(Messages.Fall.Title, json.GetProperty("title").GetString());
        Assert.Equal(Messages.Fall.Text, json.GetProperty("message").GetString());
        Assert.Equal("failure", json.GetProperty("type").GetString());
        var picture = Assert.Single(json.GetProperty("attachments").EnumerateArray());
        Assert.Equal((Messages.Picture.FileName, "image/jpeg"), (picture.GetProperty("filename").GetString(), picture.GetProperty("mimetype").GetString()));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), picture.GetProperty("base64").GetBytesFromBase64());
        Assert.Equal(Messages.Fall.IdempotencyKey, json.GetProperty("idempotency_key").GetString());
        Assert.Equal(Messages.Fall.AlertId, json.GetProperty("alert_id").GetString());
        Assert.Equal(Messages.Fall.EventId, json.GetProperty("event_id").GetString());
        Assert.Equal(("alert", "fall", "critical"), (Word(json, "kind"), Word(json, "about"), Word(json, "severity")));
        Assert.Equal(("living_room", "living_room_camera"), (Word(json, "pipeline"), Word(json, "source")));
        Assert.Equal("2026-05-01T10:11:12.123+00:00", Word(json, "at"));
        Assert.Equal("FALL", Assert.Single(json.GetProperty("labels").EnumerateArray()).GetString());
        Assert.Equal(0.87, json.GetProperty("confidence").GetDouble());
        Assert.Equal((Messages.Fall.AnswerUrl!.AbsoluteUri, Messages.Fall.DetailsUrl!.AbsoluteUri), (Word(json, "answer_url"), Word(json, "details_url")));
        Assert.False(json.GetProperty("is_test").GetBoolean());
    }

    [Fact]
    public async Task Send_Outage_HasNullsForWhatItDoesNotHave()
    {
        await DeliverAsync(Provider("json://HOST"), Messages.Outage);

        Assert.Equal("/", Server.Request.Target);
        Assert.Equal("warning", Word(Server.Request.Json, "type"));
        Assert.Equal(JsonValueKind.Null, Server.Request.Json.GetProperty("answer_url").ValueKind);
        Assert.Equal(JsonValueKind.Null, Server.Request.Json.GetProperty("event_id").ValueKind);
        Assert.Empty(Server.Request.Json.GetProperty("attachments").EnumerateArray());
    }

    [Fact]
    public async Task Send_AddressWithHeadersAndParameters_UsesThem()
    {
        await DeliverAsync(
            Provider("json://me:pa%2Fss+word@HOST/path/?method=put&+X-Api-Key=a+b%3D&+Content-Type=application/vnd.api%2Bjson&+X-Room=K%C3%BCche&-Room=living%20room"), Messages.Person);

        Assert.Equal(("PUT", "/path/?Room=living%20room"), (Server.Request.Method, Server.Request.Target));
        Assert.Equal("me:pa/ss+word", Server.Request.BasicCredentials);
        Assert.Equal("Küche", Server.Request.Header("X-Room"));
        Assert.Equal(("a+b=", "application/vnd.api+json"), (Server.Request.Header("X-Api-Key"), Server.Request.Header("Content-Type")));
    }

    [Fact]
    public async Task Send_AddressThatChangesThePayload_RenamesRemovesAndAdds()
    {
        await DeliverAsync(Provider("json://HOST/?:message=text&:version=&:chatId=42&:pipeline=Camera"), Messages.Person);

        var json = Server.Request.Json;
        Assert.Equal((Messages.Person.Text, "42", "living_room"), (Word(json, "text"), Word(json, "chatId"), Word(json, "Camera")));
        Assert.False(json.TryGetProperty("message", out _));
        Assert.False(json.TryGetProperty("version", out _));
        Assert.False(json.TryGetProperty("pipeline", out _));
    }

    [Fact]
    public async Task Send_PictureRefused_SendsWithoutIt()
    {
        Server.Answer = request => new CannedAnswer(request.Json.GetProperty("attachments").GetArrayLength() > 0 ? 413 : 200, "too large");

        var outcome = await DeliverAsync(Provider("json://HOST"), Messages.FallWithPicture);

        Assert.Equal(2, Server.Requests.Count);
        Assert.Contains("without the picture", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, DeliveryOutcomeKind.Passing)]
    [InlineData(404, DeliveryOutcomeKind.Permanent)]
    public async Task Send_PictureRefusedAndTextToo_IsWhatBecameOfTheText(int status, DeliveryOutcomeKind kind)
    {
        Server.Answer = request => new CannedAnswer(request.Json.GetProperty("attachments").GetArrayLength() > 0 ? 413 : status);

        var outcome = await Provider("json://HOST").SendAsync(Messages.FallWithPicture, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains($"{status}", outcome.Reason, StringComparison.Ordinal);
    }

    private JsonProvider Provider(string address) => new(Address(address), Http);

    private static string? Word(JsonElement json, string name) => json.GetProperty(name).GetString();
}
