using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ambianic.Faults;

/// <summary>The page that tells how faults were lived through, written from measurements.</summary>
internal static partial class FaultTable
{
    public static string Write(IReadOnlyList<Recovery> recoveries, int events, int lostEvents)
    {
        var page = new StringBuilder("""
            # Faults

            What goes wrong with cameras, decoders and models, and how long the house is blind then. The table is written by
            `./test.sh --faults`, which breaks each of these on the running program while two other pipelines watch and save;
            the suite does the same with shorter limits. All limits have their defaults: a source is given up after 10 s without a
            picture, a model after 4 s. "Noticed" counts from the fault, "seeing again" from its end, or from the fault when that is
            a moment; both hold the time of connecting again.

            | fault | source | shown as | noticed after | seeing again after | lost by other pipelines |
            |---|---|---|---|---|---|

            """);
        foreach (var recovery in recoveries)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {recovery.Fault.Name} | {recovery.Fault.Source} | `{recovery.Shown}`: {Plain(recovery.Reason)} | {recovery.Noticed.TotalSeconds:0.0} s | {recovery.Recovered.TotalSeconds:0.0} s | {recovery.LostByOthers} |");
        }

        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"Events announced meanwhile: {events}. Announced and not on the timeline afterwards: {lostEvents}.");
        page.AppendLine();
        page.Append("""
            What happens to stored events when the disk or the database fails, or the program is killed, is described in
            [durability](../design/durability.md); `./test.sh --durability 1000` kills the program that many times.

            """);
        return page.ToString();
    }

    /// <summary>Without what differs from run to run.</summary>
    private static string Plain(string reason) => Spaces().Replace(Address().Replace(SourceName().Replace(reason, ""), ""), " ").Trim();

    [GeneratedRegex(@"\w+://\S+")]
    private static partial Regex Address();

    [GeneratedRegex(@"source \S+: ")]
    private static partial Regex SourceName();

    [GeneratedRegex(@"[\s|]+")]
    private static partial Regex Spaces();
}
