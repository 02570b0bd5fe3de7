namespace Ambianic.Configuration;

/// <summary>Lays one document over another.</summary>
internal static class NodeMerge
{
    /// <summary>Maps merge key by key at every depth; everything else replaces. A heading without content takes nothing away.</summary>
    public static Node Merge(Node lower, Node upper) => (lower, upper) switch
    {
        (MappingNode below, MappingNode above) => Merge(below, above),
        (MappingNode, ScalarNode { IsNull: true }) => lower,
        _ => upper,
    };

    public static MappingNode Merge(MappingNode lower, MappingNode upper)
    {
        var kept = lower.Entries.Select(below => upper.Find(below.Key) is { } above
            ? above with { Value = Merge(below.Value, above.Value) }
            : below);
        var added = upper.Entries.Where(above => lower.Find(above.Key) is null);
        return new MappingNode(upper.Place, [.. kept, .. added]);
    }
}
