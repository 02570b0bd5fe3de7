using Ambianic.Configuration;
using Ambianic.Configuration.Saving;

namespace Ambianic.Tests.Configuration.Saving;

public sealed class ShownTextTests
{
    private const string Text = """
        x-pass: &pass 'dooor5ecret' # shared
        sources:
          # back: {uri: "rtsp://me:commentsecret@10.0.0.1/s"}
          door:
            uri: rtsp://me:d,oor[secret@10.0.0.2/s   # in use
          gate: {uri: 'rtsp://me:gatesecret@10.0.0.3/s', live: true}
        mqtt:
          broker:
            password: |
              two lines
              of a secret
        #   password: commented5ecret
        notifications:
          default:
            providers: [mailto://me:firstsecret@x.example, "mailto://me:secondsecret@y.example"]
        other: {password: *pass}
        """;

    private readonly ShownText _shown = new(["sources", "mqtt", "notifications"], isSecretFile: false);

    [Fact]
    public void Mask_Secrets_AreNotInIt()
    {
        var shown = _shown.Mask(Text)!;

        Assert.All(
            ["dooor5ecret", "commentsecret", "oor[secret", "gatesecret", "of a secret", "commented5ecret", "firstsecret", "secondsecret"],
            secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.Contains("x-pass: &pass \"***\" # shared\n", shown, StringComparison.Ordinal);
        Assert.Contains("providers: [\"mailto://***\", \"mailto://***\"]", shown, StringComparison.Ordinal);
        Assert.Contains("@10.0.0.2/s\"   # in use", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_TextAsItWasShown_MeansTheSame()
    {
        var (restored, problems) = Restore(_shown.Mask(Text)!);

        Assert.Empty(problems);
        Assert.Equal(YamlOutline.Of(Text)!.Meaning.Replace("\\n\"", "\"", StringComparison.Ordinal), YamlOutline.Of(restored)!.Meaning.Replace("\\n\"", "\"", StringComparison.Ordinal));
        Assert.Contains("# back: {uri: \"rtsp://me:commentsecret@10.0.0.1/s\"}", restored, StringComparison.Ordinal);
        Assert.Contains("uri: rtsp://me:d,oor[secret@10.0.0.2/s   # in use", restored, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_ItemOfAListIsRemoved_AsksWhichSecretIsMeant()
    {
        var (_, problems) = Restore(_shown.Mask(Text)!.Replace("[\"mailto://***\", \"mailto://***\"]", "[\"mailto://***\"]", StringComparison.Ordinal));

        Assert.Contains("write the secret itself", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_ValueMovedIntoFlow_IsPutInQuotes()
    {
        var shown = _shown.Mask(Text)!.Replace("door:\n    uri: \"rtsp://***@10.0.0.2/s\"   # in use", "door: {uri: \"rtsp://***@10.0.0.2/s\"}", StringComparison.Ordinal);

        var (restored, problems) = Restore(shown);

        Assert.Empty(problems);
        Assert.Contains("door: {uri: \"rtsp://me:d,oor[secret@10.0.0.2/s\"}", restored, StringComparison.Ordinal);
    }

    [Fact]
    public void Mask_FileOfSecrets_ShowsNoValue() =>
        Assert.Equal("door: \"***\"\nsources: {a: 1}\n", new ShownText(["sources"], isSecretFile: true).Mask("door: Heron4Tern82\nsources: {a: 1}\n"));

    [Theory]
    [InlineData("a: [")]
    [InlineData("a: 1\n---\nb: 2\n")]
    public void Mask_NoYaml_IsNotShown(string text) => Assert.Null(_shown.Mask(text));

    private (string Text, IReadOnlyList<string> Problems) Restore(string shown)
    {
        var problems = new ProblemList();
        var text = _shown.Restore(shown, Text, "config.local.yaml", problems);
        return (text, [.. problems.Problems.Select(problem => problem.Message)]);
    }
}
