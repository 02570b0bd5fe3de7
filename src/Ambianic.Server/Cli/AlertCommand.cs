using System.CommandLine;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic alert</c>: proves that alerts arrive.</summary>
internal static class AlertCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "An entry of notifications; all of them when it is left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var test = new Command("test", "Send a test message to every provider, and print how it went")
        {
            name, CommonOptions.Config, CommonOptions.Port,
        };
        test.SetAction((parsed, cancellation) => AlertTest.RunAsync(
            CommonOptions.LoadConfiguration(parsed), parsed.GetValue(name), parsed.GetValue(CommonOptions.Port), cancellation));

        var pipeline = new Option<string>("--pipeline") { Description = "The pipeline whose fall is rehearsed", HelpName = "NAME", Required = true };
        var wait = new Option<double>("--wait") { Description = "Minutes to wait for an answer", DefaultValueFactory = _ => 10 };
        wait.Must(minutes => minutes is >= 0 and <= 24 * 60, "--wait must be 0 to 1440 minutes");
        var drill = new Command("drill", "Rehearse a fall, marked TEST, with the running program: messages, escalation and answers are real")
        {
            pipeline, wait, CommonOptions.Config, CommonOptions.Port,
        };
        drill.SetAction((parsed, cancellation) => AlertDrill.RunAsync(
            CommonOptions.LoadConfiguration(parsed).Configuration, parsed.GetRequiredValue(pipeline), TimeSpan.FromMinutes(parsed.GetValue(wait)), parsed.GetValue(CommonOptions.Port), cancellation));
        return new Command("alert", "Prove that alerts arrive and that somebody answers") { test, drill };
    }
}
