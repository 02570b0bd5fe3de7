using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ambianic.Media.Sources.Http;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed partial class HttpAuthorizationTests
{
    [SuppressMessage("Security", "CA5351", Justification = "The standard's own.")]
    [Theory]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\", qop=\"auth,auth-int\", opaque=\"xyz\", algorithm=MD5")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\", qop=\"auth-int\"")]
    [InlineData("digest realm='cam',nonce=abc,qop=auth,algorithm=\"MD5\"")]
    [InlineData("Digest realm=\"cam\" nonce=\"abc\" qop=\"auth\" stale=FALSE")]
    [InlineData("Basic realm=\"cam\", Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\"")]
    [InlineData("Digest algorithm=SHA-256, realm=\"cam\", nonce=\"abc\", qop=\"auth\"")]
    public void Answer_Digest_IsWhatTheStandardAsksFor(string challenge)
    {
        var authorization = HttpAuthorization.Of(new Uri("http://jo%22e:p%3Ass@camera/"));

        Assert.True(authorization.TakeUp(Refusal(challenge), isSecond: false));
        authorization.Answer("/one");
        var answer = authorization.Answer("/still.jpg?a=1")!;

        var isSha = challenge.Contains("SHA-256", StringComparison.Ordinal);
        string Hash(string text) => Convert.ToHexStringLower(
            isSha ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : MD5.HashData(Encoding.UTF8.GetBytes(text)));
        var quality = challenge.Contains("\"auth-int\"", StringComparison.Ordinal) ? "auth-int" : "auth";
        var (secret, request) = (Hash("jo\"e:cam:p:ss"), Hash("GET:/still.jpg?a=1" + (quality == "auth" ? "" : ":" + Hash(""))));
        var own = OwnRegex().Match(answer).Groups[1].Value;
        var expected = own.Length > 0 ? Hash($"{secret}:abc:00000002:{own}:{quality}:{request}") : Hash($"{secret}:abc:{request}");
        Assert.Equal(challenge.Contains("qop", StringComparison.Ordinal), own.Length > 0);
        Assert.Contains($"response=\"{expected}\"", answer, StringComparison.Ordinal);
        Assert.Contains("username=\"jo\\\"e\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic realm=\"cam\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"abc\", algorithm=UNKNOWN")]
    [InlineData("")]
    public void Answer_BasicOrNothingThatIsUnderstood_IsBasic(string challenge)
    {
        var authorization = HttpAuthorization.Of(new Uri("http://joe:p%3Aass@camera/"));

        Assert.Null(authorization.Answer("/"));
        Assert.True(authorization.TakeUp(Refusal(challenge), isSecond: false));
        Assert.Equal("Basic am9lOnA6YXNz", authorization.Answer("/"));
    }

    [Fact]
    public void TakeUp_RefusedOnceMore_AsksAgainOnlyWhenTheNonceWasTooOld()
    {
        var authorization = HttpAuthorization.Of(new Uri("http://joe:pass@camera/"));

        Assert.False(authorization.TakeUp(Refusal("Digest realm=\"cam\", nonce=\"b\""), isSecond: true));
        Assert.True(authorization.TakeUp(Refusal("Digest realm=\"cam\", nonce=\"c\", stale=true"), isSecond: true));
    }

    [Fact]
    public void TakeUp_NobodyIsNamed_DoesNotAskAgain() =>
        Assert.False(HttpAuthorization.Of(new Uri("http://camera/")).TakeUp(Refusal("Basic realm=\"cam\""), isSecond: false));

    private static HttpHead Refusal(string challenge) => new(401, "", challenge.Length == 0 ? [] : [new("WWW-Authenticate", challenge)]);

    [GeneratedRegex("cnonce=\"([0-9a-f]+)\"")]
    private static partial Regex OwnRegex();
}
