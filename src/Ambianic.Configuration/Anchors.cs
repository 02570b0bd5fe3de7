using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>The anchors of all files read so far; a later file may use those of an earlier one.</summary>
internal sealed class Anchors
{
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly HashSet<string> _open = [];

    /// <summary>Why anchors may be missing: a file could not be read to its end. An unknown one is then no fault of its own.</summary>
    public ConfigurationProblem? Incomplete { get; private set; }

    public IEnumerable<string> Names => _nodes.Keys;

    /// <summary>An anchored node begins; it must not hold itself.</summary>
    public void Open(string name) => _open.Add(name);

    public void Define(string name, Node node)
    {
        _open.Remove(name);
        _nodes[name] = node;
    }

    public bool IsOpen(string name) => _open.Contains(name);

    public Node? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The file that was being read is given up.</summary>
    public void Abandon(ConfigurationProblem reason)
    {
        _open.Clear();
        Incomplete ??= reason;
    }
}
