using System.Security.Cryptography;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;

namespace Ambianic.Configuration;

/// <summary>Reads configuration files: merges them, resolves references, binds and validates options. Reports everything that is wrong at once and throws nothing.</summary>
/// <param name="registry">The elements that pipelines may name.</param>
/// <param name="catalog">The models that elements may name.</param>
/// <param name="providers">The kinds of providers that notifications may name; null leaves their addresses unchecked.</param>
public sealed class ConfigurationLoader(ElementRegistry registry, IReadOnlyList<KnownModel> catalog, IProviderCatalog? providers = null)
{
    private const string Models = "ai_models";
    private const string Sources = "sources";
    private const string PipelinesKey = "pipelines";
    private const string EventLogName = "timeline-event-log.yaml";

    internal static readonly List<string> TopLevelKeys = [.. OptionKeys.Of(typeof(AmbianicConfiguration)).Keys, Models];

    /// <summary>Reads the files.</summary>
    public ConfigurationResult Load(ConfigurationFiles files) => Load(files, changed: null);

    /// <summary>Reads the files, one of them as it would be with another content; null reads all as they are.</summary>
    internal ConfigurationResult Load(ConfigurationFiles files, ConfigurationText? changed)
    {
        var problems = new ProblemList();
        problems.AddRange(files.Problems);
        var texts = files.Files.Select(file => changed?.Name == file.Name ? changed : file.Read(problems)).OfType<ConfigurationText>().ToList();
        return Load(texts, files.WorkingDirectory, problems, files.Variables) with
        {
            Files = [.. files.Files.Select(file => file.FullPath)],
            SaveFile = files.SaveFile,
            Digest = DigestOf(texts),
        };
    }

    /// <summary>The files merged, nothing substituted in them; what is wrong with them is left to <see cref="Load(ConfigurationFiles)"/>.</summary>
    internal static MappingNode Merge(ConfigurationFiles files)
    {
        var problems = new ProblemList();
        return Merge([.. files.Files.Select(file => file.Read(problems)).OfType<ConfigurationText>()], problems);
    }

