using System.CommandLine;
using Ambianic.Storage;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic reindex</c>: the timeline's database from the stored files.</summary>
internal static class ReindexCommand
{
    public static Command Create()
    {
        var command = new Command("reindex", "Rebuild the timeline's database from the stored files; no file is changed")
        {
            CommonOptions.Config,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (CommonOptions.DataDir(parsed) is not { } dataDir)
            {
                return 1;
            }

            var progress = new Progress<RebuildProgress>(done => Console.Error.Write(
                $"\r{done.FoldersDone} of {done.Folders} folders, {done.Events} events"));
            var result = await TimelineIndex.RebuildAsync(dataDir, TimeProvider.System, progress, cancellation);
            await Console.Error.WriteLineAsync();
            foreach (var file in result.Unreadable)
            {
                await Console.Error.WriteLineAsync($"left alone, not readable: {file.Path}: {file.Reason}");
            }

            Console.WriteLine(
                $"{result.Events} events of {dataDir} are on the timeline; {result.Duplicates.Count} files tell of an event twice, {result.Unreadable.Count} cannot be read.");
            return 0;
        });
        return command;
    }
}
