using Ambianic.Core.Configuration;
using CsCheck;

namespace Ambianic.Tests.Core.Configuration;

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
    [InlineData("http://cam/videostream.cgi?loginuse=admin&loginpas=Blue7Bird", "http://cam/videostream.cgi?loginuse=***&loginpas=***")]
    [InlineData("http://cam/snap?u=me&p=Blue7Bird&width=640", "http://cam/snap?u=***&p=***&width=640")]
    [InlineData("rtsp://cam/live?channel=1&subtype=0", "rtsp://cam/live?channel=1&subtype=0")]
    [InlineData("rtsp://cam/live?channel=Blue7Bird-that-is-no-number", "rtsp://cam/live?channel=***")]
    [InlineData("rtsp://cam/live?Blue7Bird", "rtsp://cam/live?***")]
    [InlineData("did you mean rtsp://cam/live?)", "did you mean rtsp://cam/live?)")]
    [InlineData("rtsp://cam/live#Blue7Bird", "rtsp://cam/live#***")]
    [InlineData("GET /snap.cgi?usr=me&pwd=Blue7Bird failed", "GET /snap.cgi?usr=***&pwd=*** failed")]
    [InlineData("rtsps://nvr:7441/aB3dEfGhIjKl9nOp?enableSrtp", "rtsps://nvr:7441/***?enableSrtp")]
    [InlineData("rtsp://nvr:7447/s0_aBcDeFgHiJkLmNop", "rtsp://nvr:7447/***")]
    [InlineData("rtmp://host/live/live_123456789_aB3dEfGhIjKl9nOp", "rtmp://host/live/***")]
    [InlineData("rtmp://host/live2/abcd-efgh-1234-5678-ijkl", "rtmp://host/live2/***")]
    [InlineData("https://home/a/m9-Xk_2v8Qw-4rTy_7uIo-1pAs_3dFg-5hJk_6lZx-0cVb_8nMq-2wEr_4tYu", "https://home/a/***")]
    [InlineData("https://push.example.org/send/dQ3-x_1:APA91bE-9f_2kLm-7nOp_4qRs-6tUv_8wXy", "https://push.example.org/send/***")]
    [InlineData("http://cam/x.mjpg;jsessionid=Blue7Bird", "http://cam/x.mjpg;jsessionid=***")]
    [InlineData("http://nvr:1984/api/stream.mjpeg?src=front_door", "http://nvr:1984/api/stream.mjpeg?src=front_door")]
    [InlineData("rtsp://cam/Streaming/Channels/101?transportmode=unicast", "rtsp://cam/Streaming/Channels/101?transportmode=unicast")]
    [InlineData("rtsp://cam/h264Preview_01_main", "rtsp://cam/h264Preview_01_main")]
    [InlineData("rtsp://cam/Streaming/Channels/101", "rtsp://cam/Streaming/Channels/101")]
    [InlineData("rtsp://cam:554/user=admin_password=Blue7Bird_channel=1_stream=0.sdp", "rtsp://cam:554/user=***")]
    [InlineData("rtsp: // admin:Blue7Bird@cam: 554 / x", "rtsp: // ***@cam: 554 / x")]
    [InlineData("rtsp//admin:Blue7Bird@cam/x", "rtsp//***@cam/x")]
    [InlineData("there is no file /home/me/admin:Blue7Bird@cam/x", "there is no file /home/me/***@cam/x")]
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
    [InlineData("said: Tr0ub4dor, and nothing else", "said: ***, and nothing else")]
    [InlineData("xTr0ub4dory", "x***y")]
    [InlineData("cam%2fP%40ss%2FW0rdy", "cam%2f***y")]
    [InlineData("cam P@ss/W0rd", "cam ***")]
    [InlineData("the pin is Kiwi7.", "the pin is ***.")]
    [InlineData("Kiwi78 and aKiwi7 are other words", "Kiwi78 and aKiwi7 are other words")]
    [InlineData("12345 pictures", "12345 pictures")]
    public void Mask_WhatIsKnownToBeSecret_IsMaskedInAnyForm(string text, string expected)
    {
        foreach (var secret in (string[])["Tr0ub4dor", "P%40ss%2FW0rd", "Kiwi7", "12345", "abc"])
        {
            Credentials.Remember(secret);
        }

        Assert.Equal(expected, Credentials.Mask(text));
    }

    [Theory]
    [InlineData("rtsp://me:Magpie-71@cam/1", "Magpie-71")]
    [InlineData("me:Magpie-72@cam/1", "Magpie-72")]
    [InlineData("rtsp://Magpie-78@cam/1", "Magpie-78")]
    [InlineData("Magpie-79@cam/1", "Magpie-79")]
    [InlineData("http://cam/snap.cgi?u=me&p=magpie80", "magpie80")]
    [InlineData("http://cam/snap.cgi?xyz=Magpie-73&channel=1", "Magpie-73")]
    [InlineData("rtsp://cam/user=me_password=Magpie-74_channel=1.sdp", "Magpie-74")]
    [InlineData("tgram://Magpie-75/77?event=event", "Magpie-75")]
    [InlineData("mailto://me:Magpie-76@example.org", "Magpie-76")]
    public void Remember_Address_ItsSecretIsMaskedAndItsHostIsNot(string address, string secret)
    {
        Credentials.Remember(address);

        Assert.Equal("*** of cam at example.org", Credentials.Mask($"{secret} of cam at example.org"));
    }

    [Theory]
    [InlineData("http://nvr/api?name=pantry", "pantry")]
    [InlineData("http://nvr/api?of=pantry_2024", "pantry_2024")]
    [InlineData("http://nvr/api?file=pantry-2024.mp4", "pantry-2024.mp4")]
    [InlineData("http://nvr/api?user=gatekeeper&pwd=Magpie-81", "gatekeeper")]
    [InlineData("rtsp://gatekeeper@nvr/api", "gatekeeper")]
    public void Remember_WordInAnAddress_IsMaskedOnlyInAddresses(string address, string word)
    {
        Credentials.Remember(address);

        Assert.Equal($"pipeline {word} is blind", Credentials.Mask($"pipeline {word} is blind"));
        Assert.DoesNotContain($"={word}", Credentials.Mask(address), StringComparison.Ordinal);
    }

    [Fact]
    public void KeepNames_NameThatIsAPasswordToo_StaysReadableAndIsMaskedInItsAddress()
    {
        Credentials.Remember("rtsp://me:larder-door@nvr/1");
        Credentials.KeepNames(["larder-door"]);

        Assert.Equal("larder-door: rtsp://***@nvr/1", Credentials.Mask("larder-door: rtsp://me:larder-door@nvr/1"));
    }

    [Theory]
    [InlineData("password", true)]
    [InlineData("pasword", true)]
    [InlineData("cam_pw", true)]
    [InlineData("provders", true)]
    [InlineData("confidence_threshold", false)]
    [InlineData("broken", false)]
    [InlineData("mqtt_password", true)]
    [InlineData("api_key", true)]
    [InlineData("ifttt_webhook_id", true)]
    [InlineData("providers", true)]
    [InlineData("keyboard", false)]
    [InlineData("uri", false)]
    public void IsSecretKey_Key_TellsSecretsFromOthers(string key, bool expected) =>
        Assert.Equal(expected, Credentials.IsSecretKey(key));
}
