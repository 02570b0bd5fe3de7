using System.CommandLine;
using Ambianic.Configuration;
using Ambianic.Hosting;
using Ambianic.Pipelines;

namespace Ambianic.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config { get; } = new("--config", "-c")
    {
        Description = "The configuration file; the default is config.yaml in AMBIANIC_DIR or here",
        HelpName = "FILE",
    };

    public static Option<int> Port { get; } = new("--port")
    {
        Description = "Port of the page and the API on this computer; 0 takes any free one",
        DefaultValueFactory = _ => AmbianicHost.DefaultPort,
    };

    public static ConfigurationResult LoadConfiguration(ParseResult parsed) =>
        ConfigurationLoader.Load(
            parsed.GetValue(Config),
            Environment.GetEnvironmentVariable,
            BuiltInElements.AddTo(new ElementRegistry()));

    public static void PrintProblems(ConfigurationResult result)
    {
        foreach (var problem in result.Problems)
        {
            Console.Error.WriteLine(problem);
        }
    }
}
