using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ambianic.Configuration.Saving;

/// <summary>Where the parts of a YAML text begin and end, for changes that leave the rest of the text alone.</summary>
/// <param name="Start">Index of its first letter.</param>
/// <param name="End">Index after its last letter; comments behind it do not belong to it.</param>
internal abstract record OutlineNode(int Start, int End)
{
    /// <summary>What it says, whatever its comments and its layout; equal for texts that mean the same.</summary>
    public abstract string Meaning { get; }

    /// <summary>Anchor and tag, as they are written.</summary>
    public string Properties { get; init; } = "";
}

internal sealed record OutlineScalar(int Start, int End, string Text, bool IsPlain) : OutlineNode(Start, End)
{
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Meaning => $"{Properties}{(IsNull ? "null" : IsPlain ? Text : YamlText.Quote(Text))}";
}

internal sealed record OutlineAlias(int Start, int End, string Name) : OutlineNode(Start, End)
{
    public override string Meaning => $"*{Name}";
}

internal sealed record OutlineList(int Start, int End, bool IsFlow, IReadOnlyList<OutlineNode> Items) : OutlineNode(Start, End)
{
    public override string Meaning => $"{Properties}[{string.Join(", ", Items.Select(item => item.Meaning))}]";
}

internal sealed record OutlineMap(int Start, int End, bool IsFlow, IReadOnlyList<OutlineEntry> Entries) : OutlineNode(Start, End)
{
    public override string Meaning => $"{Properties}{{{string.Join(", ", Entries.Select(entry => $"{entry.Key.Meaning}: {entry.Value.Meaning}"))}}}";

    public OutlineEntry? Find(string key, bool ignoreCase) => Entries.FirstOrDefault(entry => entry.Key is OutlineScalar name
        && name.Text.Equals(key, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
}

internal sealed record OutlineEntry(OutlineNode Key, OutlineNode Value)
{
    public int End => Math.Max(Key.End, Value.End);
}

/// <summary>Reads the outline of a text.</summary>
internal sealed class YamlOutline
{
    private const int DeepestNesting = 32;

    private readonly Parser _parser;
    private int _depth;

    private YamlOutline(string text) => _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>The root; null when there is nothing.</summary>
    /// <exception cref="YamlException">It is not YAML.</exception>
    /// <exception cref="InvalidDataException">It holds more than one document, or is nested too deeply.</exception>
    public static OutlineNode? Of(string text) => new YamlOutline(text).Document();

    private OutlineNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = Node();
        _parser.Consume<DocumentEnd>();
        return _parser.TryConsume<StreamEnd>(out _) ? root : throw new InvalidDataException("holds more than one document");
    }

    private OutlineNode Node()
    {
        if (++_depth > DeepestNesting)
        {
            throw new InvalidDataException($"is nested more than {DeepestNesting} levels deep");
        }

        var start = _parser.Consume<ParsingEvent>();
        var (from, to) = ((int)start.Start.Index, (int)start.End.Index);
        OutlineNode node = start switch
        {
            AnchorAlias alias => new OutlineAlias(from, to, alias.Value.Value),
            SequenceStart sequence => List(from, sequence.Style == SequenceStyle.Flow),
            MappingStart mapping => Map(from, mapping.Style == MappingStyle.Flow),
            Scalar scalar => new OutlineScalar(from, to, scalar.Value, scalar.Style == ScalarStyle.Plain),
            _ => throw new InvalidDataException($"a value is missing in it"),
        };
        _depth--;
        return start is NodeEvent { Anchor: var anchor, Tag: var tag }
            ? node with { Properties = $"{(anchor.IsEmpty ? "" : $"&{anchor.Value} ")}{(tag.IsEmpty ? "" : $"{tag.Value} ")}" }
            : node;
    }

    private OutlineList List(int from, bool isFlow)
    {
        var items = new List<OutlineNode>();
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            items.Add(Node());
        }

        var last = _parser.Consume<SequenceEnd>();
        return new OutlineList(from, isFlow ? (int)last.Start.Index + 1 : items.Count > 0 ? items[^1].End : from, isFlow, items);
    }

    private OutlineMap Map(int from, bool isFlow)
    {
        var entries = new List<OutlineEntry>();
        while (!_parser.Accept<MappingEnd>(out _))
        {
            entries.Add(new OutlineEntry(Node(), Node()));
        }

        var last = _parser.Consume<MappingEnd>();
        return new OutlineMap(from, isFlow ? (int)last.Start.Index + 1 : entries.Count > 0 ? entries[^1].End : from, isFlow, entries);
    }
}
