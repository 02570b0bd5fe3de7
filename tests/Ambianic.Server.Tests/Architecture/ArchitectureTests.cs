using System.Reflection;
using System.Xml.Linq;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Architecture;

/// <summary>The shape that ARCHITECTURE.md draws.</summary>
public sealed class ArchitectureTests
{
    /// <summary>What each project may reference of ours.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Core"] = [],
        ["OnnxImport"] = [],
        ["Configuration"] = ["Core"],
        ["Media"] = ["Core"],
        ["Messaging"] = ["Core"],
        ["Storage"] = ["Core"],
        ["Inference"] = ["Core", "Media", "OnnxImport"],
        ["Evaluation"] = ["Core", "Inference", "Media"],
        ["Server"] = ["Configuration", "Core", "Evaluation", "Inference", "Media", "Messaging", "OnnxImport", "Storage"],
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Fact]
    public void Folders_OfSource_AreTheProjects() => Assert.Equal(
        Arrows.Keys.Select(name => $"Ambianic.{name}").Append("Shared").Order(StringComparer.Ordinal),
        Directory.EnumerateDirectories(ProjectFiles.Locate("src")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_OfAProject_AreItsArrows(string project)
    {
        var references = Project(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)["Ambianic.".Length..]);

        Assert.Equal(Arrows[project], references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_HaveNoCycles(string project) =>
        Assert.Equal("", string.Join('\n', new NamespaceGraph(Load(project).Location).Cycles()));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_AreItsFolders(string project)
    {
        var misplaced =
            from file in Directory.EnumerateFiles(ProjectFiles.Locate($"src/Ambianic.{project}"), "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(ProjectFiles.Locate("src"), file)
            let folders = path.Split('/')[..^1]
            where !folders.Contains("obj") && !folders.Contains("bin")
            from line in File.ReadLines(file)
            where line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {string.Join('.', folders)};"
            select $"{path}: {line}";

        Assert.Empty(misplaced);
    }

    /// <summary>What is public is public on purpose: a new name here is a decision.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void PublicTypes_OfAProject_AreThoseOfTheList(string project)
    {
        var list = ProjectFiles.Locate($"tests/Ambianic.Server.Tests/Architecture/public-types/{project}.txt");
        var types = Load(project).GetExportedTypes()
            .Where(type => !type.IsNested)
            .Select(type => type.FullName!)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (Environment.GetEnvironmentVariable("AMBIANIC_TEST_WRITE") is "1")
        {
            File.WriteAllLines(list, types);
        }

        Assert.Equal(File.ReadAllLines(list), types);
    }

    [Fact]
    public void Core_References_OnlyAbstractions()
    {
        var project = Project("Core");
        var packages = project.Descendants("PackageReference").Select(package => (string)package.Attribute("Include")!);

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Matches(@"^Microsoft\.Extensions\..+\.Abstractions$", package));
        Assert.Empty(project.Descendants("FrameworkReference"));
    }

    private static XDocument Project(string name) => XDocument.Load(ProjectFiles.Locate($"src/Ambianic.{name}/Ambianic.{name}.csproj"));

    internal static Assembly Load(string project) => Assembly.Load(project == "Server" ? "ambianic" : $"Ambianic.{project}");
}
