namespace Ambianic.OnnxImport.Graphs;

/// <summary>
/// The layout pass: rewrites a graph whose pictures have their channels last (NHWC) into one that ONNX can run, where
/// operators on pictures want channels first (NCHW).
/// </summary>
/// <remarks>
/// Every value has up to two forms: as the source means it, and with channels first. A Transpose makes a form only
/// when an operator needs it; operators for which the layout does not matter use the form that exists. So transposes remain
/// only where the network begins or ends to work on pictures.
/// </remarks>
internal sealed class ChannelsFirst
{
    private static readonly long[] ToFirst = [0, 3, 1, 2];
    private static readonly long[] ToLast = [0, 2, 3, 1];

    /// <summary>Where axis <c>i</c> of a picture with channels last is when they are first.</summary>
    private static readonly long[] AxisInFirst = [0, 2, 3, 1];

    private readonly Graph _target = new();
    private readonly Dictionary<string, string> _asMeant = [];
    private readonly Dictionary<string, string> _first = [];

    /// <summary>Constants of up to four axes, in the layout for operations with pictures that have channels first. They do not become pictures by that.</summary>
    private readonly Dictionary<string, string> _besideFirst = [];

    private ChannelsFirst(Graph source)
    {
        _target.Inputs.AddRange(source.Inputs);
        _target.Outputs.AddRange(source.Outputs);
        foreach (var (name, tensor) in source.Constants)
        {
            _target.Constants[name] = tensor;
        }

        foreach (var name in source.Inputs.Select(input => input.Name).Concat(source.Constants.Keys))
        {
            _asMeant[name] = name;
        }

        var outputs = source.Outputs.Select(output => output.Name).ToHashSet();
        foreach (var node in source.Nodes)
        {
            try
            {
                if (outputs.Contains(node.Outputs[0]))
                {
                    Keep(node);
                }
                else
                {
                    Rewrite(node);
                }
            }
            catch (Exception error) when (node.Source is { } place && GraphException.IsDamage(error))
            {
                throw GraphException.At(place, error);
            }
        }
    }

    /// <summary>A graph that computes the same, with the layout of its inputs and outputs unchanged.</summary>
    public static Graph Rewrite(Graph source) => new ChannelsFirst(source)._target;

    private void Rewrite(Node node)
    {
        switch (node.Op)
        {
            case "Conv" or "ConvTranspose" or "MaxPool" or "AveragePool" or "DepthToSpace" or "SpaceToDepth" or "GridSample":
                Change(node, [First(node.Inputs[0]), .. node.Inputs.Skip(1).Select(AsMeant)]);
                break;
            case "Resize":
                Resize(node);
                break;
            case "Shape" when IsFirst(node):
                KeepShape(node);
                break;
            case "Transpose" when IsAlias(node):
                break;
            case "Add" or "Sub" or "Mul" or "Div" or "Max" or "Min" or "Pow" or "PRelu" or "Where" or "Mod"
                or "Equal" or "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" or "And" or "Or"
                when node.Inputs.Any(_first.ContainsKey) && node.Inputs.All(CanBroadcastFirst):
                Change(node, [.. node.Inputs.Select(BroadcastFirst)]);
                break;
            case "Concat" when node.Inputs.Any(_first.ContainsKey):
                Change(node, [.. node.Inputs.Select(First)], ("axis", InFirst((long)node.Attributes["axis"])));
                break;
            case "Split" when IsFirst(node):
                Change(node, [First(node.Inputs[0]), .. node.Inputs.Skip(1)], ("axis", InFirst((long)node.Attributes["axis"])));
                break;
            case "Pad" when IsFirst(node) && node.Inputs.Count <= 3:
                Change(node, [First(node.Inputs[0]), PadsInFirst(node.Inputs[1]), .. node.Inputs.Skip(2)]);
                break;
            case "Slice" when IsFirst(node):
                Change(node, [First(node.Inputs[0]), .. node.Inputs.Skip(1).Take(2), AxesInFirst(node.Inputs[3]), node.Inputs[4]]);
                break;
            case "ReduceMean" or "ReduceSum" or "ReduceMax" or "ReduceMin" or "ReduceProd" when IsFirst(node) && (long)node.Attributes["keepdims"] == 1:
                Change(node, [First(node.Inputs[0]), AxesInFirst(node.Inputs[1])]);
                break;
            case "Relu" or "Clip" or "LeakyRelu" or "Elu" or "Sigmoid" or "Tanh" or "HardSwish" or "Exp" or "Sqrt" or "Abs" or "Neg"
                or "Reciprocal" or "Floor" or "Ceil" or "Round" or "Erf" or "Log" or "Sin" or "Cos" or "Not" or "Cast" or "Identity"
                or "QuantizeLinear" or "DequantizeLinear" when IsFirst(node):
                Change(node, [First(node.Inputs[0]), .. node.Inputs.Skip(1).Select(AsMeant)]);
                break;
            default:
                Keep(node);
                break;
        }
    }

    private bool IsFirst(Node node) => _first.ContainsKey(node.Inputs[0]);

