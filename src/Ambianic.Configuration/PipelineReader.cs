using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Configuration;

/// <summary>Reads the section <c>pipelines</c>: references resolved, options bound; what is wrong with a pipeline disables that one alone.</summary>
internal sealed class PipelineReader(
    SourceReader sources, ModelReader models, ElementRegistry registry, ModelNames names, OptionsBinder binder)
{
    private const string SourceName = "source";

    /// <summary>Reads one pipeline; its errors are in the result.</summary>
    /// <param name="pipeline">Its name and elements.</param>
    /// <param name="warnings">Receives what does not keep it from running.</param>
    public PipelineConfiguration Read(Entry pipeline, ProblemList warnings)
    {
        var problems = new ProblemList();
        var path = ProblemList.Join("pipelines", pipeline.Key);
        var name = Credentials.MaskName(pipeline.Key);
        if (name != pipeline.Key)
        {
            problems.Add(pipeline.KeyPlace, path, "a pipeline's name is stored and shown, so it must not hold an address or a password");
        }

        var items = Items(pipeline, path, problems);
        SourceOptions? source = null;
        var elements = new List<(Entry Element, string Path, object Options)>();
        var effective = new List<Node>();
        for (var index = 0; index < items.Count; index++)
        {
            var itemPath = $"{path}[{index}]";
            if (SingleEntry(items[index], itemPath, problems) is not { } element)
            {
                continue;
            }

            var elementPath = ProblemList.Join(itemPath, element.Key);
            CheckPosition(element, index, elementPath, problems);
            if (element.Key == SourceName)
            {
                var (options, node) = sources.Read(element.Value, elementPath, problems, warnings);
                source ??= options;
                effective.Add(Only(element, node));
            }
            else if (registry.Kinds.TryGetValue(element.Key, out var kind))
            {
                var node = element.Value is MappingNode own ? models.Resolve(own, kind.OptionsType, elementPath, problems) : element.Value;
                if (binder.Bind(node, kind.OptionsType, elementPath, problems) is { } options)
                {
                    elements.Add((element, elementPath, options));
                    if (node is MappingNode map)
                    {
                        names.Check(map, kind, elementPath, problems);
                        MissingFiles.Report(map, options, elementPath, warnings);
                    }
                }

                effective.Add(Only(element, node));
            }
            else
            {
                problems.Add(element.KeyPlace, elementPath, "is not an element", Suggestions.Nearest(element.Key, registry.Kinds.Keys));
            }
        }

        UncoveredPictures.Report(elements, warnings);
        FallSampleRate.Report(source, elements, warnings);
        return new PipelineConfiguration(name, source, [.. elements.Select(item => new ElementConfiguration(item.Element.Key, item.Options))])
        {
            Problems = problems.Problems,
            Fingerprint = JsonDocuments.Canonical(new SequenceNode(pipeline.Value.Place, effective)),
        };
    }

    private static IReadOnlyList<Node> Items(Entry pipeline, string path, ProblemList problems)
    {
        switch (pipeline.Value)
        {
            case SequenceNode { Items: { Count: > 0 } items }:
                return items;
            case SequenceNode or ScalarNode { IsNull: true }:
                problems.Add(pipeline.KeyPlace, path, "has no elements; the first is '- source: …'");
                return [];
            case BrokenNode broken:
                problems.Add(broken.Problem);
                return [];
            default:
                problems.Add(pipeline.Value.Place, path, $"must be a list of elements, each begun with '-', not {ProblemList.Quote(pipeline.Value)}");
                return [];
        }
    }

    private static Entry? SingleEntry(Node item, string path, ProblemList problems)
    {
        switch (item)
        {
            case MappingNode { Entries: [var only] }:
                return only;
            case MappingNode { Entries: [_, var second, ..] } map:
                problems.Add(
                    second.KeyPlace,
                    ProblemList.Join(path, second.Key),
                    $"is the second of {map.Entries.Count} keys of one element; begin each element with '-', and indent its options further");
                return null;
            case BrokenNode broken:
                problems.Add(broken.Problem);
                return null;
            default:
                problems.Add(item.Place, path, $"must be an element's name followed by ':', not {ProblemList.Quote(item)}");
                return null;
        }
    }

    private static void CheckPosition(Entry element, int index, string path, ProblemList problems)
    {
        if (index == 0 && element.Key != SourceName)
        {
            problems.Add(element.KeyPlace, path, "the first element must be 'source'", Suggestions.Nearest(element.Key, [SourceName]));
        }
        else if (index > 0 && element.Key == SourceName)
        {
            problems.Add(element.KeyPlace, path, "a pipeline has one source, as its first element");
        }
    }

    private static MappingNode Only(Entry element, Node value) => new(element.KeyPlace, [element with { Value = value }]);
}
