using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Inference.Labels;

/// <summary>
/// Labels in YAML, of which JSON is a part: a list of names, a map from index to name or from name to index, a list of <c>id</c> and
/// <c>name</c> (COCO), or a document that holds one of them (<c>names</c> of Ultralytics, <c>id2label</c> of Transformers, <c>categories</c> of COCO).
/// </summary>
internal static partial class LabelDocument
{
    private const int DeepestNesting = 32;

    private static readonly string[] Keys = ["names", "id2label", "categories", "labels", "classes", "class_names", "label2id"];

    public static bool IsOne(string[] lines) => Array.Exists(lines, line => Key().IsMatch(line))
        || Array.Find(lines, line => line.Length > 0 && line[0] is not '#' && line != "---") is ['{' or '[', ..] or ['-', ' ', ..];

    public static ParsedLabels Parse(string text)
    {
        var root = Load(text.Replace("\t", "  ", StringComparison.Ordinal));
        var node = root is YamlMappingNode document && Keys.Select(key => Child(document, key)).FirstOrDefault(child => child is not null) is { } held ? held : root;
        var labels = node switch
        {
            YamlSequenceNode list => List(list),
            YamlMappingNode map => Map(map),
            _ => null,
        };
        return labels is { Labels.Count: > 0 } ? labels : throw No(node);
    }

    private static YamlNode Load(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            for (var depth = 0; parser.MoveNext();)
            {
                depth += parser.Current!.NestingIncrease;
                if (depth > DeepestNesting) // the loader recurses, and a stack that overflows ends the program
                {
                    throw new LabelException((int)parser.Current.Start.Line, "this is nested too deeply for a list of labels");
                }
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [var document, ..] ? document.RootNode : throw new LabelException(1, "the file holds no labels; write one a line");
        }
        catch (YamlException error)
        {
            throw new LabelException((int)Math.Max(1, error.Start.Line), $"this begins as YAML or JSON and is not: {error.Message}");
        }
    }

    private static ParsedLabels? List(YamlSequenceNode list)
    {
        var labels = new List<ParsedLabel>(list.Children.Count);
        foreach (var item in list.Children)
        {
            var (index, name) = item switch
            {
                YamlScalarNode scalar => (labels.Count, scalar.Value),
                YamlMappingNode map => (IndexOf(Child(map, "id")), (Child(map, "name") as YamlScalarNode)?.Value),
                _ => (-1, null),
            };
            labels.Add(index >= 0 && name is not null ? new ParsedLabel(LineOf(item), index, name.Trim()) : throw No(item));
        }

        var hasIds = list.Children is [YamlMappingNode, ..];
        return new ParsedLabels(labels, hasIds, hasIds);
    }

    private static ParsedLabels? Map(YamlMappingNode map)
    {
        var labels = new List<ParsedLabel>(map.Children.Count);
        foreach (var (key, value) in map.Children)
        {
            labels.Add(
                IndexOf(key) is >= 0 and var index && value is YamlScalarNode name ? new ParsedLabel(LineOf(key), index, (name.Value ?? "").Trim())
                : IndexOf(value) is >= 0 and var other && key is YamlScalarNode called ? new ParsedLabel(LineOf(key), other, (called.Value ?? "").Trim())
                : throw No(key));
        }

        return new ParsedLabels(labels, true, false);
    }

    private static LabelException No(YamlNode node) => new(
        LineOf(node), $"no label is found here; write one a line, or under 'names', 'id2label' or 'categories' a list of names or a map from class index to name");

    private static int LineOf(YamlNode node) => (int)Math.Max(1, node.Start.Line);

    private static int IndexOf(YamlNode? node) =>
        node is YamlScalarNode scalar && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;

    private static YamlNode? Child(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    [GeneratedRegex("""^["']?(?:names|id2label|categories|labels|classes|class_names|label2id)["']?\s*:(?:\s|$|[\[{])""")]
    private static partial Regex Key();
}
