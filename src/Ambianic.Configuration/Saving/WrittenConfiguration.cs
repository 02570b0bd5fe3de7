namespace Ambianic.Configuration.Saving;

/// <summary>The configuration as its files have it, before anything is substituted in it. Holds secrets.</summary>
public sealed class WrittenConfiguration
{
    private readonly MappingNode _merged;
    private readonly OutlineMap? _local;

    internal WrittenConfiguration(MappingNode merged, OutlineMap? local) => (_merged, _local) = (merged, local);

    /// <summary>The texts of a list, or of one text, as they are written; empty when there are none.</summary>
    public IReadOnlyList<string> Texts(params IReadOnlyList<string> path) => Find(path)?.Value switch
    {
        SequenceNode list => [.. list.Items.OfType<ScalarNode>().Where(item => !item.IsNull).Select(item => item.Text)],
        ScalarNode { IsNull: false } one => [one.Text],
        _ => [],
    };

    /// <summary>Where a key stands, <c>file:line:column</c>; null when it is nowhere.</summary>
    public string? PlaceOf(params IReadOnlyList<string> path) => Find(path)?.KeyPlace is { } place ? $"{place.File}:{place.Line}:{place.Column}" : null;

    /// <summary>True when the file that the program writes has the key.</summary>
    public bool IsLocal(params IReadOnlyList<string> path)
    {
        var map = _local;
        for (var depth = 0; map?.Find(path[depth], ignoreCase: depth == 0) is { } entry; depth++)
        {
            if (depth == path.Count - 1)
            {
                return true;
            }

            map = entry.Value as OutlineMap;
        }

        return false;
    }

    private Entry? Find(IReadOnlyList<string> path)
    {
        Entry? found = null;
        foreach (var (depth, key) in path.Index())
        {
            found = depth == 0 ? _merged.Find(key) : (found?.Value as MappingNode)?.Find(key);
        }

        return found;
    }
}
