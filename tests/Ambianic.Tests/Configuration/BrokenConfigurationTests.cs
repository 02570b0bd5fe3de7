using Ambianic.Configuration;
using Ambianic.Core.Configuration;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

/// <summary>Each fixture says itself which problems it has: <c># expect: LINE:COLUMN PATH TEXT</c>, PATH being - for none.</summary>
public sealed class BrokenConfigurationTests
{
    private const string Marker = "# expect: ";
    private static readonly string Folder = ProjectFiles.Locate("tests/Ambianic.Tests/Configuration/fixtures/broken");

    public static TheoryData<string> Fixtures => [.. Directory
        .EnumerateFileSystemEntries(Folder)
        .Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Load_BrokenConfiguration_ReportsExactlyWhatIsWrongAndWhere(string fixture)
    {
        var path = Path.Combine(Folder, fixture);
        var main = Directory.Exists(path) ? Path.Combine(path, "config.yaml") : path;
        var files = ConfigurationFiles.Locate(main, Folder, _ => null);

        var result = new ConfigurationLoader(TestElements.Registry(), ModelCatalog.Known).Load(files);

        var expected = files.Files.Where(file => File.Exists(file.FullPath)).SelectMany(Expected).Order(StringComparer.Ordinal);
        var actual = result.Problems.Order(Comparer<ConfigurationProblem>.Create((a, b) => string.CompareOrdinal(Key(a), Key(b)))).ToList();
        Assert.True(result.HasErrors);
        Assert.Equal(
            string.Join('\n', expected.Select(line => line[..line.LastIndexOf('|')])),
            string.Join('\n', actual.Select(Key)));
        Assert.All(expected.Zip(actual), pair => Assert.Contains(pair.First[(pair.First.LastIndexOf('|') + 1)..], pair.Second.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", result.Report(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Effective.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fixtures_AreMany() => Assert.True(Fixtures.Count >= 30);

    private static IEnumerable<string> Expected(ConfigurationFile file)
    {
        foreach (var line in File.ReadLines(file.FullPath).Where(line => line.StartsWith(Marker, StringComparison.Ordinal)))
        {
            var parts = line[Marker.Length..].Split(' ', 3);
            yield return $"{Path.GetFileName(file.FullPath)}|{parts[0]}|{(parts[1] == "-" ? "" : parts[1])}|{parts[2]}";
        }
    }

    private static string Key(ConfigurationProblem problem) =>
        $"{Path.GetFileName(problem.File)}|{problem.Line}:{problem.Column}|{problem.Path}";
}
