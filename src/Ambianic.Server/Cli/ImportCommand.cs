using System.CommandLine;
using Ambianic.Storage.Legacy;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic import DIR</c>: the events of another data directory.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "A data directory, also one of Ambianic Edge; it is only read" };
        var command = new Command("import", "Copy the events of another data directory into this one") { directory, CommonOptions.Config };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (CommonOptions.DataDir(parsed) is not { } dataDir)
            {
                return 1;
            }

            var result = await TimelineImport.RunAsync(parsed.GetRequiredValue(directory), dataDir, TimeProvider.System, cancellation);
            foreach (var file in result.LeftAlone)
            {
                await Console.Error.WriteLineAsync($"left alone: {file.Path}: {file.Reason}");
            }

            Console.WriteLine($"{result.Imported} events imported into {dataDir}, {result.Known} were there already, {result.LeftAlone.Count} left alone.");
            return 0;
        });
        return command;
    }
}
