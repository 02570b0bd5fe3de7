using System.Globalization;
using System.Text.RegularExpressions;

namespace Ambianic.Inference.Labels;

/// <summary>A label map of TensorFlow's object detection: <c>item { id: 1 name: '/m/01g317' display_name: 'person' }</c>. It counts from 1; 0 is the background.</summary>
internal static partial class LabelMap
{
    public static bool IsOne(string text) => Begin().IsMatch(text);

    public static ParsedLabels Parse(string text)
    {
        var labels = new List<ParsedLabel>();
        var (line, counted) = (1, 0);
        text = Comment().Replace(text, match => match.Value[0] == '#' ? "" : match.Value);
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

        RequireNothingElse(text);
        return new ParsedLabels(labels, true, true);
    }

    /// <summary>An item that is cut off, or whose quotation mark is not closed, would silently be a class without name.</summary>
    private static void RequireNothingElse(string text)
    {
        var rest = Item().Replace(text, item => new string('\n', item.Value.Count(letter => letter == '\n')));
        if (rest.AsSpan().IndexOfAnyExcept(" \t\n,;") is >= 0 and var place)
        {
            throw new LabelException(1 + rest.AsSpan(0, place).Count('\n'), "this is no whole item of a label map; each is item { id: 1 name: 'person' }");
        }
    }

    [GeneratedRegex(@"^\s*item\s*:?\s*\{", RegexOptions.Multiline)]
    private static partial Regex Begin();

    /// <summary>Quoted text, which may hold a <c>#</c>, or a comment.</summary>
    [GeneratedRegex("""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|#[^\n]*""")]
    private static partial Regex Comment();

    /// <summary>Braces within are those of key points, which say nothing here.</summary>
    [GeneratedRegex("""\bitem\s*:?\s*\{(?<fields>(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\{[^{}]*\}|[^{}"'])*)\}""", RegexOptions.NonBacktracking)]
    private static partial Regex Item();

    [GeneratedRegex("""\{[^{}]*\}|(?<key>\w+)\s*:\s*(?:"(?<text>(?:\\.|[^"\\])*)"|'(?<text>(?:\\.|[^'\\])*)'|(?<number>\d+))""")]
    private static partial Regex Field();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
