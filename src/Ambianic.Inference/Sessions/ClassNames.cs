using System.Text.Json;
using System.Text.RegularExpressions;
using Ambianic.Inference.Labels;

namespace Ambianic.Inference.Sessions;

/// <summary>
/// Reads the entry <c>names</c> of an ONNX file's metadata: a dictionary from class index to name or a list of names, each
/// as Python prints it (so does Ultralytics) or as JSON.
/// </summary>
internal static partial class ClassNames
{
    private const int HighestIndex = 100_000;

    /// <summary>Names by class index; an index that is left out is <see cref="LabelSets.Unnamed"/>. Empty when nothing can be read.</summary>
    public static IReadOnlyList<string> Parse(string text)
    {
        Dictionary<int, string> byIndex = [];
        foreach (var (index, name) in Json(text) ?? Python(text))
        {
            if (index is >= 0 and <= HighestIndex)
            {
                byIndex[index] = name; // named twice: the last one counts, as in Python
            }
        }

        return byIndex.Count == 0
            ? []
            : [.. Enumerable.Range(0, byIndex.Keys.Max() + 1).Select(index => byIndex.GetValueOrDefault(index, LabelSets.Unnamed(index)))];
    }

    private static List<(int Index, string Name)>? Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => [.. document.RootElement.EnumerateObject().Select(entry => (IndexOf(entry.Name), $"{entry.Value}"))],
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select((name, index) => (index, $"{name}"))],
                _ => [],
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<(int Index, string Name)> Python(string text) => text.AsSpan().Trim() is ['{', ..]
        ? PythonEntry().Matches(text).Select(entry => (IndexOf(entry.Groups["index"].Value), NameOf(entry)))
        : PythonText().Matches(text).Select((name, index) => (index, NameOf(name)));

    private static int IndexOf(string text) => int.TryParse(text, out var index) ? index : -1;

    private static string NameOf(Match match) => Escaped().Replace(match.Groups["name"].Value, "$1");

    /// <summary>One entry of a dictionary such as <c>{0: 'person', 1: "driver's cab"}</c>.</summary>
    [GeneratedRegex("""(?<index>\d{1,9})\s*:\s*(?<quote>['"])(?<name>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>""")]
    private static partial Regex PythonEntry();

    /// <summary>One entry of a list such as <c>['person', 'car']</c>.</summary>
    [GeneratedRegex("""(?<quote>['"])(?<name>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>""")]
    private static partial Regex PythonText();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
