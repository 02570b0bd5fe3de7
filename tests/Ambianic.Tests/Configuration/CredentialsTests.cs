using CsCheck;

namespace Ambianic.Configuration;

public sealed class CredentialsTests
{
    private const string Printable = "abcXYZ0189-._~!$'()*,;:=+%/?#[]{}|\\^`\"<>@&";

    [Theory]
    [InlineData("rtsp://admin:s3cret@10.0.0.7:554/stream", "rtsp://***@10.0.0.7:554/stream")]
    [InlineData("RTSP://admin:p@ss/w?o#rd@cam/1", "RTSP://***@cam/1")]
    [InlineData("rtsp://admin:my s3cret@cam/1", "rtsp://***@cam/1")]
    [InlineData("rtsp://[fe80::1]:554/1 and me@home", "rtsp://[fe80::1]:554/1 and me@home")]
    [InlineData("rtsp://cam:554/1: refused [rtsp @ 0x1]", "rtsp://cam:554/1: refused [rtsp @ 0x1]")]
    [InlineData("rtsp://10.0.0.7/stream", "rtsp://10.0.0.7/stream")]
    [InlineData("http://cam/x.jpg?user=me&password=a&b&width=3", "http://cam/x.jpg?user=***&password=***&width=3")]
    [InlineData("rtsp://cam:554/user=admin&password=tlJw&channel=1.sdp", "rtsp://cam:554/user=***&password=***&channel=1.sdp")]
    [InlineData("https://host/a?access_token=1&X-Amz-Signature=2&page=4", "https://host/a?access_token=***&X-Amz-Signature=***&page=4")]
    [InlineData("tgram://123:bot/456", "tgram://***")]
    [InlineData("pover://user@token", "pover://***")]
    [InlineData("@format ifttt://{this.ifttt_webhook_id}@event", "@format ifttt://***")]
    [InlineData("file:///data/cam@home/a.mp4", "file:///data/cam@home/a.mp4")]
    [InlineData("admin:s3cret@10.0.0.7/stream", "***@10.0.0.7/stream")]
    [InlineData("[rtsp @ 0x55d0] method DESCRIBE failed: 401", "[rtsp @ 0x55d0] method DESCRIBE failed: 401")]
    [InlineData("", "")]
    public void Mask_Text_LeavesWhatIsNotSecret(string text, string expected) =>
        Assert.Equal(expected, Credentials.Mask(text));

    [Fact]
    public void Mask_SeveralUrlsInALine_MasksEach() => Assert.Equal(
        "opening 'rtsp://***@a/1': refused; trying http://***@b/2",
        Credentials.Mask("opening 'rtsp://u:p@a/1': refused; trying http://u:p@b/2"));

    [Fact]
    public void Mask_AnyUserAndPassword_NeitherSurvives()
    {
        var word = Gen.Char[Printable].Array[3, 20].Select(characters => $"q{new string(characters)}q");
        var scheme = Gen.OneOf("rtsp", "http", "https", "rtmp", "RTSP", "mailto", "json", "weird+x");
        var before = Gen.OneOf("", "error in '", "a b ", "Input #0, rtsp, from ");
        Gen.Select(word, word, scheme, before).Sample((user, password, urlScheme, prefix) =>
        {
            var masked = Credentials.Mask($"{prefix}{urlScheme}://{user}:{password}@camera.lan:554/live/1: 401 Unauthorized");
            return !masked.Contains(user, StringComparison.Ordinal)
                && !masked.Contains(password, StringComparison.Ordinal)
                && masked.EndsWith("401 Unauthorized", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Mask_AnySecretParameter_DoesNotSurvive()
    {
        var secret = Gen.Char[Printable].Array[3, 20].Select(characters => $"q{new string(characters).Replace("&", "", StringComparison.Ordinal)}q");
        var name = Gen.OneOf("token", "password", "api_key", "key", "secret", "auth", "pwd", "sig", "accessToken");
        Gen.Select(secret, name).Sample((value, parameter) =>
        {
            var masked = Credentials.Mask($"http://camera.lan/snap.jpg?{parameter}={value}&size=3");
            return !masked.Contains(value, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Mask_TextWithoutEnd_TakesNoLongerThanItIsLong()
    {
        var text = string.Concat(Enumerable.Repeat("token-a.b:", 50_000));
        Assert.Equal(text, Credentials.Mask(text));
    }

    [Theory]
    [InlineData("password", true)]
    [InlineData("mqtt_password", true)]
    [InlineData("api_key", true)]
    [InlineData("ifttt_webhook_id", true)]
    [InlineData("providers", true)]
    [InlineData("keyboard", false)]
    [InlineData("uri", false)]
    public void IsSecretKey_Key_TellsSecretsFromOthers(string key, bool expected) =>
        Assert.Equal(expected, Credentials.IsSecretKey(key));
}
