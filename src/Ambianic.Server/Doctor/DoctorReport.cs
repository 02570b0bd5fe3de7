using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Server.Api;

namespace Ambianic.Server.Doctor;

/// <summary>All findings, in the order in which they were made.</summary>
/// <param name="Findings">At least one of each examination.</param>
/// <param name="At">When they were made.</param>
internal sealed record DoctorReport(IReadOnlyList<Finding> Findings, DateTimeOffset At)
{
    /// <summary>Grows when programs that read the JSON have to be changed.</summary>
    public const int JsonVersion = 1;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The worst of all.</summary>
    public FindingLevel Level => Findings.Max(finding => finding.Level);

    /// <summary>0: nothing is wrong; 1: a problem; 2: warnings only.</summary>
    public int ExitCode => Level switch
    {
        FindingLevel.Problem => 1,
        FindingLevel.Warning => 2,
        _ => 0,
    };

    /// <summary>True when Ambianic answers at the port.</summary>
    public bool FoundProgram => Findings.Any(finding => finding.Values?[PortExam.IsOurs] is JsonValue value && value.GetValue<bool>());

    /// <summary>For programs; docs/reference/commands.md describes it.</summary>
    public string ToJson() => new JsonObject
    {
        ["version"] = JsonVersion,
        ["program"] = DeviceApi.Version,
        ["at"] = At.ToString("O"),
        ["level"] = Word(Level),
        ["findings"] = new JsonArray([.. Findings.Select(Describe)]),
    }.ToJsonString(Readable);

    /// <summary>For people, without colours, a line for each finding and one for what to do.</summary>
    public string ToText() => string.Concat(Findings.Select(finding =>
        $"{Word(finding.Level).ToUpperInvariant(),-8} {Title(finding)}: {finding.Found}\n{(finding.Advice is { } advice ? $"         -> {advice}\n" : "")}"));

    /// <summary>What was examined, for people.</summary>
    public static string Title(Finding finding) => $"{finding.Check.Replace('_', ' ')} {finding.Subject}".TrimEnd();

    /// <summary>As in the JSON.</summary>
    public static string Word(FindingLevel level) => level.ToString().ToLowerInvariant();

    /// <summary>How many there are of each level, for people.</summary>
    public string Summary() => Level == FindingLevel.Ok
        ? "Nothing is wrong."
        : $"{Count(FindingLevel.Problem, "problem")}, {Count(FindingLevel.Warning, "warning")}.";

    private string Count(FindingLevel level, string noun) =>
        Findings.Count(finding => finding.Level == level) is var count && count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static JsonNode Describe(Finding finding) => new JsonObject
    {
        ["check"] = finding.Check,
        ["subject"] = finding.Subject,
        ["level"] = Word(finding.Level),
        ["found"] = finding.Found,
        ["advice"] = finding.Advice,
        ["values"] = finding.Values?.DeepClone(),
    };
}
