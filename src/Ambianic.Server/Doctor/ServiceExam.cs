using System.Text.Json.Nodes;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Doctor;

/// <summary>The unit of systemd, where there is one.</summary>
internal static class ServiceExam
{
    private const string Check = "service";
    private const string Unit = "ambianic.service"; // docs/guide/systemd.md

    public static async Task<IReadOnlyList<Finding>> RunAsync(TimeProvider time, CancellationToken cancellation) =>
        Executables.OfThisProcess.Find("systemctl") is { } systemctl
            && await ToolOutput.ReadAsync(systemctl, ["show", Unit, "--property=LoadState,ActiveState,SubState,UnitFileState,Restart,WatchdogUSec,NRestarts,User"], time, cancellation) is { } said
            ? [.. Judge(said)]
            : [];

    /// <summary>Reads what <c>systemctl show</c> says of the unit.</summary>
    internal static IEnumerable<Finding> Judge(string said)
    {
        var unit = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        if (unit.GetValueOrDefault("LoadState") != "loaded")
        {
            yield break;
        }

        var state = unit.GetValueOrDefault("ActiveState", "");
        var values = new JsonObject([.. unit.Where(pair => pair.Key != "User").Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]);
        yield return (state switch
        {
            "active" => Finding.Ok(Check, $"{Unit} is active ({unit.GetValueOrDefault("SubState")}), started again {unit.GetValueOrDefault("NRestarts", "0")} time(s)"),
            "activating" or "reloading" => Finding.Warning(Check, $"{Unit} is just starting ({unit.GetValueOrDefault("SubState")})", "when it stays so: journalctl -u ambianic -n 50"),
            "failed" => Finding.Problem(Check, $"{Unit} has failed", "journalctl -u ambianic -n 50 says why; then sudo systemctl restart ambianic"),
            _ => Finding.Problem(Check, $"{Unit} does not run ({state})", "sudo systemctl enable --now ambianic"),
        }) with { Values = values };
        if (unit.GetValueOrDefault("UnitFileState") == "disabled")
        {
            yield return Finding.Warning(Check, $"{Unit} does not start when the computer does", "sudo systemctl enable ambianic");
        }

        if (unit.GetValueOrDefault("Restart") == "no")
        {
            yield return Finding.Warning(Check, $"{Unit} is not started again when it ends", "add Restart=always to the unit, as in samples/ambianic.service");
        }

        if (unit.GetValueOrDefault("WatchdogUSec") is "0" or "infinity")
        {
            yield return Finding.Warning(Check, $"{Unit} is not started again when it hangs", "add WatchdogSec=30 and Type=notify to the unit, as in samples/ambianic.service");
        }
    }
}