    /// <summary>Adds a node whose inputs and outputs have channels first.</summary>
    private void Change(Node node, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> changed)
    {
        var attributes = node.Attributes.ToDictionary();
        foreach (var (name, value) in changed)
        {
            attributes[name] = value;
        }

        _target.Nodes.Add(new Node(node.Op, inputs, node.Outputs, attributes));
        foreach (var output in node.Outputs)
        {
            _first[output] = output;
        }
    }

    /// <summary>Adds a node in the layout of the source.</summary>
    private void Keep(Node node)
    {
        _target.Nodes.Add(node with { Inputs = [.. node.Inputs.Select(AsMeant)] });
        foreach (var output in node.Outputs)
        {
            _asMeant[output] = output;
        }
    }

    /// <summary>
    /// Sizes of all four axes, though ONNX could be told those of rows and columns alone: ONNX Runtime's optimiser confuses
    /// those when there is a transpose beside the node, and then refuses the model.
    /// </summary>
    private void Resize(Node node)
    {
        var (picture, all, sizes) = (First(node.Inputs[0]), Named("all", node.Outputs[0]), Named("sizes", node.Outputs[0]));
        _target.Nodes.Add(new Node("Shape", [picture], [all], new Dictionary<string, object> { ["start"] = 0L, ["end"] = 2L }));
        _target.Nodes.Add(new Node(
            "Concat", [all, AsMeant(node.Inputs[3])], [sizes], new Dictionary<string, object> { ["axis"] = 0L }));
        Change(node, [picture, "", "", sizes]);
    }

    /// <summary>Reorders the sizes instead of the pixels.</summary>
    private void KeepShape(Node node)
    {
        var (result, sizes) = (node.Outputs[0], Named("sizes", node.Outputs[0]));
        _target.Nodes.Add(node with { Inputs = [First(node.Inputs[0])], Outputs = [sizes] });
        _target.Nodes.Add(new Node(
            "Gather", [sizes, NewConstant(result, ToLast)], [result], new Dictionary<string, object> { ["axis"] = 0L }));
        _asMeant[result] = result;
    }

    /// <summary>A transpose in the source from one layout to the other needs nothing: its result is the other form of its input.</summary>
    private bool IsAlias(Node node)
    {
        var (input, output) = (node.Inputs[0], node.Outputs[0]);
        var axes = (long[])node.Attributes["perm"];
        if (axes.AsSpan().SequenceEqual(ToFirst) && _first.TryGetValue(input, out var first))
        {
            _asMeant[output] = first;
            return true;
        }

        if (axes.AsSpan().SequenceEqual(ToLast) && _asMeant.TryGetValue(input, out var meant))
        {
            _first[output] = meant;
            return true;
        }

        return false;
    }

    private string AsMeant(string name) => name.Length == 0 ? name : Form(name, _asMeant, _first, ToLast);

    private string First(string name) => Form(name, _first, _asMeant, ToFirst);

    private string Form(string name, Dictionary<string, string> wanted, Dictionary<string, string> other, long[] axes)
    {
        if (wanted.TryGetValue(name, out var form))
        {
            return form;
        }

        var made = Named(axes == ToFirst ? "first" : "last", other[name]);
        if (_target.Constants.TryGetValue(other[name], out var tensor))
        {
            _target.Constants[made] = tensor.Transpose([.. axes.Select(axis => (int)axis)]);
        }
        else
        {
            _target.Nodes.Add(new Node("Transpose", [other[name]], [made], new Dictionary<string, object> { ["perm"] = axes }));
        }

        return wanted[name] = made;
    }

    /// <summary>A computed value that exists in the layout of the source alone may have any number of axes, so it cannot be transposed.</summary>
    private bool CanBroadcastFirst(string name) =>
        _first.ContainsKey(name) || (_target.Constants.TryGetValue(name, out var tensor) && tensor.Shape.Count <= 4);

    private string BroadcastFirst(string name)
    {
        if (_first.TryGetValue(name, out var form) || _besideFirst.TryGetValue(name, out form))
        {
            return form;
        }

        var tensor = _target.Constants[name];
        if (tensor.Count == 1)
        {
            return name;
        }

        var picture = tensor.Reshape([.. Enumerable.Repeat(1, 4 - tensor.Shape.Count), .. tensor.Shape]);
        var made = Named("beside", name);
        _target.Constants[made] = picture.Transpose(0, 3, 1, 2);
        return _besideFirst[name] = made;
    }

    private static string Named(string form, string origin) => $"{Graph.Generated}{form}:{origin}";

    private static long InFirst(long axis) => AxisInFirst[axis < 0 ? axis + 4 : axis];

    private string AxesInFirst(string name) =>
        NewConstant(name, [.. _target.Constants[name].ToIntegers().Select(InFirst)]);

    private string PadsInFirst(string name)
    {
        var pads = _target.Constants[name].ToIntegers();
        return NewConstant(name, [.. ToFirst.Select(axis => pads[axis]), .. ToFirst.Select(axis => pads[4 + axis])]);
    }

    private string NewConstant(string origin, long[] values)
    {
        var name = Named("order", origin);
        _target.Constants[name] = Tensor.Of([values.Length], values);
        return name;
    }
}
