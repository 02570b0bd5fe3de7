using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Reads the section <c>sources</c> and what pipelines say about their source.</summary>
internal sealed class SourceReader(MappingNode section, OptionsBinder binder, string workingDirectory)
{
    private const string IdKey = "source_id";
    private const string FileScheme = "file://";

    /// <summary>The valid ones of the section, by id.</summary>
    public Dictionary<string, SourceOptions> ReadNamed(ProblemList problems)
    {
        var named = new Dictionary<string, SourceOptions>();
        foreach (var entry in section.Entries)
        {
            if (BindNamed(entry, problems, problems) is { } source)
            {
                named.Add(entry.Key, source);
            }
        }

        return named;
    }

    /// <summary>The source that a pipeline's first element names or describes, and what it comes down to; null when there is none, which is reported.</summary>
    /// <param name="node">What the file says.</param>
    /// <param name="path">Its path.</param>
    /// <param name="problems">Receives the errors.</param>
    /// <param name="warnings">Receives what does not keep it from being read.</param>
    public (SourceOptions? Options, Node Effective) Read(Node node, string path, ProblemList problems, ProblemList warnings)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } scalar when Find(scalar.Text) is { } entry:
                return (BindNamed(entry, problems, warnings), entry.Value);

            case ScalarNode { IsNull: false } scalar when IsLocation(scalar.Text):
                var uri = new MappingNode(scalar.Place, [new Entry("uri", scalar.Place, scalar) { Path = path }]);
                return (Bind(uri, Credentials.Mask(scalar.Text), path, problems, warnings), scalar);

            case ScalarNode { IsNull: false } scalar:
                ReportUnknown(scalar, path, problems);
                return (null, scalar);

            case MappingNode mapping when mapping.Find(IdKey) is { } id:
                return ReadReference(mapping, id, path, problems, warnings);

            case MappingNode mapping:
                var name = (mapping.Find("uri")?.Value as ScalarNode)?.Text ?? "";
                return (Bind(mapping, Credentials.Mask(name), path, problems, warnings), mapping);

            case BrokenNode broken:
                problems.Add(broken.Problem);
                return (null, node);

            default:
                problems.Add(node.Place, path, $"must be the id of a source, a URI, or a map with 'uri', not {ProblemList.Quote(node)}");
                return (null, node);
        }
    }

    /// <summary>A source of the section, some of its keys replaced by the pipeline's own.</summary>
    private (SourceOptions? Options, Node Effective) ReadReference(
        MappingNode mapping, Entry id, string path, ProblemList problems, ProblemList warnings)
    {
        if (id.Value is not ScalarNode { IsNull: false } scalar || Find(scalar.Text) is not { } entry)
        {
            ReportUnknown(id.Value, ProblemList.Join(path, IdKey), problems);
            return (null, mapping);
        }

        var own = new MappingNode(mapping.Place, [.. mapping.Entries.Where(own => own.Key != IdKey)]);
        if (own.Entries.Count == 0 || entry.Value is not MappingNode named)
        {
            return (BindNamed(entry, problems, warnings), entry.Value);
        }

        var inherited = named.Entries.Select(key => key with { Path = ProblemList.Join(PathOf(entry), key.Key) });
        var merged = NodeMerge.Merge(new MappingNode(named.Place, [.. inherited]), own);
        return (Bind(merged, Credentials.MaskName(entry.Key), path, problems, warnings), merged);
    }

    private SourceOptions? BindNamed(Entry entry, ProblemList problems, ProblemList warnings) =>
        Bind(entry.Value, Credentials.MaskName(entry.Key), PathOf(entry), problems, warnings);

    private SourceOptions? Bind(Node node, string id, string path, ProblemList problems, ProblemList warnings)
    {
        var own = new ProblemList();
        var options = binder.Bind<SourceOptions>(node, path, own);
        var keys = node as MappingNode;
        options = options with { Uri = WithoutScheme(options.Uri) };
        options = options with { Id = id, Live = keys?.Find("live") is null ? SourceAddress.IsEndless(options.Uri) : options.Live };
        if (keys?.Find("uri") is { Value: ScalarNode { IsNull: false } } uri)
        {
            Check(options, uri, path, own, warnings);
        }

        problems.AddRange(own.Problems);
        var isFile = !SourceAddress.IsLocalCamera(options.Uri) && SourceAddress.SchemeOf(options.Uri) is null;
        return own.Problems.Count > 0 ? null
            : isFile ? options with { Uri = Path.GetFullPath(options.Uri, workingDirectory) }
            : options;
    }

    private void Check(SourceOptions options, Entry uri, string path, ProblemList problems, ProblemList warnings)
    {
        var place = uri.Value.Place;
        foreach (var problem in AddressCheck.Of(options, workingDirectory))
        {
            (problem.IsWarning ? warnings : problems).Add(new ConfigurationProblem(
                place.File, place.Line, place.Column, uri.Path ?? ProblemList.Join(path, "uri"), problem.Message, problem.Suggestion)
            {
                IsWarning = problem.IsWarning,
            });
        }
    }

    private void ReportUnknown(Node id, string path, ProblemList problems)
    {
        if (id is BrokenNode broken)
        {
            problems.Add(broken.Problem);
            return;
        }

        var near = id is ScalarNode scalar ? Suggestions.Nearest(scalar.Text, section.Keys) : null;
        problems.Add(id.Place, path, $"{ProblemList.Quote(id)} is not the id of a source; define it in 'sources'", near);
    }

    private Entry? Find(string id) => section.Find(id) ?? ReferenceDefaults.Source(id);

    private static string PathOf(Entry entry) => ProblemList.Join("sources", entry.Key);

    /// <summary>A camera of this computer may be written as a file, as the reference system allows.</summary>
    private static string WithoutScheme(string uri) => uri.StartsWith(FileScheme + SourceAddress.DevicePrefix, StringComparison.Ordinal) ? uri[FileScheme.Length..] : uri;

    private static bool IsLocation(string text) => SourceAddress.IsLocalCamera(text) || text.Contains('/');
}
