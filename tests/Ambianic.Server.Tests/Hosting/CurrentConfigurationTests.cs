using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Hosting;

public sealed class CurrentConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Accept_LimitsOfHealthAreEdited_CountWithoutARestart()
    {
        await using var application = AmbianicHost.Build(Load("health: { stalled_seconds: 40 }"), port: 0);
        var policy = application.Services.GetRequiredService<HealthPolicySource>();
        Assert.Equal(40, policy().StalledAfter.TotalSeconds);

        application.Services.GetRequiredService<CurrentConfiguration>().Accept(Load("health: { stalled_seconds: 8 }"));

        Assert.Equal(8, policy().StalledAfter.TotalSeconds);
    }

    [Fact]
    public void Rejected_StartedWithAWrongPipeline_SaysSoUntilItIsMended()
    {
        var current = new CurrentConfiguration(Load("pipelines: {door: [source: nowhere], gate: [source: {uri: /nowhere.mp4}]}"));
        Assert.Contains("nowhere", Assert.Single(current.Rejected).Message, StringComparison.Ordinal);

        current.Accept(Load("pipelines: {gate: [source: {uri: /nowhere.mp4}]}"));

        Assert.Empty(current.Rejected);
    }

    private ConfigurationResult Load(string text)
    {
        File.WriteAllText(_directory["config.yaml"], text + "\n");
        var files = ConfigurationFiles.Locate(_directory["config.yaml"], _directory.Path, name => name == "AMBIANIC_DIR" ? _directory.Path : null);
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(files);
    }
}
