using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Matrix;

namespace Ambianic.Tests.Messaging.Providers.Matrix;

public sealed class MatrixProviderTests : ProviderTest
{
    public MatrixProviderTests() => Server.Answer = Homeserver;

    [Fact]
    public async Task Send_AFall_JoinsTheRoomAndSendsWithTheKeyAsTransaction()
    {
        await DeliverAsync(Provider("matrix://syt_token@HOST/#family:example.org"), Messages.Fall with { Text = "Is <b>down</b> & out\n🚨 נפילה" });

        Assert.Equal(
            [
                ("POST", "/_matrix/client/v3/join/%23family%3Aexample.org"),
                ("PUT", $"/_matrix/client/v3/rooms/%21room1%3Aexample.org/send/m.room.message/{Messages.Fall.IdempotencyKey}"),
            ],
            Server.Requests.Select(request => (request.Method, request.Target)));
        Assert.All(Server.Requests, request => Assert.Equal("Bearer syt_token", request.Header("Authorization")));
        var content = Server.Requests[1].Json;
        Assert.Equal("m.text", content.GetProperty("msgtype").GetString());
        Assert.StartsWith("Fall in the living room\nIs <b>down</b> & out\n🚨 נפילה\nAnswer: https://", content.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("<strong>Fall in the living room</strong><br>Is &lt;b&gt;down&lt;/b&gt; &amp; out<br>🚨 נפילה<br>", content.GetProperty("formatted_body").GetString(), StringComparison.Ordinal);
        Assert.True(content.GetProperty("m.mentions").GetProperty("room").GetBoolean());
    }

    [Fact]
    public async Task Send_Twice_JoinsOnce()
    {
        var provider = Provider("matrix://token@HOST/!room1");

        await DeliverAsync(provider, Messages.Person);
        await DeliverAsync(provider, Messages.Person);

        Assert.Equal(["POST", "PUT", "PUT"], Server.Requests.Select(request => request.Method));
        Assert.False(Server.Requests[1].Json.TryGetProperty("m.mentions", out _));
    }

    [Fact]
    public async Task Send_AfterTheRoomWasLeft_JoinsAgain()
    {
        var provider = Provider("matrix://token@HOST/#family");
        Server.Answer = request => request.Method == "PUT" && Server.Requests.Count == 2
            ? CannedAnswer.Json("""{"errcode":"M_FORBIDDEN","error":"User not in room"}""", 403)
            : Homeserver(request);

        var refused = await provider.SendAsync(Messages.Person, Cancellation);
        await DeliverAsync(provider, Messages.Person);

        Assert.Equal(DeliveryOutcomeKind.Permanent, refused.Kind);
        Assert.Equal(["POST", "PUT", "POST", "PUT"], Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task Send_WithPicture_UploadsItAndSendsItAsImage()
    {
        await DeliverAsync(Provider("matrix://token@HOST/family"), Messages.FallWithPicture);

        var (upload, image) = (Server.Requests[2], Server.Requests[3]);
        Assert.Equal(("POST", $"/_matrix/media/v3/upload?filename={Messages.Picture.FileName}", "image/jpeg"), (upload.Method, upload.Target, upload.Header("Content-Type")));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), upload.Body);
        Assert.EndsWith($"/{Messages.Fall.IdempotencyKey}-picture", image.Target, StringComparison.Ordinal);
        Assert.Equal(("m.image", "mxc://example.org/abc"), (image.Json.GetProperty("msgtype").GetString(), image.Json.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Send_APictureThatIsTooLarge_IsDeliveredWithoutIt()
    {
        Server.Answer = request => request.Target.Contains("upload", StringComparison.Ordinal)
            ? CannedAnswer.Json("""{"errcode":"M_TOO_LARGE","error":"Upload request body is too large"}""", 413)
            : Homeserver(request);

        var outcome = await DeliverAsync(Provider("matrix://token@HOST/#family"), Messages.FallWithPicture);

        Assert.Contains("without the picture", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WithAPassword_LogsInOnceAndAgainWhenTheSessionHasEnded()
    {
        var provider = Provider("matrix://ambianic:secret@HOST/#family");
        await DeliverAsync(provider, Messages.Fall);
        Server.Answer = request => Server.Requests.Count == 4
            ? CannedAnswer.Json("""{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed."}""", 401)
            : Homeserver(request);

        var ended = await provider.SendAsync(Messages.Fall, Cancellation);
        await DeliverAsync(provider, Messages.Fall);

        var login = Server.Requests[0];
        Assert.Equal("/_matrix/client/v3/login", login.Target);
        Assert.Equal("m.login.password", login.Json.GetProperty("type").GetString());
        Assert.Equal(("m.id.user", "ambianic"), (login.Json.GetProperty("identifier").GetProperty("type").GetString(), login.Json.GetProperty("identifier").GetProperty("user").GetString()));
        Assert.Equal("secret", login.Json.GetProperty("password").GetString());
        Assert.Equal("Bearer from-login", Server.Requests[1].Header("Authorization"));
        Assert.Equal(DeliveryOutcomeKind.Passing, ended.Kind);
        Assert.Equal(2, Server.Requests.Count(request => request.Target.EndsWith("login", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(403, "M_FORBIDDEN", DeliveryOutcomeKind.Permanent, "invite")]
    [InlineData(404, "M_NOT_FOUND", DeliveryOutcomeKind.Permanent, "does not find the room")]
    [InlineData(401, "M_UNKNOWN_TOKEN", DeliveryOutcomeKind.Permanent, "token")]
    [InlineData(429, "M_LIMIT_EXCEEDED", DeliveryOutcomeKind.Passing, "too often")]
    [InlineData(500, "M_UNKNOWN", DeliveryOutcomeKind.Passing, "500")]
    public async Task Send_WhatTheServerRefuses_IsJudged(int status, string code, DeliveryOutcomeKind kind, string reason)
    {
        Server.Answer = _ => CannedAnswer.Json($$"""{"errcode":"{{code}}","error":"No.","retry_after_ms":2500}""", status);

        var outcome = await Provider("matrix://syt_hush12345@HOST/#family").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(status == 429 ? TimeSpan.FromSeconds(2.5) : null, outcome.RetryAfter);
    }

    [Theory]
    [InlineData("matrix://bot:hook1@HOST?mode=matrix", "/api/v1/matrix/hook/hook1", "bot")]
    [InlineData("matrix://hook1@HOST?mode=slack", "/api/v1/matrix/hook/hook1", "Ambianic")]
    [InlineData("matrix://hook1@HOST?mode=hookshot", "/webhook/hook1", "Ambianic")]
    [InlineData("matrix://hook1@HOST?mode=hookshot&path=/a/b", "/a/b/hook1", "Ambianic")]
    public async Task Send_ToAWebhook_GivesTextAndName(string address, string target, string name)
    {
        await DeliverAsync(Provider(address), Messages.Person);

        Assert.Equal(target, Server.Request.Target);
        Assert.Equal(name, Server.Request.Json.GetProperty("displayName").GetString());
        Assert.StartsWith("Person at the front door\nA person was seen", Server.Request.Json.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("matrix://example.org/#room", "token")]
    [InlineData("matrix://hush12345@example.org", "room")]
    [InlineData("matrix://hush12345@example.org/@mum:example.org", "person")]
    [InlineData("matrix://hush12345@example.org?mode=other", "mode")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => Provider(address));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private static CannedAnswer Homeserver(RecordedRequest request) => CannedAnswer.Json(
        request.Target.Contains("/login", StringComparison.Ordinal) ? """{"access_token":"from-login","user_id":"@ambianic:example.org"}"""
        : request.Target.Contains("/join/", StringComparison.Ordinal) ? """{"room_id":"!room1:example.org"}"""
        : request.Target.Contains("/upload", StringComparison.Ordinal) ? """{"content_uri":"mxc://example.org/abc"}"""
        : """{"event_id":"$1"}""");

    private IAlertProvider Provider(string address) => MatrixProvider.Create(Address(address), new ProviderParts(Http, Time));
}
