namespace Ambianic.OnnxImport.Graphs;

/// <summary>
/// A network between reading and writing. Operators, their inputs and attributes are those of ONNX (opset 18) with one
/// exception: until <see cref="ChannelsFirst"/> has rewritten it, pictures have TensorFlow's layout (batch, row,
/// column, channel) also for operators that ONNX only knows with channels first. Filters are always as in ONNX, and
/// the sizes of a Resize are until then those of rows and columns alone.
/// </summary>
internal sealed class Graph
{
    /// <summary>Prefix of every name that the importer makes up; no name from a file begins with it.</summary>
    public const char Generated = '#';

    /// <summary>The inputs, in order.</summary>
    public List<GraphValue> Inputs { get; } = [];

    /// <summary>The outputs, in order; each is an output of a node, an input or a constant.</summary>
    public List<GraphValue> Outputs { get; } = [];

    /// <summary>In an order in which they can be computed.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>By name.</summary>
    public Dictionary<string, Tensor> Constants { get; } = [];

    /// <summary>How often each operator occurs in the file that was read, by the name it has there.</summary>
    public Dictionary<string, int> SourceOperators { get; } = [];
}

/// <summary>An input or output.</summary>
/// <param name="Name">As in the file that was read, where that name is unique.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">-1 is a size known only when the model runs; null when the number of axes is not known either.</param>
internal sealed record GraphValue(string Name, ElementType Type, IReadOnlyList<int>? Shape);

/// <summary>One operator.</summary>
/// <param name="Op">As ONNX calls it.</param>
/// <param name="Inputs">Names; empty where an optional input is left out.</param>
/// <param name="Outputs">Names, each given once in a graph.</param>
/// <param name="Attributes">Values are <c>long</c>, <c>float</c>, <c>string</c> or <c>long[]</c>.</param>
internal sealed record Node(
    string Op, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The operator of the file that it comes from, for errors; null when there is none.</summary>
    public string? Source { get; init; }
}
