using System.Text;
using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

/// <summary>Loads configurations from a folder of its own.</summary>
public abstract class LoaderFixture : IDisposable
{
    private protected TemporaryDirectory Folder { get; } = new();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static ConfigurationResult LoadText(string text, string workingDirectory = "/home") => new ConfigurationLoader(TestElements.Registry(), ModelCatalog.Known)
        .Load([new ConfigurationText("config.yaml", Encoding.UTF8.GetBytes(text)) { IsRequired = true }], workingDirectory, new ProblemList());

    protected void Write(string name, string content) => File.WriteAllText(Folder[name], content);

    protected ConfigurationResult LoadBuiltIn() => new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known)
        .Load(ConfigurationFiles.Locate(null, Folder.Path, _ => null));

    protected ConfigurationResult Load() => new ConfigurationLoader(TestElements.Registry(), ModelCatalog.Known)
        .Load(ConfigurationFiles.Locate(null, Folder.Path, _ => null));
}
