using Ambianic.Configuration;
using Ambianic.Configuration.Saving;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Configuration.Saving;

public sealed class LocalSettingsTests : IDisposable
{
    private const string Main = """
        display_name: Home # mine
        sources:
          door: {uri: rtsp://camera/1}
        pipelines:
          front: [source: door]

        """;

    private readonly TemporaryDirectory _folder = new();
    private readonly ProviderCatalog _providers = new(TimeProvider.System);

    public LocalSettingsTests() => Write("config.yaml", Main);

    public void Dispose()
    {
        _providers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Save_NoLocalFile_MakesOneThatOnlyItsOwnerMayRead()
    {
        var saved = Settings().Save(_ => [new SettingChange(["display_name"], "Kitchen")]);

        Assert.Empty(saved.Problems);
        Assert.Equal("Kitchen", saved.Result?.Configuration.DisplayName);
        Assert.EndsWith("\ndisplay_name: Kitchen\n", Local, StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_folder["config.local.yaml"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(Main, File.ReadAllText(_folder["config.yaml"]));
        Assert.Equal(["config.local.yaml", "config.yaml"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Save_FileOfDynaconf_ChangesItsUpperCaseKeys()
    {
        Write("config.local.yaml", "---\nDISPLAY_NAME: Old\nSOURCES:\n  gate:\n    uri: rtsp://camera/2\n");

        var saved = Settings().Save(_ => [new SettingChange(["display_name"], "New"), new SettingChange(["sources", "gate", "live"], true)]);

        Assert.Empty(saved.Problems);
        Assert.Equal("---\nDISPLAY_NAME: New\nSOURCES:\n  gate:\n    uri: rtsp://camera/2\n    live: true\n", Local);
    }

    [Theory]
    [InlineData("rtspx://camera/2", "rtspx")]
    [InlineData("rtsp://camera:70000/2", "70000")]
    public void Save_WouldBeWrong_IsRefusedWithItsProblemsAndWritesNothing(string uri, string said)
    {
        var saved = Settings().Save(_ => [new SettingChange(["sources", "gate", "uri"], uri)]);

        Assert.Null(saved.Result);
        var problem = Assert.Single(saved.Problems);
        Assert.Equal(("config.local.yaml", "sources.gate.uri"), (problem.File, problem.Path));
        Assert.True(problem.Line > 0);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["config.local.yaml"]));
    }

    [Fact]
    public void Save_SourceThatAPipelineNeedsIsRemoved_IsRefused()
    {
        Write("config.local.yaml", "sources: {gate: {uri: rtsp://camera/2}}\npipelines: {back: [source: gate]}\n");

        var saved = Settings().Save(_ => [new SettingChange(["sources", "gate"], null)]);

        Assert.Contains("gate", Assert.Single(saved.Problems).Message, StringComparison.Ordinal);
        Assert.StartsWith("sources: {gate:", Local, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_AnchorThatIsUsedWouldGo_IsRefused()
    {
        const string Text = "version: &name Home\ndisplay_name: *name\n";
        Write("config.local.yaml", Text);

        Assert.NotEmpty(Settings().Save(_ => [new SettingChange(["version"], "2")]).Problems);
        Assert.Equal(Text, Local);
    }

    [Fact]
    public void Save_FileIsNoYaml_IsRefusedAndKept()
    {
        Write("config.local.yaml", "display_name: [\n");

        Assert.NotEmpty(Settings().Save(_ => [new SettingChange(["display_name"], "New")]).Problems);
        Assert.Equal("display_name: [\n", Local);
    }

    [Fact]
    public async Task Save_ManyAtOnce_LosesNone()
    {
        var settings = Settings();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() =>
            Assert.Empty(settings.Save(_ => [new SettingChange(["sources", $"camera_{number}", "uri"], $"rtsp://camera/{number}")]).Problems))));

        var sources = Load().Sources;
        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"rtsp://camera/{number}"), Enumerable.Range(0, 20).Select(number => sources[$"camera_{number}"].Uri));
    }

    [Fact]
    public void Save_EditedWhileItIsChecked_KeepsTheEdit()
    {
        var isFirst = true;
        Write("config.local.yaml", "version: one\n");

        var saved = Settings().Save(_ =>
        {
            if (isFirst)
            {
                isFirst = false;
                Write("config.local.yaml", "version: two\n");
            }

            return [new SettingChange(["display_name"], "New")];
        });

        Assert.Empty(saved.Problems);
        Assert.Equal("version: two\ndisplay_name: New\n", Local);
    }

    [Fact]
    public void Save_DiskIsFull_KeepsWhatWasThere()
    {
        Write("config.local.yaml", "version: one\n");
        var settings = new LocalSettings(Loader(), Files(), (_, _) => throw new IOException("no space left"));

        Assert.Throws<IOException>(() => settings.Save(_ => [new SettingChange(["version"], "two")]));
        Assert.Equal("version: one\n", Local);
    }

    [Fact]
    public void Save_FileIsALink_WritesWhatItLeadsTo()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        Write("elsewhere/mine.yaml", "version: one\n");
        File.CreateSymbolicLink(_folder["config.local.yaml"], _folder["elsewhere/mine.yaml"]);

        Settings().Save(_ => [new SettingChange(["version"], "two")]);

        Assert.NotNull(new FileInfo(_folder["config.local.yaml"]).LinkTarget);
        Assert.Equal("version: two\n", File.ReadAllText(_folder["elsewhere/mine.yaml"]));
    }

    [Fact]
    public void Save_LargerThanIsRead_IsRefused()
    {
        var saved = Settings().Save(_ => [new SettingChange(["display_name"], new string('a', ConfigurationFile.LargestBytes))]);

        Assert.Contains("16 MiB", Assert.Single(saved.Problems).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["config.local.yaml"]));
    }

    [Fact]
    public void Save_NothingChanges_LeavesTheFileAlone()
    {
        Write("config.local.yaml", "version: one\n");
        var settings = new LocalSettings(Loader(), Files(), (_, _) => throw new IOException("was written"));

        Assert.Empty(settings.Save(_ => [new SettingChange(["version"], "one")]).Problems);
    }

    [Fact]
    public void Save_AsksForTheWrittenValues_GetsThemAsTheFilesHaveThem()
    {
        Write("config.local.yaml", "NOTIFICATIONS:\n  default:\n    providers: ['@format ifttt://{this.ifttt_webhook_id}@x', \"mailto://a:b@c\"]\n");
        IReadOnlyList<string> providers = [];
        (bool, bool, string?) places = default;

        Settings().Save(written =>
        {
            providers = written.Texts("notifications", "default", "providers");
            places = (written.IsLocal("sources", "door"), written.IsLocal("notifications", "default"), written.PlaceOf("sources", "door"));
            return [];
        });

        Assert.Equal(["@format ifttt://{this.ifttt_webhook_id}@x", "mailto://a:b@c"], providers);
        Assert.Equal((false, true, "config.yaml:3:3"), places);
    }

    private string Local => File.ReadAllText(_folder["config.local.yaml"]);

    private LocalSettings Settings() => new(Loader(), Files(), PrivateFile.Replace);

    private AmbianicConfiguration Load() => Loader().Load(Files()).Configuration;

    private ConfigurationLoader Loader() => new(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, _providers);

    private ConfigurationFiles Files() => ConfigurationFiles.Locate(null, _folder.Path, _ => null);

    private void Write(string name, string content) => File.WriteAllText(_folder[name], content);
}
