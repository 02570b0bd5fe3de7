using System.Text.RegularExpressions;
using Ambianic.Server.Tests.Architecture;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Links_InEveryDocument_LeadToFilesThatExist()
    {
        var broken =
            from document in Documents()
            from Match link in Link().Matches(File.ReadAllText(document))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            let path = Path.Combine(Path.GetDirectoryName(document)!, target)
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{document}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Paths_InEveryDocument_Exist()
    {
        var named = Documents().SelectMany(document => RepositoryPath().Matches(File.ReadAllText(document)).Select(name => (document, name))).ToList();
        var missing =
            from item in named
            let document = item.document
            let name = item.name
            let path = ProjectFiles.Locate(name.Groups[1].Value)
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{document}: {name.Groups[1].Value}";

        Assert.NotEmpty(named);
        Assert.Empty(missing);
    }

    [Fact]
    public void Names_InCodeOfEveryDocument_AreInTheSource() =>
        Assert.Empty(Documents().SelectMany(document => DocumentedNames.Missing(document).Select(name => $"{document}: {name}")));

    [Fact]
    public void Commands_InEveryDocument_Exist()
    {
        var commands = Cli.Commands.Create().Subcommands.Select(command => command.Name).ToHashSet(StringComparer.Ordinal);
        var called =
            from document in Documents()
            from Match call in CommandCall().Matches(File.ReadAllText(document))
            select (document, Command: call.Groups[1].Value);

        Assert.NotEmpty(called);
        Assert.DoesNotContain(called, call => !commands.Contains(call.Command));
    }

    [Fact]
    public void Types_NamedInArchitecture_Exist()
    {
        var text = File.ReadAllText(ProjectFiles.Locate("ARCHITECTURE.md"));
        var ours = ArchitectureTests.Projects
            .SelectMany(project => ArchitectureTests.Load(project.Data).GetTypes())
            .SelectMany(type => type.GetMembers().Select(member => member.Name).Append(type.Name.Split('`')[0]))
            .ToHashSet(StringComparer.Ordinal);
        var table = text[text.IndexOf("## From the reference", StringComparison.Ordinal)..];
        var named = table.Split('\n')
            .Where(line => line.StartsWith('|'))
            .SelectMany(line => CodeWord().Matches(line.Split('|')[2]).Select(match => match.Groups[1].Value));

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, ours));
    }

    [Fact]
    public void Commands_ThatTheProgramHas_AreThoseOfTheReference()
    {
        var page = File.ReadAllText(ProjectFiles.Locate("docs/reference/commands.md"));
        var table = page[..page.IndexOf("## run", StringComparison.Ordinal)].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));
        var documented = table.SelectMany(line => CommandName().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value.Trim()));
        var existing = Cli.Commands.Create().Subcommands.SelectMany(command => command.Subcommands.Count == 0
            ? [command.Name]
            : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => $"{command.Name} {sub.Name}"));

        Assert.Equal(existing.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(ProjectFiles.Locate("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(ProjectFiles.Locate("."), "*.md"));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests|bench|docs|samples|scripts)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex RepositoryPath();

    /// <summary>In code font, or at the beginning of a line of a block of code.</summary>
    [GeneratedRegex(@"(?:`|^\s*|\$ )(?:\./|/path/to/|/opt/ambianic/)?ambianic ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex CommandCall();

    [GeneratedRegex(@"`([a-z]+(?: [a-z]+)?)[^`]*`")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)`")]
    private static partial Regex CodeWord();
}
