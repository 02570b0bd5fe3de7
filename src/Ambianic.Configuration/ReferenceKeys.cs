namespace Ambianic.Configuration;

/// <summary>Keys as the reference system's configuration library (Dynaconf) reads and writes them.</summary>
internal static class ReferenceKeys
{
    /// <summary>Says that maps merge, which they always do here.</summary>
    private const string MergeMark = "dynaconf_merge";

    /// <summary>What the reference system keeps in its files and nothing here needs: the id under which its remote access finds a device.</summary>
    private static readonly HashSet<string> Accepted = new(["peerId"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a top-level key that is accepted and not used.</summary>
    public static bool IsAccepted(string key) => Accepted.Contains(key);

    /// <summary>The document with its top-level keys as they are known here, in whatever case they are written: files that Dynaconf saves have them in upper case.</summary>
    public static MappingNode Read(MappingNode root, IReadOnlyList<string> known, ProblemList problems)
    {
        var entries = new OrderedDictionary<string, Entry>();
        foreach (var entry in WithoutMarks(root).Entries)
        {
            var key = known.FirstOrDefault(key => key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) ?? entry.Key;
            if (entries.TryGetValue(key, out var first))
            {
                problems.Add(
                    entry.KeyPlace,
                    ProblemList.Join("", entry.Key),
                    $"this key is already in line {first.KeyPlace.Line}, column {first.KeyPlace.Column}, in another case; remove one of them");
                continue;
            }

            entries.Add(key, entry with { Key = key });
        }

        return new MappingNode(root.Place, [.. entries.Values]);
    }

    /// <summary>Without the marks in the document and in its sections.</summary>
    private static MappingNode WithoutMarks(MappingNode root) => new(root.Place, [.. root.Entries
        .Where(entry => !IsMark(entry))
        .Select(entry => entry.Value is MappingNode section && section.Entries.Any(IsMark)
            ? entry with { Value = new MappingNode(section.Place, [.. section.Entries.Where(below => !IsMark(below))]) }
            : entry)]);

    private static bool IsMark(Entry entry) => entry.Key.Equals(MergeMark, StringComparison.OrdinalIgnoreCase);
}
