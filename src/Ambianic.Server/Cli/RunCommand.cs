using System.CommandLine;
using Ambianic.Server.Access;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic run</c>: watches as configured until stopped.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var lenient = new Option<bool>("--lenient")
        {
            Description = "Run the valid pipelines even when other parts of the configuration are wrong",
        };
        var command = new Command("run", "Watch as config.yaml says, and serve the timeline")
        {
            CommonOptions.Config, CommonOptions.Port, lenient,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await Task.Yield(); // a signal to end is only waited for once this has returned; without, one during the start would end it at once
            var result = CommonOptions.LoadConfiguration(parsed);
            CommonOptions.PrintProblems(result);
            if (result.HasErrors && !parsed.GetValue(lenient))
            {
                await Console.Error.WriteLineAsync(
                    "Not started: the configuration has errors. Mend them, or start the valid pipelines with --lenient. For a first look: ambianic demo");
                return 1;
            }

            await using var application = AmbianicHost.Build(
                result, parsed.GetValue(CommonOptions.Port), () => CommonOptions.LoadConfiguration(parsed), settings: CommonOptions.LocalSettings(parsed));
            var address = await AmbianicHost.StartAsync(application);
            Console.WriteLine($"The timeline is at {address}   (Ctrl+C stops)");
            if (await application.Services.GetRequiredService<AccessBook>().CurrentAsync() is { NeedsLogIn: false })
            {
                Console.WriteLine($"Nobody has to log in yet, so it answers this computer only. Add the first administrator at {address}{application.Services.GetRequiredService<FirstRun>().Path}");
            }

            return await AmbianicHost.WaitAsync(application, cancellation);
        });
        return command;
    }
}
