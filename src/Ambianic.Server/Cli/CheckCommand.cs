using System.CommandLine;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic check</c>: reads the configuration and says everything that is wrong with it.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Command("check", "Check the configuration: prints every problem, exit code 0 when there is none")
        {
            CommonOptions.Config,
        };
        command.SetAction(parsed =>
        {
            var result = CommonOptions.LoadConfiguration(parsed);
            CommonOptions.PrintProblems(result);
            if (result.HasErrors)
            {
                return 1;
            }

            Console.WriteLine($"The configuration is valid: {result.Configuration.Pipelines.Count} pipeline(s).");
            return 0;
        });
        return command;
    }
}
