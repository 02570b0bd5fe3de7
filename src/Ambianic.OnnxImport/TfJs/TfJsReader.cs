using System.Text.Json;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.TfJs;

/// <summary>Reads a TensorFlow.js graph model: <c>model.json</c> and the weights files beside it.</summary>
internal sealed partial class TfJsReader
{
    private const long LargestTopology = 64 << 20;

    private readonly GraphBuilder _builder;
    private readonly Dictionary<string, TfJsNode> _nodes = [];
    private readonly Dictionary<string, Tensor> _weights;

    /// <summary>Names of the values built for each node, by output.</summary>
    private readonly Dictionary<string, string[]> _values = [];

    private TfJsReader(JsonElement model, int size, string directory, IReadOnlyList<string>? outputs)
    {
        foreach (var json in model.GetProperty("modelTopology").GetProperty("node").EnumerateArray())
        {
            var node = new TfJsNode(json, _nodes.Count);
            _nodes[node.Name] = node;
        }

        _weights = TfJsWeights.Read(model.GetProperty("weightsManifest"), directory);
        _builder = new GraphBuilder(size + _weights.Values.Sum(weight => (long)weight.Data.Length));
        foreach (var output in outputs ?? Outputs(model))
        {
            Build(output);
            _builder.Output(Value(output), output, OutputType(output), null);
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="json">Its <c>model.json</c>.</param>
    /// <param name="directory">Where its weights lie.</param>
    /// <param name="outputs">Names of the outputs wanted; null is all of them.</param>
    /// <exception cref="GraphException">It is damaged or uses something that is not supported.</exception>
    public static Graph Read(ReadOnlyMemory<byte> json, string directory, IReadOnlyList<string>? outputs)
    {
        if (json.Length > LargestTopology)
        {
            throw new GraphException($"it is larger than {LargestTopology >> 20} MiB");
        }

        using var document = JsonDocument.Parse(json);
        return new TfJsReader(document.RootElement, json.Length, directory, outputs)._builder.Graph;
    }

    /// <summary>Those that the signature names; without a signature the nodes whose output no node uses.</summary>
    private List<string> Outputs(JsonElement model)
    {
        if (model.TryGetProperty("signature", out var signature) && signature.TryGetProperty("outputs", out var named))
        {
            return [.. named.EnumerateObject().Select(output => WithoutPort(output.Value.GetProperty("name").GetString() ?? ""))];
        }

        var used = _nodes.Values.SelectMany(node => node.Inputs).Select(WithoutPort).ToHashSet();
        return [.. _nodes.Keys.Where(name => !used.Contains(name))];
    }

    private ElementType OutputType(string name) => _nodes[name].Op switch
    {
        "Placeholder" or "Const" => _nodes[name].Type("dtype"),
        "ArgMax" => ElementType.Int32,
        "Cast" => _nodes[name].Type("DstT"),
        "Equal" or "Less" or "Greater" or "GreaterEqual" or "LogicalAnd" => ElementType.Bool,
        _ => _nodes[name].Type("T"),
    };

    /// <summary>Builds a node after everything it needs, without recursion: a file may hold a chain of any length.</summary>
    private void Build(string wanted)
    {
        var path = new Stack<string>([wanted]);
        var entered = new HashSet<string>();
        while (path.TryPeek(out var name))
        {
            if (_values.ContainsKey(name))
            {
                path.Pop();
                continue;
            }

            if (!_nodes.TryGetValue(name, out var node))
            {
                throw new GraphException($"it has no node '{name}'");
            }

            var missing = node.Inputs.Select(WithoutPort).Where(input => !_values.ContainsKey(input)).ToArray();
            if (missing.Length == 0)
            {
                _values[name] = Translate(node);
                path.Pop();
                continue;
            }

            if (!entered.Add(name))
            {
                throw new GraphException($"its node '{name}' depends on itself");
            }

            foreach (var input in missing)
            {
                path.Push(input);
            }
        }
    }

    private string[] Translate(TfJsNode node)
    {
        string[] values = [];
        _builder.From(node.Op, $"node {node.Index} '{node.Name}' ({node.Op})", () => values = Operator(node));
        return values;
    }

    private string Value(string reference)
    {
        var colon = reference.LastIndexOf(':');
        var port = colon < 0 ? 0 : int.Parse(reference.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        return _values[WithoutPort(reference)][port];
    }

    private static string WithoutPort(string reference) =>
        reference.LastIndexOf(':') is var colon && colon >= 0 ? reference[..colon] : reference;
}
