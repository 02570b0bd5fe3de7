namespace Ambianic.Tests;

/// <summary>A table of a document that is written by a test, between a line that begins it and <c>&lt;!-- end --&gt;</c>.</summary>
internal static class DocumentTable
{
    private const string End = "<!-- end -->";

    /// <summary>Asserts that the table is as it should be; writes it when <c>AMBIANIC_TEST_WRITE</c> is 1.</summary>
    /// <param name="document">Full path.</param>
    /// <param name="begin">The line before the table.</param>
    /// <param name="table">Its lines.</param>
    public static void AssertIs(string document, string begin, IEnumerable<string> table)
    {
        List<string> expected = [.. table];
        List<string> lines = [.. File.ReadAllLines(document)];
        var first = lines.IndexOf(begin) + 1;
        Assert.True(first > 0, $"{document} has no line {begin}");
        var length = lines.IndexOf(End, first) - first;
        if (Environment.GetEnvironmentVariable("AMBIANIC_TEST_WRITE") is "1")
        {
            lines.RemoveRange(first, length);
            lines.InsertRange(first, expected);
            File.WriteAllLines(document, lines);
            return;
        }

        Assert.True(
            expected.SequenceEqual(lines.GetRange(first, length)),
            $"{document}, {begin}: run this test with AMBIANIC_TEST_WRITE=1 to write the table:\n{string.Join('\n', expected)}");
    }
}
