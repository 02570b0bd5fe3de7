namespace Ambianic.OnnxImport.Graphs;

/// <summary>
/// Translates TensorFlow's operators to a <see cref="Graph"/>. TensorFlow.js and TensorFlow Lite have the same operators in
/// different files, so the readers only read and this is the only place that translates.
/// </summary>
/// <remarks>
/// Methods return the names of new values. Those begin with <see cref="Graph.Generated"/>, and names of inputs
/// and outputs from a file do not, so that they never collide.
/// </remarks>
/// <param name="fileSize">Bytes of the file that is read: limits the size of the result of a hostile one.</param>
internal sealed partial class GraphBuilder(long fileSize)
{
    private const long AlwaysAllowed = 64 << 20;
    private const int MostGrowth = 16;
    private const int NodeSize = 256;
    private const int NameSize = 64;

    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, int> _copies = [];
    private long _allowed = AlwaysAllowed + (MostGrowth * fileSize);
    private int _values;
    private string? _source;

    /// <summary>What has been built so far.</summary>
    public Graph Graph { get; } = new();

    /// <summary>Translates one operator of the file.</summary>
    /// <param name="op">Its name there.</param>
    /// <param name="place">Where it is in the file; errors begin with it.</param>
    /// <param name="build">Emits nodes.</param>
    /// <exception cref="GraphException">It cannot be built.</exception>
    public void From(string op, string place, Action build)
    {
        Graph.SourceOperators[op] = Graph.SourceOperators.GetValueOrDefault(op) + 1;
        _source = place;
        try
        {
            build();
        }
        catch (Exception error) when (GraphException.IsDamage(error))
        {
            throw GraphException.At(place, error);
        }

        _source = null;
    }

    /// <summary>Checks a number of bytes before they are allocated.</summary>
    /// <exception cref="GraphException">The model is much too large for the file.</exception>
    public void Allow(long bytes)
    {
        _allowed -= bytes;
        if (_allowed < 0)
        {
            throw new GraphException($"it would grow to more than {MostGrowth} times the size of the file");
        }
    }

    /// <summary>Adds a constant.</summary>
    /// <exception cref="GraphException">The model is much too large for the file.</exception>
    public string Constant(Tensor tensor)
    {
        Allow(tensor.Data.Length + NameSize);
        var name = $"{Graph.Generated}constant_{_values++}";
        Graph.Constants[name] = tensor;
        return name;
    }

    /// <summary>Adds a vector of 64-bit integers, as ONNX wants axes and sizes.</summary>
    public string Integers(params ReadOnlySpan<long> values) => Constant(Tensor.Of([values.Length], values));

    /// <summary>Adds a scalar.</summary>
    public string Scalar(float value) => Constant(Tensor.Of([], value));

    /// <summary>The constant of that name, or null when the value is computed.</summary>
    public Tensor? ConstantOf(string name) => Graph.Constants.GetValueOrDefault(name);

    /// <summary>The integers of a constant.</summary>
    /// <exception cref="GraphException">The value is computed.</exception>
    public long[] IntegersOf(string name) => (ConstantOf(name) ?? throw new GraphException(
        "a size or an axis is computed while the model runs; that is not supported")).ToIntegers();

    /// <summary>Adds an operator with one output.</summary>
    public string Emit(string op, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Emit(op, 1, inputs, attributes)[0];

    /// <summary>Adds an operator with <paramref name="outputs"/> outputs.</summary>
    public string[] Emit(
        string op, int outputs, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        if (outputs < 1)
        {
            throw new GraphException($"{outputs} outputs are impossible");
        }

        Allow(NodeSize + ((long)NameSize * outputs) + (sizeof(long) * inputs.Count));
        var names = new string[outputs];
        for (var i = 0; i < outputs; i++)
        {
            names[i] = $"{Graph.Generated}{op}_{_values++}";
        }

        var named = new Dictionary<string, object>(attributes.Length);
        foreach (var (name, value) in attributes)
        {
            named[name] = value;
        }

        Graph.Nodes.Add(new Node(op, inputs, names, named) { Source = _source });
        return names;
    }

    /// <summary>Adds an input and returns its name, which differs from <paramref name="name"/> when that is taken or reserved.</summary>
    public string Input(string name, ElementType type, IReadOnlyList<int>? shape)
    {
        var input = new GraphValue(Unique(name), type, shape);
        Graph.Inputs.Add(input);
        return input.Name;
    }

    /// <summary>Gives a value the name of an output, or a similar one when that is taken or reserved.</summary>
    public void Output(string value, string name, ElementType type, IReadOnlyList<int>? shape)
    {
        var output = new GraphValue(Unique(name), type, shape);
        Graph.Nodes.Add(new Node("Identity", [value], [output.Name], new Dictionary<string, object>()));
        Graph.Outputs.Add(output);
    }

    private string Unique(string name)
    {
        var wanted = name.Length == 0 ? "tensor" : name.StartsWith(Graph.Generated) ? $"_{name}" : name;
        Allow(NodeSize + (2L * wanted.Length));
        var unique = wanted;
        while (!_names.Add(unique))
        {
            unique = $"{wanted}_{_copies[wanted] = _copies.GetValueOrDefault(wanted) + 1}";
        }

        return unique;
    }

    /// <summary>As another type; floating point becomes an integer by dropping its fraction.</summary>
    public string Cast(string value, ElementType type) => ConstantOf(value) switch
    {
        { Type: ElementType.Int32 } tensor when type == ElementType.Int64 => Constant(Tensor.Of(tensor.Shape, tensor.ToIntegers())),
        { } tensor when tensor.Type == type => value,
        _ => Emit("Cast", [value], ("to", (long)type)),
    };

    /// <summary>Applies the activation that TensorFlow fuses with an operator.</summary>
    /// <exception cref="GraphException">It is not supported.</exception>
    public string Activate(string value, string activation, float alpha = 0.2f) => activation.ToUpperInvariant() switch
    {
        "" or "NONE" or "LINEAR" => value,
        "RELU" => Emit("Relu", [value]),
        "RELU6" => Emit("Clip", [value, Scalar(0), Scalar(6)]),
        "RELU_N1_TO_1" => Emit("Clip", [value, Scalar(-1), Scalar(1)]),
        "LEAKYRELU" => Emit("LeakyRelu", [value], ("alpha", alpha)),
        "ELU" => Emit("Elu", [value]),
        "SIGMOID" => Emit("Sigmoid", [value]),
        "TANH" => Emit("Tanh", [value]),
        _ => throw new GraphException($"the activation {activation} is not supported"),
    };
}
