using Ambianic.Configuration.Saving;

namespace Ambianic.Tests.Configuration.Saving;

/// <summary>A setting changes, and nothing else of the text.</summary>
public sealed class YamlEditorTests
{
    [Theory]
    [InlineData("", "a", "a: new\n")]
    [InlineData("# mine\n", "a", "# mine\na: new\n")]
    [InlineData("# mine", "a", "# mine\na: new\n")]
    [InlineData("---\n", "a", "---\na: new\n")]
    [InlineData("a: old\n", "a", "a: new\n")]
    [InlineData("a: old", "a", "a: new")]
    [InlineData("A: old # why\nb: 1\n", "a", "A: new # why\nb: 1\n")]
    [InlineData("a: 'old' # why\n", "a", "a: new # why\n")]
    [InlineData("a:  # why\n", "a", "a: new  # why\n")]
    [InlineData("a:\nb: 1\n", "a", "a: new\nb: 1\n")]
    [InlineData("b: 1 # one\n", "a", "b: 1 # one\na: new\n")]
    [InlineData("b: 1\n...\n", "a", "b: 1\na: new\n...\n")]
    [InlineData("b: 1\r\nc: 2\r\n", "a", "b: 1\r\nc: 2\r\na: new\r\n")]
    [InlineData("a: |\n  old\n  text\nb: 1\n", "a", "a: new\nb: 1\n")]
    [InlineData("b: |\n  text\n", "a", "b: |\n  text\na: new\n")]
    [InlineData("a:\n  - one # first\n  - two # second\nb: 1\n", "a", "a: new # second\nb: 1\n")]
    [InlineData("a:\n- one\n- two\nb: 1\n", "a", "a: new\nb: 1\n")]
    [InlineData("a: # list\n- one\nb: 1\n", "a", "a: # list\n  new\nb: 1\n")]
    [InlineData("a: &x old\n", "a", "a: new\n")]
    [InlineData("\"a\": old\n", "a", "\"a\": new\n")]
    [InlineData("{a: old, b: 1}\n", "a", "{a: new, b: 1}\n")]
    [InlineData("{b: 1 }\n", "a", "{b: 1, a: new }\n")]
    [InlineData("{}\n", "a", "{a: new}\n")]
    [InlineData("a:\n  b: old # why\n  c: 1\n", "a.b", "a:\n  b: new # why\n  c: 1\n")]
    [InlineData("a:\n    c: 1\n    # end\nd: 2\n", "a.b", "a:\n    c: 1\n    b: new\n    # end\nd: 2\n")]
    [InlineData("a:  # empty\nd: 2\n", "a.b", "a:  # empty\n  b: new\nd: 2\n")]
    [InlineData("a: {c: {}}\n", "a.b", "a: {c: {}, b: new}\n")]
    [InlineData("a: {c: {}}\n", "a.c.b", "a: {c: {b: new}}\n")]
    [InlineData("a: {}\n", "a.b.c", "a: {b: {c: new}}\n")]
    [InlineData("d: 2\n", "a.b.c", "d: 2\na:\n  b:\n    c: new\n")]
    [InlineData("a: {c: 1,\n  d: 2}\n", "a.b", "a: {c: 1,\n  d: 2, b: new}\n")]
    [InlineData("ä: 'é€😀'\na: old\n", "a", "ä: 'é€😀'\na: new\n")]
    public void Apply_Value_ChangesThatAlone(string text, string path, string expected) =>
        Assert.Equal(expected, YamlEditor.Apply(text, new SettingChange(path.Split('.'), "new")));

    [Theory]
    [InlineData("a: 1\nb: 2\n", "a", "b: 2\n")]
    [InlineData("a: 1\n", "a", "")]
    [InlineData("s:\n  a:\n    x: 1 # one\n    y: 2\n  b: 1\n", "s.a", "s:\n  b: 1\n")]
    [InlineData("s:\n  # the only one\n  a:\n    x: 1\nt: 1\n", "s.a", "s:\n  # the only one\nt: 1\n")]
    [InlineData("s: {a: 1, b: 2}\n", "s.a", "s: {b: 2}\n")]
    [InlineData("s: {a: 1, b: 2}\n", "s.b", "s: {a: 1}\n")]
    [InlineData("s: {a: 1}\n", "s.a", "s: {}\n")]
    [InlineData("s: 1\n", "t.a", "s: 1\n")]
    [InlineData("s:\n  b: 1\n", "s.a", "s:\n  b: 1\n")]
    [InlineData("", "a", "")]
    public void Apply_Nothing_RemovesTheSetting(string text, string path, string expected) =>
        Assert.Equal(expected, YamlEditor.Apply(text, new SettingChange(path.Split('.'), null)));

    [Theory]
    [InlineData("a: &x {c: 1}\nb: *x\n", "b.d")]
    [InlineData("a: text\n", "a.b")]
    [InlineData("- a\n", "a")]
    [InlineData("a: [1\n", "a")]
    [InlineData("a: 1\n---\nb: 1\n", "a")]
    public void Apply_TextThatDoesNotAllowIt_IsRefusedAndSaysSo(string text, string path) =>
        Assert.NotEmpty(Assert.Throws<InvalidDataException>(() => YamlEditor.Apply(text, new SettingChange(path.Split('.'), "new"))).Message);

    [Theory]
    [InlineData("plain-word_1")]
    [InlineData("two words")]
    [InlineData("Großmutters Küche 👵")]
    [InlineData("yes")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("007")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData(" blanks ")]
    [InlineData("a: b # c")]
    [InlineData("\"quoted\" \\ 'too'")]
    [InlineData("line\nbreak\ttab\rreturn\u0085\u2028\u00a0")]
    [InlineData("{this.is}")]
    [InlineData("*alias &anchor !tag")]
    [InlineData("- item")]
    [InlineData("<<")]
    public void Apply_AnyText_IsReadBackAsItWasGiven(string value)
    {
        var text = YamlEditor.Apply("b: 1\n", new SettingChange(["s", value.Length == 0 ? "empty" : value], value));

        var root = Assert.IsType<OutlineMap>(YamlOutline.Of(text));
        var section = Assert.IsType<OutlineMap>(root.Find("s", ignoreCase: false)!.Value);
        var entry = Assert.Single(section.Entries);
        var read = Assert.IsType<OutlineScalar>(entry.Value);
        Assert.Equal(value, read.Text);
        Assert.False(read.IsNull);
        Assert.Equal(value.Length == 0 ? "empty" : value, Assert.IsType<OutlineScalar>(entry.Key).Text);
    }

    [Fact]
    public void Apply_ManyChanges_KeepEveryComment()
    {
        const string Text = """
            # heading

            display_name: Home   # ours
            sources: # cameras
              door: # the front door
                uri: rtsp://camera/1 # main stream
              # the last one

            # end
            """;
        SettingChange[] changes =
        [
            new(["display_name"], "Elsewhere: here"),
            new(["sources", "door", "live"], true),
            new(["sources", "gate", "uri"], "rtsp://camera/2"),
            new(["sources", "gate", "fps"], 2.5),
            new(["notifications", "default", "providers"], (IReadOnlyList<string>)["a://b", "c"]),
        ];

        var text = changes.Aggregate(Text, YamlEditor.Apply);

        Assert.Equal(
            """
            # heading

            display_name: "Elsewhere: here"   # ours
            sources: # cameras
              door: # the front door
                uri: rtsp://camera/1 # main stream
                live: true
              gate:
                uri: "rtsp://camera/2"
                fps: 2.5
              # the last one

            # end
            notifications:
              default:
                providers: ["a://b", c]

            """,
            text);
    }
}