    private static string DigestOf(IEnumerable<ConfigurationText> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(SHA256.HashData(text.Content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal ConfigurationResult Load(
        IReadOnlyList<ConfigurationText> texts, string workingDirectory, ProblemList problems, Variables? variables = null)
    {
        variables ??= Variables.None;
        var formatted = FormatSubstitution.Apply(Merge(texts, problems), variables, problems);
        DocumentSecrets.Remember(formatted, TopLevelKeys); // what was put together, too
        var document = variables.Apply(formatted, problems);
        var binder = new OptionsBinder(workingDirectory);
        var sources = new SourceReader(Section(document, Sources, problems), binder, workingDirectory);
        var names = new ModelNames(catalog);
        var models = new ModelReader(Section(document, Models, problems), registry, names, binder);
        models.Check(problems);

        var pipelines = new PipelineReader(sources, models, registry, names, binder);
        var configuration = BindSettings(document, binder, workingDirectory, problems) with
        {
            Sources = sources.ReadNamed(problems),
            Pipelines = [.. Section(document, PipelinesKey, problems).Entries
                .Select(pipeline => pipelines.Read(pipeline, problems))],
        };
        problems.AddRange(configuration.Pipelines.SelectMany(pipeline => pipeline.Problems));
        configuration = configuration with
        {
            Pipelines = [.. configuration.Pipelines.Select(pipeline => pipeline with { Problems = [.. pipeline.Problems.Select(Mask)] })],
        };
        if (configuration.Pipelines.Count == 0 && problems.Problems.Count == 0)
        {
            problems.Add(new ConfigurationProblem(document.Place.File, 0, 0, PipelinesKey, "there are none: nothing will be observed") { IsWarning = true });
        }

        new NotificationCheck(document, configuration, providers, problems).Report();
        new MqttSection(document, configuration, problems).Report();
        var order = texts.Select((text, index) => (text.Name, index)).DistinctBy(file => file.Name).ToDictionary();
        return new ConfigurationResult(
            configuration,
            [.. problems.Problems
                .Select(Mask)
                .OrderBy(problem => order.GetValueOrDefault(problem.File, -1))
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column)],
            JsonDocuments.Effective(configuration, document));
    }

    /// <summary>Once more, now that all secrets are known: a value may be repeated before the file that makes it one is read.</summary>
    private static ConfigurationProblem Mask(ConfigurationProblem problem) => problem with
    {
        Path = Credentials.MaskRemembered(problem.Path),
        Message = Credentials.Mask(problem.Message),
        Suggestion = problem.Suggestion is { } suggestion ? Credentials.Mask(suggestion) : null,
    };

    private static MappingNode Merge(IReadOnlyList<ConfigurationText> texts, ProblemList problems)
    {
        var anchors = new Anchors();
        var roots = new List<MappingNode>();
        string? empty = null;
        var merged = new MappingNode(new Place(texts.Count > 0 ? texts[^1].Name : "", 0, 0), []);
        foreach (var file in texts)
        {
            var before = problems.Problems.Count;
            if (file.Decode(problems) is not { } text)
            {
                anchors.Abandon(problems.Problems[^1]);
                continue;
            }

            switch (YamlComposer.Compose(file, text, anchors, problems))
            {
                case MappingNode written:
                    var root = ReferenceKeys.Read(written, TopLevelKeys, problems);
                    DocumentSecrets.Remember(root, TopLevelKeys);
                    merged = NodeMerge.Merge(merged, root);
                    roots.Add(root);
                    break;
                case null or ScalarNode { IsNull: true }:
                    empty = file.IsRequired && problems.Problems.Count == before ? file.Name : empty;
                    break;
                case { } other:
                    problems.Add(other.Place, "", $"must be a map of keys such as 'pipelines:', not {ProblemList.Quote(other)}");
                    break;
            }
        }

        if (empty is not null && merged.Find(PipelinesKey) is null)
        {
            problems.Add(new Place(empty, 0, 0), "", "is empty; it needs at least a pipeline under 'pipelines:'");
        }

        var used = FormatSubstitution.KeysUsedIn(merged);
        foreach (var root in roots)
        {
            CheckTopLevel(root, used, problems);
        }

        return merged;
    }

    /// <summary>A key that nobody knows may hold anchors for others: by its name (<c>x-…</c>, <c>.…</c>), or because it defines one and is no slip of the pen.</summary>
    private static void CheckTopLevel(MappingNode root, HashSet<string> used, ProblemList problems)
    {
        foreach (var entry in root.Entries)
        {
            if (TopLevelKeys.Contains(entry.Key)
                || used.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)
                || ReferenceKeys.IsAccepted(entry.Key)
                || entry.Key.StartsWith("x-", StringComparison.Ordinal)
                || entry.Key.StartsWith('.'))
            {
                continue;
            }

            var near = Suggestions.Nearest(entry.Key, TopLevelKeys);
            if (!entry.DefinesAnchor || (near is not null && entry.Value is not ScalarNode))
            {
                problems.Add(entry.KeyPlace, ProblemList.Join("", entry.Key), "is not a key that is known here", near);
            }
        }
    }

    private static MappingNode Section(MappingNode document, string key, ProblemList problems)
    {
        var entry = document.Find(key);
        if (entry?.Value is MappingNode mapping)
        {
            return mapping;
        }

        if (entry is { Value: not BrokenNode and not ScalarNode { IsNull: true } })
        {
            problems.Add(entry.Value.Place, key, $"must be a map of names and what they stand for, not {ProblemList.Quote(entry.Value)}");
        }

        return new MappingNode(document.Place, []);
    }

    /// <summary>Binds what is neither source, model nor pipeline, and makes its paths absolute.</summary>
    private static AmbianicConfiguration BindSettings(
        MappingNode document, OptionsBinder binder, string workingDirectory, ProblemList problems)
    {
        var keys = OptionKeys.Of(typeof(AmbianicConfiguration));
        var settings = document.Entries.Where(entry => keys.ContainsKey(entry.Key) && entry.Key is not (Sources or PipelinesKey));
        var bound = binder.Bind<AmbianicConfiguration>(new MappingNode(document.Place, [.. settings]), "", problems);
        var dataDirectory = Path.GetFullPath(bound.DataDir, workingDirectory);
        var isLogNamed = Path.IsPathFullyQualified(bound.Timeline.EventLog);
        return bound with
        {
            DataDir = dataDirectory,
            Timeline = isLogNamed ? bound.Timeline : bound.Timeline with { EventLog = Path.Combine(dataDirectory, EventLogName) },
        };
    }
}
