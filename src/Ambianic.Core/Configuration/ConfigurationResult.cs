using System.Globalization;
using System.Text.Json.Nodes;

namespace Ambianic.Core.Configuration;

/// <summary>What the configuration files say, and everything that is wrong with them.</summary>
/// <param name="Configuration">Usable even when there are problems: what is wrong has its default or is disabled.</param>
/// <param name="Problems">Of all files, in the order of the files and their lines.</param>
/// <param name="Effective">The merged document with its defaults and keys as in the files; secrets masked, safe to show.</param>
public sealed record ConfigurationResult(
    AmbianicConfiguration Configuration, IReadOnlyList<ConfigurationProblem> Problems, JsonObject Effective)
{
    /// <summary>All files that count, absolute, the last one wins; some may not exist yet. A change of any of them is a change of the configuration.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The file that the program itself may write, absolute; the user's own files are never edited.</summary>
    public string SaveFile { get; init; } = "";

    /// <summary>Tells the content of the files from another: SHA-256, hexadecimal. Empty when they were no files.</summary>
    public string Digest { get; init; } = "";

    /// <summary>True when something is wrong, not only unusual.</summary>
    public bool HasErrors => Problems.Any(problem => !problem.IsWarning);

    /// <summary>One line per problem, and a last one that counts them.</summary>
    public string Report()
    {
        var warnings = Problems.Count(problem => problem.IsWarning);
        var total = string.Create(
            CultureInfo.InvariantCulture, $"{Count(Problems.Count - warnings, "error")}, {Count(warnings, "warning")}");
        return string.Join('\n', [.. Problems.Select(problem => problem.ToString()), total]);
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
