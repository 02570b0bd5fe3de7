using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ambianic.Server.Tests.Faults;

/// <summary>The page that tells how faults were lived through, written from measurements.</summary>
internal static partial class FaultTable
{
    public static string Write(
        IReadOnlyList<Recovery> recoveries, int events, IReadOnlyList<Recovery> storage, IReadOnlyList<Incident> incidents, IReadOnlyList<Termination> terminations)
    {
        var page = new StringBuilder("""
            # Faults

            What goes wrong with cameras, decoders, models and disks, and how long a pipeline gets no usable picture then. The tables are
            written by `./test.sh --faults`, which breaks each of these on the running program while other pipelines watch and save. The suite
            does the same with shorter limits. All limits have their defaults: a source is reconnected after 10 s without a picture, a model
            is reloaded after 4 s.

            - "Noticed" counts from the fault, "seeing again" from its end, or from the fault when that is a moment. Both include the time to
              reconnect.
            - A model that hangs does so once more on the picture that was taken before the fault ended, so it sees again only after another 4
              s.
            - "Frames lost by other pipelines" counts their dropped and failed frames and their restarts. It has to be 0. Frames that a
              decoder on a busy machine did not deliver are not counted; every other pipeline has to process at least half of the frames due
              to it.
            - "Events lost" were announced and are not on the timeline. It has to be 0.

            | fault | source | shown as | noticed after | seeing again after | frames lost by other pipelines | events lost |
            |---|---|---|---|---|---|---|

            """);
        foreach (var recovery in recoveries)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {recovery.Fault.Name} | {recovery.Fault.Source} | `{recovery.Shown}`: {Plain(recovery.Reason)} | {Seconds(recovery.Noticed)} | {Seconds(recovery.Recovered)} | {recovery.LostByOthers} | {recovery.LostEvents} |");
        }

        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"Events announced meanwhile: {events}.");
        page.AppendLine();
        page.Append("""
            ## Disk and database

            The fault lasts a minute, that of a database a moment. All pipelines continue; the one that saves says in the
            log what is wrong and what to do. "Saving again" counts from the end of the fault until the next event is announced.

            | fault | the log says | said after | saving again after | frames lost by other pipelines | events lost |
            |---|---|---|---|---|---|

            """);
        foreach (var recovery in storage)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {recovery.Fault.Name} | … {recovery.Reason} … | {Seconds(recovery.Noticed)} | {Seconds(recovery.Recovered)} | {recovery.LostByOthers} | {recovery.LostEvents} |");
        }

        page.AppendLine();
        page.Append("""
            ## The whole program

            "Well again" counts from the end of the edit, of the camera's absence, or of setting the clock. After a kill it is the slowest
            start until the API answers.

            | what happens | shown as | noticed after | well again after | frames lost by other pipelines | events lost |
            |---|---|---|---|---|---|

            """);
        foreach (var incident in incidents)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {incident.What} | {incident.Shown} | {(incident.Noticed is { } noticed ? Seconds(noticed) : "–")} | {Seconds(incident.Recovered)} | {incident.LostByOthers} | {incident.LostEvents} |");
        }

        page.AppendLine();
        page.Append("""
            ## Asked to end

            SIGTERM, as a service manager sends it, in the worst moments.

            | moment | ended after | exit code | processes left behind | announced and lost |
            |---|---|---|---|---|

            """);
        foreach (var termination in terminations)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {termination.Moment} | {Seconds(termination.Took)} | {termination.ExitCode} | {termination.ChildrenLeft} | {termination.EventsLost} |");
        }

        page.AppendLine();
        page.Append("""
            ## What else is tried

            - **The clock is set, or wrong at the start**: the timeline is in the order of the clock, and nothing is forgotten for its age
              until the clock is believed: an hour after either, time for a time server or a person to correct it. One that stays wrong for
              longer is believed.
            - **The configuration** is half-written, locked by its writer, replaced by a folder or a pipe: everything continues as it was, and
              the corrected file is used.
            - **Memory runs out**: with a heap that is too small the program ends with an exit code that makes a service manager start it
              again, or says in `last_error` what failed. A decoder that the kernel kills for want of memory is "decoder killed" above.
            - **The program is killed** more often: `./test.sh --durability 1000` does that many times; see
              [durability](../design/durability.md) for what was counted.
            - **It runs for long**: `./test.sh --soak 30` compares memory, handles and threads; see [performance](performance.md).

            """);
        return page.ToString();
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    /// <summary>Without what differs from run to run.</summary>
    private static string Plain(string reason) => Spaces().Replace(Address().Replace(SourceName().Replace(reason, ""), ""), " ").Trim();

    [GeneratedRegex(@"\w+://\S+")]
    private static partial Regex Address();

    [GeneratedRegex(@"source \S+: ")]
    private static partial Regex SourceName();

    [GeneratedRegex(@"[\s|]+")]
    private static partial Regex Spaces();
}
