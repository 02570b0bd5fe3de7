using System.CommandLine;
using System.Text.Json.Nodes;
using Ambianic.Messaging;
using Ambianic.Server.Doctor;
using Spectre.Console;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic doctor</c>: examines this computer, the configuration, and everything that it names.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, for programs" };
        var pictures = new Option<string?>("--pictures") { Description = "Save a picture of each camera there", HelpName = "DIR" };
        var bundle = new Option<string?>("--bundle") { Description = "Write what a person who helps needs to know into a ZIP file, without secrets and pictures", HelpName = "FILE" };
        var command = new Command("doctor", "Examine this computer, the configuration, and the cameras and services that it names; says what to do")
        {
            CommonOptions.Config, CommonOptions.Port, json, pictures, bundle,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var providers = new ProviderCatalog(TimeProvider.System);
            var examination = new Examination
            {
                Configuration = CommonOptions.LoadConfiguration(parsed),
                Port = parsed.GetValue(CommonOptions.Port),
                Time = TimeProvider.System,
                Providers = providers,
                Pictures = parsed.GetValue(pictures),
            };
            var isShown = !Console.IsErrorRedirected;
            var report = await Checkup.RunAsync(examination, what => Tell(isShown, $"examining: {what}"), cancellation);
            Tell(isShown, "");
            if (parsed.GetValue(json))
            {
                Console.WriteLine(report.ToJson());
            }
            else
            {
                Print(report);
            }

            if (parsed.GetValue(bundle) is { } file)
            {
                using var api = report.FoundProgram ? new LocalApi(examination.Settings, examination.Port) : null;
                await SupportBundle.WriteAsync(
                    Path.GetFullPath(file), report, examination, CommonOptions.Files(parsed), api is null ? (_, _, _, _) => Task.FromResult<JsonNode?>(null) : api.CallAsync, cancellation);
                await Console.Error.WriteLineAsync($"Written: {file}. Look at it before you hand it on.");
            }

            return report.ExitCode;
        });
        return command;
    }

    /// <summary>One line that is written again and again.</summary>
    private static void Tell(bool isShown, string what)
    {
        if (isShown)
        {
            Console.Error.Write($"\r{what,-60}\r");
        }
    }

    private static void Print(DoctorReport report)
    {
        if (Console.IsOutputRedirected)
        {
            Console.Write(report.ToText());
        }
        else
        {
            var table = new Table().NoBorder().HideHeaders().AddColumn("", column => column.NoWrap()).AddColumn("").AddColumn("");
            foreach (var finding in report.Findings)
            {
                table.AddRow(Level(finding.Level), new Text(DoctorReport.Title(finding)), new Text(finding.Found));
                if (finding.Advice is { } advice)
                {
                    table.AddRow(Text.Empty, Text.Empty, new Text($"-> {advice}", new Style(decoration: Decoration.Bold)));
                }
            }

            AnsiConsole.Write(table);
        }

        Console.WriteLine(report.Summary());
    }

    private static Text Level(FindingLevel level) => new(DoctorReport.Word(level).ToUpperInvariant(), level switch
    {
        FindingLevel.Problem => Color.Red,
        FindingLevel.Warning => Color.Yellow,
        _ => Color.Green,
    });
}
