using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Timeline;

/// <summary>
/// Reads the YAML timeline of the reference system, whatever Python objects its tags name: a tag is only ever looked at, nothing
/// is made of it.
/// </summary>
internal static class ReferenceTimeline
{
    private const int MostNodes = 200_000;
    private const int DeepestNesting = 32;

    /// <summary>The keys <c>args</c> of all entries, as the JSON beside a picture would be; values are text, which is read as numbers where those belong.</summary>
    /// <exception cref="InvalidDataException">It is no timeline.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<JsonObject> Read(string path)
    {
        var stream = new YamlStream();
        try
        {
            using var text = File.OpenText(path);
            stream.Load(text);
        }
        catch (Exception error) when (error is YamlException or ArgumentException)
        {
            throw new InvalidDataException($"not a timeline: {error.Message}", error);
        }

        if (stream.Documents is not [{ RootNode: YamlSequenceNode entries }, ..])
        {
            throw new InvalidDataException("not a timeline: it is no list of events");
        }

        var left = MostNodes;
        return [.. entries.OfType<YamlMappingNode>().Select(entry => ReadEntry(entry, ref left)).OfType<JsonObject>()];
    }

    private static JsonObject? ReadEntry(YamlMappingNode entry, ref int left)
    {
        if (!entry.Children.TryGetValue(new YamlScalarNode("args"), out var node) || Convert(node, 0, ref left) is not JsonObject args)
        {
            return null;
        }

        if (args["id"] is null && entry.Children.TryGetValue(new YamlScalarNode("id"), out var id))
        {
            args["id"] = id is YamlScalarNode scalar ? scalar.Value : null;
        }

        return args;
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int left)
    {
        if (--left < 0 || depth > DeepestNesting)
        {
            throw new InvalidDataException("not a timeline: it is nested too deeply or too large");
        }

        switch (node)
        {
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" }:
                return null;
            case YamlScalarNode scalar:
                return JsonValue.Create(scalar.Value);
            case YamlSequenceNode sequence when Tag(sequence).Contains("numpy", StringComparison.Ordinal):
                return Number(sequence);
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence)
                {
                    items.Add(Convert(item, depth + 1, ref left));
                }

                return items;
            case YamlMappingNode mapping:
                var map = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    map[(key as YamlScalarNode)?.Value ?? ""] = Convert(value, depth + 1, ref left);
                }

                return map;
            default:
                return null;
        }
    }

    /// <summary>A number of NumPy: its type, then its little-endian bytes.</summary>
    private static JsonValue? Number(YamlSequenceNode sequence)
    {
        if (sequence.Children is not [.., YamlScalarNode last] || !Tag(last).Contains("binary", StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = System.Convert.FromBase64String(string.Concat((last.Value ?? "").Where(letter => !char.IsWhiteSpace(letter))));
        return bytes.Length switch
        {
            4 => JsonValue.Create(BitConverter.ToSingle(bytes)),
            8 => JsonValue.Create(BitConverter.ToDouble(bytes)),
            _ => null,
        };
    }

    private static string Tag(YamlNode node) => node.Tag.IsEmpty ? "" : node.Tag.Value;
}
