using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ambianic.Tests.OnnxImport;

/// <summary>Writes small TensorFlow.js models: <c>x</c> (1, 2, 2, 1) goes in, nodes follow, the last one comes out.</summary>
internal sealed class TinyTfJs
{
    private readonly JsonArray _nodes = [];
    private readonly JsonArray _weights = [];
    private readonly List<byte> _data = [];

    public TinyTfJs() => Node("x", "Placeholder", [], """
        {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {"dim": [{"size": "1"}, {"size": "2"}, {"size": "2"}, {"size": "1"}]}}}
        """);

    public TinyTfJs Node(string name, string op, string[] inputs, string attributes = """{"T": {"type": "DT_FLOAT"}}""")
    {
        _nodes.Add(new JsonObject
        {
            ["name"] = name,
            ["op"] = op,
            ["input"] = new JsonArray([.. inputs.Select(input => JsonValue.Create(input))]),
            ["attr"] = JsonNode.Parse(attributes),
        });
        return this;
    }

    public TinyTfJs Weight(string name, int[] shape, params float[] values)
    {
        Node(name, "Const", [], """{"dtype": {"type": "DT_FLOAT"}}""");
        _weights.Add(new JsonObject
        {
            ["name"] = name, ["dtype"] = "float32", ["shape"] = JsonSerializer.SerializeToNode(shape),
        });
        foreach (var value in values)
        {
            _data.AddRange(BitConverter.GetBytes(value));
        }

        return this;
    }

    /// <summary>Writes <c>model.json</c> and its weights, and returns the path of the former.</summary>
    public string Write(string directory, string weightsFile = "model.bin")
    {
        var model = new JsonObject
        {
            ["format"] = "graph-model",
            ["modelTopology"] = new JsonObject { ["node"] = _nodes },
            ["weightsManifest"] = new JsonArray(new JsonObject
            {
                ["paths"] = new JsonArray(weightsFile), ["weights"] = _weights,
            }),
        };
        File.WriteAllBytes(Path.Combine(directory, "model.bin"), [.. _data]);
        var path = Path.Combine(directory, "model.json");
        File.WriteAllText(path, model.ToJsonString());
        return path;
    }
}
