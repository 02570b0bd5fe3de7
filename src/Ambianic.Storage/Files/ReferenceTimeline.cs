using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Shared;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Storage.Files;

/// <summary>An entry of a timeline, as it is written.</summary>
/// <param name="Line">Where it begins; the first line of the file is 1.</param>
/// <param name="Text">YAML: a list of one.</param>
internal sealed record ReferenceEntry(int Line, string Text);

/// <summary>
/// Reads the YAML timeline of the reference system, whatever Python objects its tags name: a tag is only ever looked at, nothing
/// is made of it. The log is appended entry by entry, so each is read by itself and a damaged one costs no other.
/// </summary>
internal static class ReferenceTimeline
{
    private const int MostNodes = 20_000;
    private const int DeepestNesting = 32;

    /// <summary>The files of a data directory that may hold a timeline.</summary>
    public static IReadOnlyList<string> Files(string dataDir) =>
        Directory.Exists(dataDir) ? [.. Directory.GetFiles(dataDir, "*.yaml*").Order(StringComparer.Ordinal)] : [];

    /// <summary>The entries of a file, none of them understood yet. What stands before the first, the end of one that was cut, is an entry too.</summary>
    /// <exception cref="InvalidDataException">It is no timeline.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ReferenceEntry> Split(string path)
    {
        var entries = new List<ReferenceEntry>();
        var text = new StringBuilder();
        var isList = false;
        var (begin, line) = (1, 0);
        if (RegularFile.HasNoLength(path))
        {
            throw new InvalidDataException("not a timeline: empty, or no file but a device or a pipe");
        }

        foreach (var content in File.ReadLines(path))
        {
            line++;
            if (content is "-" || content.StartsWith("- ", StringComparison.Ordinal))
            {
                isList = true;
                End();
            }

            if (text.Length > 0 || !IsBlank(content))
            {
                begin = text.Length == 0 ? line : begin;
                text.Append(content).Append('\n');
            }
        }

        End();
        return isList ? entries : throw new InvalidDataException("not a timeline: it is no list of events");

        void End()
        {
            if (text.Length > 0)
            {
                entries.Add(new ReferenceEntry(begin, text.ToString()));
                text.Clear();
            }
        }
    }

    /// <summary>
    /// The key <c>args</c> of an entry, as the JSON beside a picture would be; values are text, which is read as numbers where those belong.
    /// And when the entry was made, or null when it does not say.
    /// </summary>
    /// <exception cref="InvalidDataException">It is no event.</exception>
    public static (JsonObject Args, DateTimeOffset? Created) Read(ReferenceEntry entry)
    {
        var stream = new YamlStream();
        try
        {
            RefuseDeepNesting(entry.Text);
            stream.Load(new StringReader(entry.Text));
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"not valid YAML in line {entry.Line + error.Start.Line - 1}: {error.Message}", error);
        }

        var left = MostNodes;
        if (stream.Documents is not [{ RootNode: YamlSequenceNode { Children: [YamlMappingNode map] } }, ..]
            || !map.Children.TryGetValue(new YamlScalarNode("args"), out var node)
            || Convert(node, 0, ref left) is not JsonObject args)
        {
            throw new InvalidDataException("not an event: it has no args; it may be cut off");
        }

        if (args["id"] is null)
        {
            args["id"] = Scalar(map, "id");
        }

        return (args, ReferenceTime.Moment(Scalar(map, "created")));
    }

    private static string? Scalar(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? (node as YamlScalarNode)?.Value : null;

    /// <summary>Asked before the text is loaded: the loader recurses, and a stack that overflows ends the program.</summary>
    private static void RefuseDeepNesting(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting)
            {
                throw TooLarge();
            }
        }
    }

    private static InvalidDataException TooLarge() => new("not an event: it is nested too deeply or too large");

    private static bool IsBlank(string line) => string.IsNullOrWhiteSpace(line) || line.StartsWith('#') || line is "---";

    private static JsonNode? Convert(YamlNode node, int depth, ref int left)
    {
        if (--left < 0 || depth > DeepestNesting)
        {
            throw TooLarge();
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
