using Ambianic.Configuration;

namespace Ambianic.Tests.Configuration;

public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Locate_NothingGiven_TakesTheThreeFilesOfTheCurrentDirectory()
    {
        var files = Locate(null);

        Assert.Equal(["secrets.yaml", "config.yaml", "config.local.yaml"], files.Files.Select(file => file.Name));
        Assert.Equal(_directory["config.local.yaml"], files.SaveFile);
        Assert.Equal(_directory.Path, files.WorkingDirectory);
        Assert.Empty(files.Problems);
    }

    [Fact]
    public void Locate_MainFile_LooksForTheOthersBesideIt()
    {
        var files = Locate("etc/home.yaml");

        Assert.Equal(
            ["etc/secrets.yaml", "etc/home.yaml", "etc/config.local.yaml"],
            files.Files.Select(file => Path.GetRelativePath(_directory.Path, file.FullPath)));
        Assert.Equal(_directory.Path, files.WorkingDirectory);
    }

    [Fact]
    public void Locate_DirectoryVariable_IsWhereRelativePathsBegin()
    {
        Directory.CreateDirectory(_directory["home"]);

        var files = Locate(null, ("AMBIANIC_DIR", "home"));

        Assert.Equal(_directory["home"], files.WorkingDirectory);
        Assert.Equal(Path.Combine(_directory.Path, "home", "config.yaml"), files.Files[1].FullPath);
    }

    [Fact]
    public void Locate_DirectoryThatDoesNotExist_IsReported() =>
        Assert.Contains("does not exist", Assert.Single(Locate(null, ("AMBIANIC_DIR", "nowhere")).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Locate_ListedFiles_ReplaceTheList()
    {
        var files = Locate(null, ("AMBIANIC_CONFIG_FILES", "a.yaml, b.yaml,"), ("AMBIANIC_SAVE_CONFIG_TO", "saved/c.yaml"));

        Assert.Equal(["a.yaml", "b.yaml", "saved/c.yaml"], files.Files.Select(file => file.Name));
        Assert.Equal([true, true, false], files.Files.Select(file => file.IsRequired));
        Assert.Equal(Path.Combine(_directory.Path, "saved", "c.yaml"), files.SaveFile);
    }

    [Fact]
    public void Locate_SaveFileAmongListedFiles_CountsOnceAndLast() => Assert.Equal(
        ["b.yaml", "a.yaml"],
        Locate(null, ("AMBIANIC_CONFIG_FILES", "a.yaml,b.yaml"), ("AMBIANIC_SAVE_CONFIG_TO", "a.yaml")).Files.Select(file => file.Name));

    [Fact]
    public void Locate_MainFileAndListedFiles_TheCommandLineWins() => Assert.Equal(
        "home.yaml", Locate("home.yaml", ("AMBIANIC_CONFIG_FILES", "a.yaml")).Files[1].Name);

    private ConfigurationFiles Locate(string? mainFile, params (string Name, string Value)[] environment) => ConfigurationFiles.Locate(
        mainFile, _directory.Path, name => environment.FirstOrDefault(variable => variable.Name == name).Value);
}
