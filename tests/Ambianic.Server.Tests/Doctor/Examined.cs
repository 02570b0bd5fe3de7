using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Server.Doctor;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>A configuration in a directory of its own, and what is examined of it.</summary>
internal sealed class Examined : IDisposable
{
    private readonly ProviderCatalog _providers = new(TimeProvider.System);

    public Examined(string yaml)
    {
        File.WriteAllText(Directory["config.yaml"], yaml);
        Files = ConfigurationFiles.Locate(Directory["config.yaml"], Directory.Path, name => name == "AMBIANIC_DIR" ? Directory.Path : null);
        Examination = new Examination
        {
            Configuration = new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, _providers).Load(Files),
            Port = 0,
            Time = TimeProvider.System,
            Providers = _providers,
        };
    }

    public TemporaryDirectory Directory { get; } = new();

    public ConfigurationFiles Files { get; }

    public Examination Examination { get; set; }

    public void Dispose()
    {
        _providers.Dispose();
        Directory.Dispose();
    }

    /// <summary>The one finding about something.</summary>
    public static Finding Of(IEnumerable<Finding> findings, string subject) => Assert.Single(findings, finding => finding.Subject == subject);
}
