using System.Globalization;
using System.Text.RegularExpressions;

namespace Ambianic.Inference.Labels;

/// <summary>
/// Labels a line each: <c>person</c>, counted from 0, or with the class index, <c>0  person</c>, <c>0: person</c>, <c>0,person</c>
/// or <c>person,0</c>. Quotes are taken off, and what follows a <c>#</c> that stands alone.
/// </summary>
internal static partial class LabelLines
{
    public static ParsedLabels Parse(string[] lines)
    {
        var numbered = lines.Select((text, index) => (Line: index + 1, Text: text)).Where(line => line.Text is not ['#', ..]).Select(line => (line.Line, Text: Comment().Replace(line.Text, ""))).ToList();
        if (numbered.Count < lines.Length)
        {
            numbered = [.. numbered.SkipWhile(line => line.Text.Length == 0)]; // a comment is often set apart by an empty line
        }

        var filled = numbered.Where(line => line.Text.Length > 0).ToList();
        if (filled.Count > 1 && Header().IsMatch(filled[0].Text))
        {
            filled.RemoveAt(0);
        }

        foreach (var (number, text) in filled)
        {
            if (text.Any(letter => char.IsControl(letter) && letter != '\t'))
            {
                throw new LabelException(number, "this is not text with a label a line; is it a labels file? Save it as UTF-8");
            }
        }

        return Indexed(filled, IndexedLabel()) ?? Indexed(filled, LabelIndexed()) ?? Counted(numbered, filled);
    }

    /// <summary>Files of another kind would become labels that no model means.</summary>
    private static ParsedLabels Counted(List<(int Line, string Text)> numbered, List<(int Line, string Text)> filled)
    {
        if (filled.Find(line => Code().IsMatch(line.Text)) is { Line: > 0 } code)
        {
            throw new LabelException(code.Line, "this is a setting or program text and no label; write one label a line");
        }

        return filled.Count > 0 && filled.TrueForAll(line => Column().IsMatch(line.Text))
            ? throw new LabelException(filled[0].Line, "each line has several columns; write a label a line, or its class index, a comma and the label")
            : new ParsedLabels([.. numbered.Select((line, index) => new ParsedLabel(line.Line, index, Unquoted(line.Text)))], false, false);
    }

    /// <summary>Null unless each line has an index, and any a name.</summary>
    private static ParsedLabels? Indexed(List<(int Line, string Text)> lines, Regex form)
    {
        var labels = new List<ParsedLabel>(lines.Count);
        foreach (var (line, text) in lines)
        {
            if (form.Match(text) is not { Success: true } match)
            {
                return null;
            }

            if (!int.TryParse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture, out var index))
            {
                throw new LabelException(line, $"the class index {match.Groups["index"].Value} is too high");
            }

            labels.Add(new ParsedLabel(line, index, Unquoted(match.Groups["name"].Value)));
        }

        return labels.Exists(label => label.Name.Length > 0) ? new ParsedLabels(labels, true, false) : null;
    }

    private static string Unquoted(string text)
    {
        var bare = text.TrimEnd(',').TrimEnd();
        return bare is ['"', .., '"'] or ['\'', .., '\''] && bare.Length > 1 ? bare[1..^1].Trim() : bare;
    }

    [GeneratedRegex(@"^(?<index>\d+)(?:(?:[.)]?[\s:,;=]+(?:-\s+)?|(?=\p{L}))(?<name>\S.*))?[:,;=]?$")]
    private static partial Regex IndexedLabel();

    [GeneratedRegex(@"^(?<name>[^,;:=\t]*[^,;:=\t\s])\s*[,;:=\t]\s*(?<index>\d+)$")]
    private static partial Regex LabelIndexed();

    [GeneratedRegex(@"\s+#(?:\s.*)?$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"=|[:{(\[]$")]
    private static partial Regex Code();

    [GeneratedRegex(@"[,;:\t]\s*\S")]
    private static partial Regex Column();

    [GeneratedRegex(@"^""?(?:(?:class)?_?(?:id|index)|class|#)""?\s*[,;\t]\s*""?\w*(?:name|label|class)\w*""?$|^""?\w*(?:name|label|class)\w*""?\s*[,;\t]\s*""?(?:class)?_?(?:id|index)""?$", RegexOptions.IgnoreCase)]
    private static partial Regex Header();
}
