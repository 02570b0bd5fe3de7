using Ambianic.Sources;

namespace Ambianic.Configuration;

/// <summary>Reads the section <c>sources</c> and what pipelines say about their source.</summary>
internal sealed class SourceReader(MappingNode section, OptionsBinder binder, string workingDirectory)
{
    private const string IdKey = "source_id";
    private static readonly string[] Schemes = [.. SourceAddress.Networks, "file"];

    /// <summary>The valid ones of the section, by id.</summary>
    public Dictionary<string, SourceOptions> ReadNamed(ProblemList problems)
    {
        var named = new Dictionary<string, SourceOptions>();
        foreach (var entry in section.Entries)
        {
            if (BindNamed(entry, problems) is { } source)
            {
                named.Add(entry.Key, source);
            }
        }

        return named;
    }

    /// <summary>The source that a pipeline's first element names or describes, and what it comes down to; null when there is none, which is reported.</summary>
    public (SourceOptions? Options, Node Effective) Read(Node node, string path, ProblemList problems)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } scalar when section.Find(scalar.Text) is { } entry:
                return (BindNamed(entry, problems), entry.Value);

            case ScalarNode { IsNull: false } scalar when IsLocation(scalar.Text):
                var uri = new MappingNode(scalar.Place, [new Entry("uri", scalar.Place, scalar) { Path = path }]);
                return (Bind(uri, Credentials.Mask(scalar.Text), path, problems), scalar);

            case ScalarNode { IsNull: false } scalar:
                ReportUnknown(scalar, path, problems);
                return (null, scalar);

            case MappingNode mapping when mapping.Find(IdKey) is { } id:
                return ReadReference(mapping, id, path, problems);

            case MappingNode mapping:
                var name = (mapping.Find("uri")?.Value as ScalarNode)?.Text ?? "";
                return (Bind(mapping, Credentials.Mask(name), path, problems), mapping);

            case BrokenNode broken:
                problems.Add(broken.Problem);
                return (null, node);

            default:
                problems.Add(node.Place, path, $"must be the id of a source, a URI, or a map with 'uri', not {ProblemList.Quote(node)}");
                return (null, node);
        }
    }

    /// <summary>A source of the section, some of its keys replaced by the pipeline's own.</summary>
    private (SourceOptions? Options, Node Effective) ReadReference(MappingNode mapping, Entry id, string path, ProblemList problems)
    {
        if (id.Value is not ScalarNode { IsNull: false } scalar || section.Find(scalar.Text) is not { } entry)
        {
            ReportUnknown(id.Value, ProblemList.Join(path, IdKey), problems);
            return (null, mapping);
        }

        var own = new MappingNode(mapping.Place, [.. mapping.Entries.Where(own => own.Key != IdKey)]);
        if (own.Entries.Count == 0 || entry.Value is not MappingNode named)
        {
            return (BindNamed(entry, problems), entry.Value);
        }

        var inherited = named.Entries.Select(key => key with { Path = ProblemList.Join(PathOf(entry), key.Key) });
        var merged = NodeMerge.Merge(new MappingNode(named.Place, [.. inherited]), own);
        return (Bind(merged, entry.Key, path, problems), merged);
    }

    private SourceOptions? BindNamed(Entry entry, ProblemList problems) => Bind(entry.Value, entry.Key, PathOf(entry), problems);

    private SourceOptions? Bind(Node node, string id, string path, ProblemList problems)
    {
        var own = new ProblemList();
        var options = binder.Bind<SourceOptions>(node, path, own);
        var uri = (node as MappingNode)?.Find("uri");
        if (uri is not null && SourceAddress.SchemeOf(options.Uri) is { } scheme)
        {
            CheckUri(options.Uri, scheme, uri.Value.Place, uri.Path ?? ProblemList.Join(path, "uri"), own);
        }

        problems.AddRange(own.Problems);
        var isFile = !SourceAddress.IsLocalCamera(options.Uri) && SourceAddress.SchemeOf(options.Uri) is null;
        return own.Problems.Count > 0
            ? null
            : options with
            {
                Id = id,
                Uri = isFile ? Path.GetFullPath(options.Uri, workingDirectory) : options.Uri,
                Live = (node as MappingNode)?.Find("live") is null ? SourceAddress.IsEndless(options.Uri) : options.Live,
            };
    }

    private static void CheckUri(string uri, string scheme, Place place, string path, ProblemList problems)
    {
        if (!Schemes.Contains(scheme, StringComparer.OrdinalIgnoreCase) && Spelling.Nearest(scheme, Schemes) is { } meant)
        {
            problems.Add(place, path, $"{ProblemList.Quote(scheme)} is not a scheme that is known", meant + "://");
        }

        if (uri.Any(char.IsWhiteSpace))
        {
            problems.Add(place, path, "holds white space; write %20 for a space");
        }
    }

    private void ReportUnknown(Node id, string path, ProblemList problems)
    {
        if (id is BrokenNode broken)
        {
            problems.Add(broken.Problem);
            return;
        }

        var near = id is ScalarNode scalar ? Spelling.Nearest(scalar.Text, section.Keys) : null;
        problems.Add(id.Place, path, $"{ProblemList.Quote(id)} is not the id of a source; define it in 'sources'", near);
    }

    private static string PathOf(Entry entry) => ProblemList.Join("sources", entry.Key);

    private static bool IsLocation(string text) => SourceAddress.IsLocalCamera(text) || text.Contains('/');
}
