using System.CommandLine;

namespace Ambianic.Server.Cli;

/// <summary>All commands. A new one is one more line here, and one in docs/reference/commands.md.</summary>
internal static class Commands
{
    public static RootCommand Create() =>
        new("Ambianic watches cameras on this computer, remembers what it saw and tells you. Try: ambianic demo")
        {
            DemoCommand.Create(),
            RunCommand.Create(),
            CheckCommand.Create(),
            DoctorCommand.Create(),
            UserCommand.Create(),
            TokenCommand.Create(),
            AlertCommand.Create(),
            DetectCommand.Create(),
            AnalyzeCommand.Create(),
            ModelsCommand.Create(),
            EvaluateCommand.Create(),
            ReindexCommand.Create(),
            ImportCommand.Create(),
        };
}
