using System.Globalization;
using System.Text;
using System.Text.Json;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.TfJs;

/// <summary>A node of a TensorFlow graph in the JSON form of protocol buffers: numbers as text, text as base64.</summary>
internal sealed class TfJsNode
{
    private readonly JsonElement _attributes;

    public TfJsNode(JsonElement json, int index)
    {
        Index = index;
        Name = json.GetProperty("name").GetString() ?? "";
        Op = json.GetProperty("op").GetString() ?? "";
        Inputs = json.TryGetProperty("input", out var inputs)
            ? [.. inputs.EnumerateArray().Select(input => input.GetString() ?? "").Where(input => !input.StartsWith('^'))]
            : [];
        _attributes = json.TryGetProperty("attr", out var attributes) ? attributes : default;
    }

    /// <summary>Place in the file, from 0.</summary>
    public int Index { get; }

    public string Name { get; }

    public string Op { get; }

    /// <summary><c>node</c>, or <c>node:output</c>; without those that only set an order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    public long Integer(string name, long otherwise = 0) => Attribute(name, "i") is { } value ? ToInteger(value) : otherwise;

    public bool Flag(string name) => Attribute(name, "b") is { ValueKind: JsonValueKind.True };

    public float Number(string name, float otherwise) => Attribute(name, "f") is { } value ? value.GetSingle() : otherwise;

    public string Text(string name) => Attribute(name, "s") is { } value ? ToText(value) : "";

    public long[] Integers(string name) => [.. List(name, "i").Select(ToInteger)];

    public string[] Texts(string name) => [.. List(name, "s").Select(ToText)];

    /// <summary>The type named by an attribute; 64-bit integers are 32-bit ones throughout, as in TensorFlow.js.</summary>
    /// <exception cref="GraphException">It is not supported.</exception>
    public ElementType Type(string name) => Attribute(name, "type")?.GetString() switch
    {
        "DT_FLOAT" or "DT_HALF" => ElementType.Float,
        "DT_INT32" or "DT_INT64" => ElementType.Int32,
        "DT_BOOL" => ElementType.Bool,
        var type => throw new GraphException($"the type {type} is not supported"),
    };

    /// <summary>Sizes of an input; -1 is unknown; null when even their number is.</summary>
    public IReadOnlyList<int>? Shape()
    {
        if (Attribute("shape", "shape") is not { } shape || shape.TryGetProperty("unknownRank", out _))
        {
            return null;
        }

        return shape.TryGetProperty("dim", out var sizes)
            ? [.. sizes.EnumerateArray().Select(size => (int)ToInteger(size.GetProperty("size")))]
            : [];
    }

    private JsonElement? Attribute(string name, string kind) =>
        _attributes.ValueKind == JsonValueKind.Object
        && _attributes.TryGetProperty(name, out var attribute)
        && attribute.TryGetProperty(kind, out var value) ? value : null;

    private JsonElement.ArrayEnumerator List(string name, string kind) =>
        Attribute(name, "list") is { } list && list.TryGetProperty(kind, out var values) ? values.EnumerateArray() : default;

    private static long ToInteger(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetInt64()
        : long.Parse(value.GetString() ?? "", CultureInfo.InvariantCulture);

    private static string ToText(JsonElement value) => Encoding.UTF8.GetString(value.GetBytesFromBase64());
}
