using YamlDotNet.Core;

namespace Ambianic.Configuration.Saving;

/// <summary>
/// Changes settings in the text of a YAML file and leaves everything else of it as it is: order, comments, layout, line ends.
/// Each change is checked: the new text must mean what the old one did, and differ in the setting alone.
/// </summary>
internal static class YamlEditor
{
    private const int Step = 2;

    /// <summary>The text with the change.</summary>
    /// <exception cref="InvalidDataException">The text cannot be changed so; the message says why. It ends with what a person can do.</exception>
    public static string Apply(string text, SettingChange change)
    {
        var before = Read(text);
        var after = change.Value is { } value ? Set(text, before, change.Path, value) : Remove(text, before, change.Path);
        OutlineNode? made;
        try
        {
            made = Read(after);
        }
        catch (InvalidDataException error)
        {
            throw Unsuitable(change, error.Message);
        }

        var expected = Expected(before as OutlineMap, change.Path, 0, change.Value);
        return (made?.Meaning ?? "null") == expected
            ? after
            : throw Unsuitable(change, "the way in which the file is written does not allow it");
    }

    private static InvalidDataException Unsuitable(SettingChange change, string why) =>
        new($"{string.Join('.', change.Path)} cannot be changed here by the program: {why}; change it in the file");

    private static OutlineNode? Read(string text)
    {
        try
        {
            var root = YamlOutline.Of(text);
            return root is null or OutlineMap or OutlineScalar { IsNull: true } ? root : throw new InvalidDataException("is not a map of keys such as 'display_name:'");
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"is not valid YAML in line {error.Start.Line}, column {error.Start.Column}", error);
        }
    }

    private static string Set(string text, OutlineNode? root, IReadOnlyList<string> path, object value)
    {
        if (root is not OutlineMap map)
        {
            return Insert(text, text.Length, Block(path, value, 0, LineEnd(text)));
        }

        for (var depth = 0; ; depth++)
        {
            if (map.Find(path[depth], ignoreCase: depth == 0) is not { } entry)
            {
                return depth == 0 && !map.IsFlow && !text.AsSpan(map.End).Contains("\n...", StringComparison.Ordinal)
                    ? Insert(text, text.Length, Block(path, value, ColumnOf(text, map.Entries[0].Key.Start), LineEnd(text))) // behind the last comments
                    : Add(text, map, path.Skip(depth).ToList(), value);
            }

            if (depth == path.Count - 1)
            {
                return Replace(text, entry, YamlText.Of(value));
            }

            switch (entry.Value)
            {
                case OutlineMap below:
                    map = below;
                    break;
                case OutlineScalar { IsNull: true } when !map.IsFlow:
                    return Insert(text, EndOfLine(text, entry.End), Block(path.Skip(depth + 1).ToList(), value, ColumnOf(text, entry.Key.Start) + Step, LineEnd(text)));
                default:
                    throw new InvalidDataException($"{string.Join('.', path.Take(depth + 1))} is no map there, or an alias of one; change it in the file");
            }
        }
    }

    private static string Add(string text, OutlineMap map, List<string> path, object value)
    {
        if (!map.IsFlow)
        {
            return Insert(text, EndOfLine(text, map.End), Block(path, value, ColumnOf(text, map.Entries[0].Key.Start), LineEnd(text)));
        }

        var inner = path.Skip(1).Reverse().Aggregate(YamlText.Of(value), (below, key) => $"{{{YamlText.OfText(key)}: {below}}}");
        var added = $"{YamlText.OfText(path[0])}: {inner}";
        return map.Entries.Count > 0
            ? text.Insert(map.Entries[^1].End, $", {added}")
            : text.Insert(text.LastIndexOf('{', map.End - 1) + 1, added);
    }

    private static string Replace(string text, OutlineEntry entry, string value)
    {
        var colon = text.IndexOf(':', entry.Key.End);
        var start = Math.Max(entry.Value.Start, colon + 1);
        var end = Math.Max(entry.Value.End, start);
        if (string.IsNullOrWhiteSpace(text[(colon + 1)..start]))
        {
            return $"{text[..(colon + 1)]} {value}{Tail(text, end)}";
        }

        return $"{text[..start]}{(ColumnOf(text, start) > ColumnOf(text, entry.Key.Start) ? "" : new string(' ', Step))}{value}{Tail(text, end)}"; // a comment stands between
    }

    /// <summary>What follows a value; a text in block form ends with its line break, which stays.</summary>
    private static string Tail(string text, int end) => end > 0 && end <= text.Length && text[end - 1] == '\n' ? "\n" + text[end..] : text[end..];

    private static string Remove(string text, OutlineNode? root, IReadOnlyList<string> path)
    {
        var map = root as OutlineMap;
        for (var depth = 0; map?.Find(path[depth], ignoreCase: depth == 0) is { } entry; depth++)
        {
            if (depth < path.Count - 1)
            {
                map = entry.Value as OutlineMap;
                continue;
            }

            if (!map.IsFlow)
            {
                return text.Remove(StartOfLine(text, entry.Key.Start), EndOfLine(text, entry.End) - StartOfLine(text, entry.Key.Start));
            }

            var index = map.Entries.ToList().IndexOf(entry);
            var (from, to) = index > 0 ? (map.Entries[index - 1].End, entry.End)
                : map.Entries.Count > 1 ? (entry.Key.Start, map.Entries[1].Key.Start)
                : (entry.Key.Start, entry.End);
            return text.Remove(from, to - from);
        }

        return text; // it is not there
    }

    /// <summary>What a map has to mean after the change; null is one that is not there yet.</summary>
    private static string Expected(OutlineMap? map, IReadOnlyList<string> path, int depth, object? value)
    {
        var changed = map?.Find(path[depth], ignoreCase: depth == 0);
        var isLast = depth == path.Count - 1;
        var entries = new List<string>();
        foreach (var entry in map?.Entries ?? [])
        {
            var meaning = entry != changed ? entry.Value.Meaning
                : isLast ? value is null ? null : MeaningOf(YamlText.Of(value))
                : value is null && entry.Value is not OutlineMap ? entry.Value.Meaning
                : Expected(entry.Value as OutlineMap, path, depth + 1, value);
            if (meaning is not null)
            {
                entries.Add($"{entry.Key.Meaning}: {meaning}");
            }
        }

        if (changed is null && value is not null)
        {
            entries.Add($"{MeaningOf(YamlText.OfText(path[depth]))}: {(isLast ? MeaningOf(YamlText.Of(value)) : Expected(null, path, depth + 1, value))}");
        }

        return map is { IsFlow: false } or null && entries.Count == 0 ? $"{map?.Properties}null" : $"{map?.Properties}{{{string.Join(", ", entries)}}}";
    }

    private static string MeaningOf(string text) => YamlOutline.Of(text)!.Meaning;

    private static string Block(IReadOnlyList<string> path, object value, int indent, string lineEnd)
    {
        var lines = path.Select((key, depth) => $"{new string(' ', indent + (depth * Step))}{YamlText.OfText(key)}:{(depth == path.Count - 1 ? " " + YamlText.Of(value) : "")}{lineEnd}");
        return string.Concat(lines);
    }

    /// <summary>Puts whole lines at the begin of a line, or at the end of a text whose last line is not ended.</summary>
    private static string Insert(string text, int at, string lines) =>
        at > 0 && text[at - 1] != '\n' ? text.Insert(at, LineEnd(text) + lines) : text.Insert(at, lines);

    private static string LineEnd(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    private static int StartOfLine(string text, int index) => index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;

    private static int ColumnOf(string text, int index) => index - StartOfLine(text, index);

    /// <summary>The begin of the next line; the index itself when a line begins there, behind a text in block form.</summary>
    private static int EndOfLine(string text, int index)
    {
        if (index > 0 && text[index - 1] == '\n')
        {
            return index;
        }

        var end = text.IndexOf('\n', index);
        return end < 0 ? text.Length : end + 1;
    }
}
