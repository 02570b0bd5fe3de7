using System.Runtime.InteropServices;
using System.Xml.Linq;
using Ambianic.Tests.Inference.Models;

namespace Ambianic.Tests.OnnxImport;

/// <summary>The importer is a package of its own: somebody else's program needs nothing else of ours.</summary>
public sealed class PackageTests
{
    private const string Program =
        """
        using Ambianic.OnnxImport;
        using Microsoft.ML.OnnxRuntime;
        using Microsoft.ML.OnnxRuntime.Tensors;

        foreach (var path in args)
        {
            var onnx = Path.GetFileName(path) + ".onnx";
            ModelImporter.Import(path, onnx);
            using var session = new InferenceSession(onnx);
            using var outputs = session.Run([.. session.InputMetadata.Select(input => Input(input.Key, input.Value))]);
            Console.WriteLine($"{Path.GetFileName(path)} {outputs.Sum(output => ((DenseTensor<float>)output.Value).Length)}");
        }

        static NamedOnnxValue Input(string name, NodeMetadata input)
        {
            int[] shape = [.. input.Dimensions.Select(size => Math.Max(1, size))];
            return input.ElementType == typeof(byte)
                ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(shape))
                : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(shape));
        }
        """;

    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;

    [Fact]
    public async Task Pack_ProgramOfItsOwn_ImportsAndRunsEveryTfliteModel()
    {
        var models = Directory.GetFiles(TestData.Require("models"), "*.tflite").Order(StringComparer.Ordinal).ToList();
        using var directory = new TemporaryDirectory();
        var project = ProjectFiles.Locate("src/Ambianic.OnnxImport/Ambianic.OnnxImport.csproj");
        await DotnetAsync("pack", project, "--no-build", "-c", Configuration, "-o", directory["feed"], "-nologo");
        Assert.Single(Directory.GetFiles(directory["feed"], "Ambianic.OnnxImport.*.nupkg"));
        await WriteProjectAsync(directory);

        await DotnetAsync("build", directory["program.csproj"], "-c", "Release", "-o", directory["out"], "-nologo");
        var output = await DotnetAsync([directory["out/program.dll"], .. models]);

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.NotEmpty(models);
        Assert.Equal(models.Select(Path.GetFileName), lines.Select(line => line[0]));
        Assert.DoesNotContain("0", lines.Select(line => line[1]));
        Assert.Equal(["Ambianic.OnnxImport.dll"], Directory.GetFiles(directory["out"], "Ambianic.*.dll").Select(Path.GetFileName));
    }

    /// <summary>What was restored for these tests is taken from its folder; a package folder of its own keeps ours out of the user's.</summary>
    private static async Task WriteProjectAsync(TemporaryDirectory directory)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(directory["program.cs"], Program);
        await File.WriteAllTextAsync(directory["nuget.config"], $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{directory["packages"]}" /></config>
              <fallbackPackageFolders><add key="restored" value="{cache}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{directory["feed"]}" /></packageSources>
            </configuration>
            """);
        await File.WriteAllTextAsync(directory["program.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
                <SelfContained>false</SelfContained>
                <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Ambianic.OnnxImport" Version="*" />
                <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="{VersionOf("Microsoft.ML.OnnxRuntime")}" />
              </ItemGroup>
            </Project>
            """);
    }

    private static string VersionOf(string package) => (string)XDocument.Load(ProjectFiles.Locate("Directory.Packages.props"))
        .Descendants("PackageVersion").Single(version => (string?)version.Attribute("Include") == package).Attribute("Version")!;

    private static async Task<string> DotnetAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await NpmTestPackage.RunAsync("dotnet", arguments);
        Assert.True(exitCode == 0, $"dotnet {arguments[0]}: {output}{errors}");
        return output;
    }
}
