using Ambianic.Configuration.Saving;

namespace Ambianic.Tests.Configuration.Saving;

public sealed class UnifiedDiffTests
{
    [Theory]
    [InlineData("a\nb\n", "a\nb\n", "")]
    [InlineData("", "a\n", "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n")]
    [InlineData("a\n", "", "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n")]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n")]
    [InlineData("a", "a\n", "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")]
    [InlineData(
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
        "1\nx\n3\n4\n5\n6\n7\n8\n9\n10\n12\n",
        "--- old\n+++ new\n@@ -1,5 +1,5 @@\n 1\n-2\n+x\n 3\n 4\n 5\n@@ -8,5 +8,4 @@\n 8\n 9\n 10\n-11\n 12\n")]
    public void Of_TwoTexts_IsWhatDiffWrites(string before, string after, string expected) =>
        Assert.Equal(expected, UnifiedDiff.Of(before, after, "old", "new"));

    [Fact]
    public void Of_RandomTexts_LeadsFromTheOneToTheOther()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var (before, after) = (Text(random), Text(random));

            var diff = UnifiedDiff.Of(before, after, "old", "new");

            Assert.Equal(after, Patch(before, diff));
        }
    }

    [Fact]
    public void Of_LongTextsWithoutAnythingInCommon_LeadsFromTheOneToTheOther()
    {
        var before = string.Concat(Enumerable.Range(0, 3000).Select(number => $"a{number}\n"));
        var after = string.Concat(Enumerable.Range(0, 3000).Select(number => $"b{number}\n"));

        Assert.Equal(after, Patch(before, UnifiedDiff.Of(before, after, "old", "new")));
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(0, 30)).Select(_ => $"{random.Next(0, 5)}\n"));

    /// <summary>What patch(1) does.</summary>
    private static string Patch(string before, string diff)
    {
        var (lines, result, at) = (before.Split('\n')[..^1], new List<string>(), 0);
        foreach (var line in diff.Split('\n').Skip(2).Where(line => line.Length > 0))
        {
            if (line[0] == '@')
            {
                var old = line.Split(' ')[1][1..].Split(',');
                var start = int.Parse(old[0], System.Globalization.CultureInfo.InvariantCulture) - (old is [_, "0"] ? 0 : 1);
                result.AddRange(lines[at..start]);
                at = start;
            }
            else if (line[0] == '+')
            {
                result.Add(line[1..]);
            }
            else
            {
                Assert.Equal(lines[at], line[1..]);
                at++;
                result.AddRange(line[0] == ' ' ? [line[1..]] : []);
            }
        }

        return string.Concat(result.Concat(lines[at..]).Select(line => line + "\n"));
    }
}
