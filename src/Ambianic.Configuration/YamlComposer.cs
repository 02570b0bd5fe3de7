using Ambianic.Core.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ambianic.Configuration;

/// <summary>
/// Reads one YAML file into nodes: follows aliases, applies merge keys (<c>&lt;&lt;</c>), reports duplicate keys. Depth and
/// number of nodes are bounded while reading, so that no file, however it is nested or aliased, takes the program down.
/// </summary>
internal sealed class YamlComposer
{
    private const int DeepestNesting = 32;
    private const int MostNodes = 100_000;
    private const string CoreTags = "tag:yaml.org,2002:";

    private readonly ConfigurationText _file;
    private readonly Anchors _anchors;
    private readonly ProblemList _problems;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private int _nodes;
    private int _anchorsDefined;

    private YamlComposer(ConfigurationText file, string text, Anchors anchors, ProblemList problems)
    {
        _file = file;
        _anchors = anchors;
        _problems = problems;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>The document; null when there is none or when it had to be given up, which is then reported.</summary>
    public static Node? Compose(ConfigurationText file, string text, Anchors anchors, ProblemList problems)
    {
        try
        {
            return new YamlComposer(file, text, anchors, problems).ComposeDocument();
        }
        catch (Fault fault)
        {
            anchors.Abandon(problems.Add(fault.Place, fault.Path, fault.Message));
            return null;
        }
    }

    private ParsingEvent Current => _parser.Current!;

    private Node? ComposeDocument()
    {
        Next();
        Next();
        if (Current is StreamEnd)
        {
            return null;
        }

        Next();
        var root = ComposeNode("", 0);
        Next();
        if (Current is DocumentStart)
        {
            throw new Fault(PlaceOf(Current.Start), "", "a second document begins here; a file holds one");
        }

        return root;
    }

    /// <summary>Composes the node that begins with the current event, and moves past it.</summary>
    private Node ComposeNode(string path, int depth)
    {
        var start = Current;
        var place = PlaceOf(start.Start);
        Bound(1, depth, place, path);
        if (start is AnchorAlias alias)
        {
            Next();
            return Follow(alias.Value.Value, place, path, depth);
        }

        if (start is not NodeEvent { Anchor: var anchor, Tag: var tag })
        {
            throw new Fault(place, path, "is not valid YAML: a value is missing before this");
        }

        if (!anchor.IsEmpty)
        {
            _anchorsDefined++;
            _anchors.Open(anchor.Value);
        }

        Next();
        Node node = start switch
        {
            Scalar scalar => new ScalarNode(place, scalar.Value, IsPlain(scalar)),
            SequenceStart => ComposeSequence(place, path, depth),
            _ => ComposeMapping(place, path, depth),
        };
        if (!IsKnown(tag))
        {
            var problem = _problems.Add(place, path, $"the tag {QuoteUnlessSecret(tag.Value, path)} is not known; write the value itself, or an alias (*name) of an anchor (&name)");
            node = new BrokenNode(place, problem);
        }

        if (!anchor.IsEmpty)
        {
            _anchors.Define(anchor.Value, node);
        }

        return node;
    }

    private SequenceNode ComposeSequence(Place place, string path, int depth)
    {
        var items = new List<Node>();
        while (Current is not SequenceEnd)
        {
            items.Add(ComposeNode($"{path}[{items.Count}]", depth + 1));
        }

        Next();
        return new SequenceNode(place, items);
    }

    private MappingNode ComposeMapping(Place place, string path, int depth)
    {
        var entries = new OrderedDictionary<string, Entry>();
        var merged = new List<MappingNode>();
        Place? mergeKey = null;
        while (Current is not MappingEnd)
        {
            var isMergeKey = Current is Scalar { Value: "<<", IsPlainImplicit: true };
            var keyPlace = PlaceOf(Current.Start);
            var key = ComposeNode(path, depth + 1);
            var name = (key as ScalarNode)?.Text;
            var keyPath = ProblemList.Join(path, name ?? "?");
            var anchorsBefore = _anchorsDefined;
            var value = ComposeNode(keyPath, depth + 1);
            if (name is null)
            {
                ReportKey(key, keyPlace, path);
            }
            else if (isMergeKey)
            {
                ReportDuplicate(mergeKey, keyPlace, keyPath);
                mergeKey = keyPlace;
                merged.AddRange(MergedMaps(value, keyPath));
            }
            else
            {
                ReportDuplicate(entries.GetValueOrDefault(name)?.KeyPlace, keyPlace, keyPath);
                entries[name] = new Entry(name, keyPlace, value) { DefinesAnchor = _anchorsDefined > anchorsBefore };
            }
        }

        Next();
        foreach (var inherited in merged.SelectMany(map => map.Entries))
        {
            entries.TryAdd(inherited.Key, inherited with { DefinesAnchor = false });
        }

        return new MappingNode(place, [.. entries.Values]);
    }

    private void ReportKey(Node key, Place place, string path)
    {
        if (key is not BrokenNode)
        {
            _problems.Add(place, path, $"{ProblemList.Quote(key)} cannot be a key; a key is text");
        }
    }

    private void ReportDuplicate(Place? first, Place place, string path)
    {
        if (first is { } before)
        {
            _problems.Add(place, path, $"this key is already in line {before.Line}, column {before.Column}; remove one of them");
        }
    }

    private IEnumerable<MappingNode> MergedMaps(Node value, string path)
    {
        foreach (var node in value is SequenceNode list ? list.Items : [value])
        {
            if (node is MappingNode map)
            {
                yield return map;
            }
            else if (node is not BrokenNode)
            {
                _problems.Add(node.Place, path, "'<<' takes over the keys of a map or of a list of maps, given as aliases (*name)");
            }
        }
    }

    private Node Follow(string name, Place place, string path, int depth)
    {
        if (_anchors.IsOpen(name))
        {
            return new BrokenNode(place, _problems.Add(place, path, $"the alias {QuoteUnlessSecret("*" + name, path)} stands inside what it stands for"));
        }

        if (_anchors.Find(name) is { } node)
        {
            Bound(node.Size, depth + node.Depth, place, path);
            return node;
        }

        return new BrokenNode(place, _anchors.Incomplete ?? _problems.Add(
            place,
            path,
            $"the alias {QuoteUnlessSecret("*" + name, path)} has no anchor '&…' above it or in an earlier file",
            Suggestions.Nearest(name, _anchors.Names) is { } near ? "*" + near : null));
    }

    /// <summary>A password that begins with <c>!</c> or <c>*</c> and is not in quotes is a tag or an alias to YAML.</summary>
    private static string QuoteUnlessSecret(string text, string path) =>
        path.Split('.').Any(key => Credentials.IsSecretKey(key.Split('[')[0])) ? "here (a secret that begins so is put in quotes)" : ProblemList.Quote(text);

    private void Bound(int nodes, int depth, Place place, string path)
    {
        _nodes += nodes;
        if (_nodes > MostNodes)
        {
            throw new Fault(place, path, $"the file holds more than {MostNodes} values, aliases followed; a configuration is smaller");
        }

        if (depth > DeepestNesting)
        {
            throw new Fault(place, path, $"is nested more than {DeepestNesting} levels deep");
        }
    }

    private void Next()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (YamlException error)
        {
            throw new Fault(PlaceOf(error.Start.Index == 0 ? error.End : error.Start), "", $"is not valid YAML: {Credentials.Mask(error.Message)}");
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The parser's own words for a bracket that is not closed, and for other faults that it did not foresee.
            throw new Fault(PlaceOf(_scanner.CurrentPosition), "", "is not valid YAML: something before this is not closed or not separated");
        }
    }

    private static bool IsPlain(Scalar scalar) =>
        scalar.Tag.IsEmpty ? scalar.Style == ScalarStyle.Plain : scalar.Tag.Value != CoreTags + "str" && !scalar.Tag.IsNonSpecific;

    private static bool IsKnown(TagName tag) =>
        tag.IsEmpty || tag.IsNonSpecific || tag.Value is
            CoreTags + "str" or CoreTags + "int" or CoreTags + "float" or CoreTags + "bool" or CoreTags + "null"
            or CoreTags + "map" or CoreTags + "seq";

    private Place PlaceOf(Mark mark) => new(_file.Name, (int)mark.Line, (int)mark.Column, _file.IsSecret);

    /// <summary>Ends the reading of a file; never leaves this class.</summary>
    private sealed class Fault(Place place, string path, string message) : Exception(message)
    {
        public Place Place { get; } = place;

        public string Path { get; } = path;
    }
}
