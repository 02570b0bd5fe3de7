using System.Globalization;
using System.Text.RegularExpressions;

namespace Ambianic.Models;

/// <summary>A label map of TensorFlow's object detection: <c>item { id: 1 name: '/m/01g317' display_name: 'person' }</c>. It counts from 1; 0 is the background.</summary>
internal static partial class LabelMap
{
    public static bool IsOne(string text) => Begin().IsMatch(text);

    public static ParsedLabels Parse(string text)
    {
        var labels = new List<ParsedLabel>();
        var (line, counted) = (1, 0);
        foreach (Match item in Item().Matches(text))
        {
            line += text.AsSpan(counted, item.Index - counted).Count('\n');
            counted = item.Index;
            var (id, name, display) = ((int?)null, "", "");
            foreach (Match field in Field().Matches(item.Groups["fields"].Value))
            {
                var value = field.Groups["text"].Success ? Escaped().Replace(field.Groups["text"].Value, "$1") : field.Groups["number"].Value;
                switch (field.Groups["key"].Value)
                {
                    case "id":
                        id = int.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : throw new LabelException(line, $"the id {value} is too high");
                        break;
                    case "name":
                        name = value;
                        break;
                    case "display_name":
                        display = value;
                        break;
                    default:
                        break; // keypoints and the like
                }
            }

            if (id is null || name.Length + display.Length == 0)
            {
                throw new LabelException(line, "an item of a label map has an id and a name or display_name, and this one has not");
            }

            labels.Add(new ParsedLabel(line, id.Value, (display.Length > 0 ? display : name).Trim()));
        }

        return labels.Count > 0
            ? new ParsedLabels(labels, true, true)
            : throw new LabelException(1, "a label map without a whole item; each is item { id: 1 name: 'person' }");
    }

    [GeneratedRegex(@"^\s*item\s*:?\s*\{", RegexOptions.Multiline)]
    private static partial Regex Begin();

    /// <summary>Braces within are those of key points, which say nothing here.</summary>
    [GeneratedRegex("""\bitem\s*:?\s*\{(?<fields>(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\{[^{}]*\}|[^{}"'])*)\}""", RegexOptions.NonBacktracking)]
    private static partial Regex Item();

    [GeneratedRegex("""\{[^{}]*\}|#[^\n]*|(?<key>\w+)\s*:\s*(?:"(?<text>(?:\\.|[^"\\])*)"|'(?<text>(?:\\.|[^'\\])*)'|(?<number>\d+))""")]
    private static partial Regex Field();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
