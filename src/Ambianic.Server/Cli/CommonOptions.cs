using System.CommandLine;
using Ambianic.Configuration;
using Ambianic.Configuration.Saving;
using Ambianic.Core;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config { get; } = new("--config", "-c")
    {
        Description = "The configuration file; the default is config.yaml in AMBIANIC_DIR or here",
        HelpName = "FILE",
    };

    /// <summary>How long commands over recordings wait for one answer of a model: recordings do not run away, so a busy machine is no reason to give up.</summary>
    public static TimeSpan LongestInference { get; } = TimeSpan.FromMinutes(1);

    public static Option<int> Port { get; } = CreatePort();

    private static Option<int> CreatePort()
    {
        var port = new Option<int>("--port")
        {
            Description = "Port of the page and the API on this computer; 0 takes any free one",
            DefaultValueFactory = _ => AmbianicHost.DefaultPort,
        };
        port.Must(value => value is not (< 0 or > ushort.MaxValue), $"--port must be between 0 and {ushort.MaxValue}");
        return port;
    }

    /// <summary>Refuses values of an option for which <paramref name="holds"/> is false.</summary>
    public static void Must<T>(this Option<T> option, Func<T?, bool> holds, string message) => option.Validators.Add(result =>
    {
        try
        {
            if (!holds(result.GetValueOrDefault<T>()))
            {
                result.AddError(message);
            }
        }
        catch (InvalidOperationException)
        {
            result.AddError($"{message}, not '{string.Join(' ', result.Tokens)}'"); // no value of that type
        }
    });

    /// <summary>The kinds of providers, to check their addresses by.</summary>
    public static IProviderCatalog Providers { get; } = new ProviderCatalog(TimeProvider.System);

    public static ConfigurationResult LoadConfiguration(ParseResult parsed) => Loader().Load(Files(parsed));

    /// <summary>Writes settings into the file that the program may write.</summary>
    public static LocalSettings LocalSettings(ParseResult parsed)
    {
        var files = Files(parsed);
        PrivateFile.Protect(files.SaveFile); // a restored one may have other permissions
        return new LocalSettings(Loader(), files, PrivateFile.Replace);
    }

    private static ConfigurationLoader Loader() => new(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, Providers);

    /// <summary>Where the data is; null when the configuration, which says so, has errors: they are printed.</summary>
    public static string? DataDir(ParseResult parsed)
    {
        var result = LoadConfiguration(parsed);
        PrintProblems(result);
        if (!result.HasErrors)
        {
            return result.Configuration.DataDir;
        }

        Console.Error.WriteLine("Nothing was done: the configuration, which says where the data is, has errors.");
        return null;
    }

    public static ConfigurationFiles Files(ParseResult parsed) => ConfigurationFiles.Locate(
        parsed.GetValue(Config), Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable);

    /// <summary>What <c>--model</c> and <c>--decoder</c> say: a file by its extension, else a name; null when they say nothing.</summary>
    public static ModelOptions? Model(string? model, string? decoder)
    {
        var options = Path.GetExtension(model)?.ToUpperInvariant() switch
        {
            null or "" => model is null ? new ModelOptions() : new ModelOptions { Name = model },
            ".TFLITE" => new ModelOptions { Tflite = model },
            _ => new ModelOptions { Onnx = model },
        };
        options = options with { Decoder = decoder };
        return options == new ModelOptions() ? null : options;
    }

    public static void PrintProblems(ConfigurationResult result)
    {
        if (result.Problems.Count > 0)
        {
            Console.Error.WriteLine(result.Report());
        }
    }
}
