using System.Text.RegularExpressions;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Access;

/// <summary>Each answer that docs/design/security.md gives is held by a test.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Threats_EachAnswer_NamesATestThatExists()
    {
        var text = File.ReadAllText(ProjectFiles.Locate("docs/design/security.md"));
        var table = text[text.IndexOf("<!-- threats -->", StringComparison.Ordinal)..text.IndexOf("<!-- end -->", StringComparison.Ordinal)];
        var rows = table.Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToList();
        var tests = Directory.EnumerateFiles(ProjectFiles.Locate("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file))).Select(method => method.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var named = TestName().Matches(row.Split('|')[3]).Select(name => name.Groups[1].Value).ToList();
            Assert.True(named.Count > 0 && named.All(tests.Contains), $"names no test that exists: {row}");
        });
    }

    /// <summary>A method after <c>[Fact]</c>, or after <c>[Theory]</c> and its data.</summary>
    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async Task|Task|void) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex TestName();
}
