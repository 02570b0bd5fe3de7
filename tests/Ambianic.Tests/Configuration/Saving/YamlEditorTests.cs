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

    /// <summary>Files of any layout, changed again and again: each value is there, and so is every comment.</summary>
    [Fact]
    public void Apply_AnyFileAndAnyChanges_KeepsCommentsAndReadsBack()
    {
        var changed = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var comments = 0;
            var text = Block(random, 0, ref comments);
            var before = text;
            for (var change = 0; change < 5; change++)
            {
                var path = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Key(random)).ToList();
                var value = $"value: {seed} # {change}";
                try
                {
                    text = YamlEditor.Apply(text, new SettingChange(path, value));
                    changed++;
                }
                catch (InvalidDataException)
                {
                    continue; // below a text there is no map
                }

                OutlineNode? found = YamlOutline.Of(text);
                foreach (var (depth, key) in path.Index())
                {
                    found = (found as OutlineMap)?.Find(key, ignoreCase: depth == 0)?.Value;
                }

                Assert.True(found is OutlineScalar scalar && scalar.Text == value, $"seed {seed}, {string.Join('.', path)} in\n{text}");
            }

            Assert.True(Enumerable.Range(0, comments).All(number => text.Contains($"#c{number};", StringComparison.Ordinal) || IsWithinWhatWasReplaced(before, number)), $"seed {seed}:\n{before}\nbecame\n{text}");
        }

        Assert.InRange(changed, 500, 1500);
    }

    /// <summary>A comment between the lines of a map goes when a text takes the place of the map.</summary>
    private static bool IsWithinWhatWasReplaced(string text, int comment)
    {
        var line = text.Split('\n').First(line => line.Contains($"#c{comment};", StringComparison.Ordinal));
        return line.StartsWith("  ", StringComparison.Ordinal) || line.TrimStart().StartsWith('#');
    }

    private static string Key(Random random) => ((string[])["alpha", "beta", "gamma", "delta"])[random.Next(4)];

    private static string Block(Random random, int indent, ref int comments)
    {
        var lines = new System.Text.StringBuilder();
        var keys = (string[])["alpha", "beta", "gamma", "delta"];
        random.Shuffle(keys);
        foreach (var key in keys.Take(random.Next(1, 4)))
        {
            var margin = new string(' ', indent);
            if (random.Next(3) == 0)
            {
                lines.Append(margin).Append($"#c{comments++};\n");
            }

            var kind = random.Next(indent < 6 ? 6 : 5);
            var note = kind != 4 && random.Next(2) == 0 ? $" #c{comments++};" : "";
            switch (kind)
            {
                case 0:
                    lines.Append($"{margin}{key}: plain{note}\n");
                    break;
                case 1:
                    lines.Append($"{margin}{key}: 'it''s: quoted'{note}\n");
                    break;
                case 2:
                    lines.Append($"{margin}{key}:{note}\n");
                    break;
                case 3:
                    lines.Append($"{margin}{key}: {{omega: [1, 2], psi: {{}}}}{note}\n");
                    break;
                case 4:
                    lines.Append($"{margin}{key}: |\n{margin}  text\n{margin}  more\n");
                    break;
                default:
                    lines.Append($"{margin}{key}:{note}\n{Block(random, indent + 2, ref comments)}");
                    break;
            }
        }

        return lines.ToString();
    }
}
