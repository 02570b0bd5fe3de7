using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Where something stands in a file, from 1; in a file for secrets, whose values are never repeated in a message.</summary>
internal readonly record struct Place(string File, int Line, int Column, bool IsSecret = false);

/// <summary>A part of a YAML document that remembers where it stands. Immutable; aliases share their target, so the parts form a graph without cycles.</summary>
internal abstract class Node(Place place, IEnumerable<Node> children)
{
    public Place Place { get; } = place;

    /// <summary>Nodes in it once every alias is followed, itself included.</summary>
    public int Size { get; } = 1 + children.Sum(child => child.Size);

    /// <summary>Levels of nesting below it, aliases followed.</summary>
    public int Depth { get; } = children.Select(child => child.Depth + 1).DefaultIfEmpty().Max();
}

/// <summary>Text; what it means depends on who reads it. Plain is not in quotes, so that it may also be a number, a boolean or nothing.</summary>
internal sealed class ScalarNode(Place place, string text, bool isPlain) : Node(place, [])
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class SequenceNode(Place place, IReadOnlyList<Node> items)
    : Node(place, items)
{
    public IReadOnlyList<Node> Items { get; } = items;
}

/// <summary>Keys and values in the order of the file, each key once.</summary>
internal sealed class MappingNode(Place place, IReadOnlyList<Entry> entries)
    : Node(place, entries.Select(entry => entry.Value))
{
    private Dictionary<string, Entry>? _byKey;

    public IReadOnlyList<Entry> Entries { get; } = entries;

    public IEnumerable<string> Keys => Entries.Select(entry => entry.Key);

    public Entry? Find(string key)
    {
        _byKey ??= Entries.ToDictionary(entry => entry.Key);
        return _byKey.GetValueOrDefault(key);
    }
}

/// <summary>Something that could not be understood and has been reported; everything that needs it fails for the same reason.</summary>
internal sealed class BrokenNode(Place place, ConfigurationProblem problem) : Node(place, [])
{
    public ConfigurationProblem Problem { get; } = problem;
}

internal sealed record Entry(string Key, Place KeyPlace, Node Value)
{
    /// <summary>An anchor is defined in the value, so that the key may be there only to hold it.</summary>
    public bool DefinesAnchor { get; init; }

    /// <summary>Where the entry was taken over from, when it is not at home in the map that it is in.</summary>
    public string? Path { get; init; }
}
