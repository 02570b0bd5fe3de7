namespace Ambianic.Configuration.Saving;

/// <summary>
/// Finds what would take a secret from elsewhere into a text that is set through the API, and could so hand it to another address: variables,
/// values that begin with <c>@</c>, and aliases of other files. What stands at the same place of the file already may stay.
/// </summary>
internal static class ForeignValues
{
    /// <summary>Reports them.</summary>
    public static void Report(string text, string before, string file, IReadOnlyCollection<string> topLevelKeys, ProblemList problems)
    {
        TextScalars asked;
        HashSet<(string, string)> known;
        try
        {
            asked = TextScalars.Of(text, topLevelKeys, isSecretFile: false);
            known = TextScalars.Of(before, topLevelKeys, isSecretFile: false).All.Select(scalar => (scalar.Place, scalar.Text)).ToHashSet();
        }
        catch (Exception error) when (error is YamlDotNet.Core.YamlException or InvalidDataException or InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            return; // what is not valid is not taken
        }

        foreach (var scalar in asked.All.Where(scalar => IsForeign(scalar, asked) && !known.Contains((scalar.Place, scalar.Text))))
        {
            problems.Add(
                TextPlaces.Of(file, text, scalar.Start),
                scalar.Path.TrimEnd(':'),
                "variables, values that begin with @, and aliases of other files are written into the file by hand, not through the API: they could hand a secret to another address");
        }
    }

    private static bool IsForeign(TextScalar scalar, TextScalars text) => scalar.IsAlias
        ? !text.Anchors.Contains(scalar.Text[1..])
        : scalar.Text.TrimStart().StartsWith('@') || scalar.Text.Contains("${", StringComparison.Ordinal) || scalar.Text.Contains("{FRIGATE_", StringComparison.Ordinal)
            || scalar.Text.Contains("{this.", StringComparison.OrdinalIgnoreCase) || scalar.Text.Contains("{env[", StringComparison.OrdinalIgnoreCase);
}
