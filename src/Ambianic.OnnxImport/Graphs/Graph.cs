namespace Ambianic.OnnxImport.Graphs;

/// <summary>
/// A network between reading and writing. Operators, their inputs and attributes are those of ONNX (opset 18) with one
/// exception: until <see cref="ChannelsFirst"/> has rewritten it, pictures lie as TensorFlow lays them (batch, row,
/// column, channel) also for operators that ONNX only knows with channels first. Filters are always as in ONNX, and
/// the sizes of a Resize are until then those of rows and columns alone.
/// </summary>
internal sealed class Graph
{
    /// <summary>How every name begins that the importer makes up, and no name that comes from a file.</summary>
    public const char Generated = '#';

    /// <summary>What is fed, in order.</summary>
    public List<GraphValue> Inputs { get; } = [];

    /// <summary>What comes out, in order; each is an output of a node, an input or a constant.</summary>
    public List<GraphValue> Outputs { get; } = [];

    /// <summary>In an order in which they can be computed.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>By name.</summary>
    public Dictionary<string, Tensor> Constants { get; } = [];

    /// <summary>How often each operator occurs in the file that was read, by the name it has there.</summary>
    public Dictionary<string, int> SourceOperators { get; } = [];
}

/// <summary>An input or output.</summary>
/// <param name="Name">As in the file that was read, where that is a name of its own.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">-1 is a size known only when the model runs; null when even the number of axes is.</param>
internal sealed record GraphValue(string Name, ElementType Type, IReadOnlyList<int>? Shape);

/// <summary>One operator.</summary>
/// <param name="Op">As ONNX calls it.</param>
/// <param name="Inputs">Names; empty where an optional input is left out.</param>
/// <param name="Outputs">Names, each given once in a graph.</param>
/// <param name="Attributes">Values are <c>long</c>, <c>float</c>, <c>string</c> or <c>long[]</c>.</param>
internal sealed record Node(
    string Op, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The operator of the file that it was made of, for errors; null when there is none.</summary>
    public string? Source { get; init; }
}
