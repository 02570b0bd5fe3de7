using System.CommandLine;
using Ambianic.Cli;

var root = new RootCommand("Ambianic watches cameras on this computer, remembers what it saw and tells you. Try: ambianic demo")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    CheckCommand.Create(),
    DetectCommand.Create(),
    AnalyzeCommand.Create(),
    ModelsCommand.Create(),
    ReindexCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
});
