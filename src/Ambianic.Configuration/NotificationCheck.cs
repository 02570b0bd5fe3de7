using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Configuration;

/// <summary>
/// Finds what keeps an alert from its recipient: errors in <c>notifications</c> and in what refers to it, and warnings of what is
/// allowed and tells nobody.
/// </summary>
/// <param name="document">The merged document.</param>
/// <param name="configuration">The same, bound.</param>
/// <param name="providers">The kinds of providers; null leaves addresses unchecked.</param>
/// <param name="problems">Receives what is found.</param>
internal sealed class NotificationCheck(MappingNode document, AmbianicConfiguration configuration, IProviderCatalog? providers, ProblemList problems)
{
    private const string Section = "notifications";

    /// <summary>Hosts of <c>ui.baseurl</c> that do not lead recipients here.</summary>
    private static readonly string[] Elsewhere = ["localhost", "127.0.0.1", "[::1]", UiOptions.EdgeHost];

    private IReadOnlyDictionary<string, NotificationOptions> All => configuration.Notifications;

    /// <summary>Adds all errors and warnings.</summary>
    public void Report()
    {
        if (document.Find(Section)?.Value is MappingNode section)
        {
            foreach (var entry in section.Entries.Where(entry => All.ContainsKey(entry.Key)))
            {
                Check(entry, All[entry.Key]);
            }
        }

        var used = CheckPipelines();
        CheckUnused(used);
        CheckLinks();
        CheckHeartbeat();
        CheckDrill();
    }

    private void Check(Entry entry, NotificationOptions options)
    {
        var (path, keys) = (ProblemList.Join(Section, entry.Key), entry.Value as MappingNode);
        foreach (var (place, at, address) in Items(keys, path, "providers"))
        {
            if (options.Enabled && providers?.Check(address) is { } problem)
            {
                problems.Add(place, at, problem.Message, problem.Suggestion);
            }
        }

        foreach (var (place, at, name) in Items(keys, path, "pipelines").Where(item => configuration.Pipelines.All(pipeline => pipeline.Name != item.Text)))
        {
            problems.Add(place, at, $"there is no pipeline {ProblemList.Quote(name)}", Suggestions.Nearest(name, configuration.Pipelines.Select(pipeline => pipeline.Name)));
        }

        if (keys?.Find("escalate")?.Value is SequenceNode levels)
        {
            foreach (var (index, level) in levels.Items.Index())
            {
                foreach (var (place, at, name) in Items(level as MappingNode, $"{path}.escalate[{index}]", "to").Where(item => !All.ContainsKey(item.Text)))
                {
                    problems.Add(place, at, $"{Section} has no {ProblemList.Quote(name)}", Suggestions.Nearest(name, All.Keys));
                }
            }
        }

        foreach (var (key, text) in ((string, string?)[])[("title", options.Templates.Title), ("message", options.Templates.Message)])
        {
            if (AlertTexts.VariablesIn(text ?? "").FirstOrDefault(name => !AlertTexts.Variables.Contains(name)) is { } unknown
                && (keys?.Find("templates")?.Value as MappingNode)?.Find(key) is { } template)
            {
                problems.Add(
                    template.Value.Place,
                    $"{path}.templates.{key}",
                    $"${{{ProblemList.Quote(unknown).Trim('\'')}}} is not known; there are {string.Join(", ", AlertTexts.Variables.Select(name => $"${{{name}}}"))}",
                    Suggestions.Nearest(unknown, AlertTexts.Variables));
            }
        }
    }

    /// <returns>The entries that somebody is told through.</returns>
    private HashSet<string> CheckPipelines()
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (var pipeline in (document.Find("pipelines")?.Value as MappingNode)?.Entries ?? [])
        {
            if (configuration.Pipelines.FirstOrDefault(bound => bound.Name == pipeline.Key) is not { } bound || pipeline.Value is not SequenceNode elements)
            {
                continue;
            }

            var saves = bound.Elements.Select(element => element.Options).OfType<SaveDetectionsOptions>().ToList();
            var names = saves.SelectMany(save => save.Notify.Providers).Distinct(StringComparer.Ordinal).ToList();
            used.UnionWith(names);
            foreach (var (index, element) in elements.Items.Index().Where(item => item.Item is MappingNode { Entries.Count: 1 }))
            {
                var entry = ((MappingNode)element).Entries[0];
                var path = ProblemList.Join($"{ProblemList.Join("pipelines", pipeline.Key)}[{index}]", entry.Key);
                if (entry.Key == SaveDetections.Name && (entry.Value as MappingNode)?.Find("notify")?.Value is MappingNode notify)
                {
                    foreach (var (place, at, name) in Items(notify, $"{path}.notify", "providers").Where(item => !All.ContainsKey(item.Text)))
                    {
                        Warn(place, at, $"nobody is told through {ProblemList.Quote(name)}: {Section} has no such entry", Suggestions.Nearest(name, All.Keys));
                    }
                }
                else if (bound.IsEnabled && bound.Elements.Any(element => element.Name == entry.Key && element.Options is DetectFallsOptions))
                {
                    CheckFalls(entry.KeyPlace, path, bound.Name, names);
                }
            }
        }

        return used;
    }

    private void CheckFalls(Place place, string path, string pipeline, IReadOnlyList<string> names)
    {
        var told = names.Where(name => All.TryGetValue(name, out var options) && options.IsActive && (options.Pipelines.Count == 0 || options.Pipelines.Contains(pipeline))).ToList();
        if (told.Count == 0)
        {
            Warn(place, path, $"nobody is told of a fall: no entry of {Section} that this pipeline's save_detections names has a provider");
            return;
        }

        var reached = told.Concat(told.SelectMany(name => All[name].Escalate).SelectMany(level => level.To)).Distinct(StringComparer.Ordinal)
            .Where(All.ContainsKey).SelectMany(name => All[name].Enabled ? All[name].Providers : []).Distinct(StringComparer.Ordinal);
        if (reached.Count() == 1)
        {
            Warn(place, path, $"a fall is told through one single provider; add a second one to {ProblemList.Join(Section, told[0])}, so that one failure silences no alarm");
        }

        if (told.All(name => All[name].Schedule.Count > 0))
        {
            Warn(place, path, $"a fall outside of the schedule of {string.Join(", ", told.Select(name => ProblemList.Join(Section, name)))} is told to nobody");
        }
    }

    private void CheckUnused(HashSet<string> used)
    {
        var escalated = All.Values.SelectMany(options => options.Escalate).SelectMany(level => level.To);
        if (configuration.Pipelines.Count == 0)
        {
            return;
        }

        foreach (var entry in ((document.Find(Section)?.Value as MappingNode)?.Entries ?? []).Where(entry => All.TryGetValue(entry.Key, out var options) && options.IsActive))
        {
            if (!used.Contains(entry.Key) && !escalated.Contains(entry.Key))
            {
                Warn(entry.KeyPlace, ProblemList.Join(Section, entry.Key), "nothing is told through this: no save_detections names it under notify.providers, and no entry escalates to it");
            }
        }
    }

    private void CheckLinks()
    {
        var hosts = configuration.Ui.Baseurl;
        if (hosts.Length > 0 && (!Uri.TryCreate(hosts, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https")))
        {
            problems.Add(PlaceOf("ui", "baseurl"), "ui.baseurl", "must be an address such as https://ambianic.example.org");
            return;
        }

        var links = All.Values.Where(options => options.Enabled).SelectMany(options => options.Providers).Any(address => providers?.SendsLinks(address) == true);
        if (links && (hosts.Length == 0 || Elsewhere.Contains(new Uri(hosts).Host, StringComparer.OrdinalIgnoreCase)))
        {
            var place = document.Find("ui") is null ? document.Find(Section)!.KeyPlace : PlaceOf("ui", "baseurl");
            Warn(place, "ui.baseurl", "messages carry no link by which recipients can answer; give the address at which their devices reach this one");
        }
    }

    private void CheckHeartbeat()
    {
        if (configuration.Heartbeat.Url is { Length: > 0 } url && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
        {
            problems.Add(PlaceOf("heartbeat", "url"), "heartbeat.url", "must be an address that begins with https:// or http://");
        }
    }

    private void CheckDrill()
    {
        if (configuration.Drill.Pipeline is { Length: > 0 } name && configuration.Pipelines.All(pipeline => pipeline.Name != name))
        {
            problems.Add(PlaceOf("drill", "pipeline"), "drill.pipeline", $"there is no pipeline {ProblemList.Quote(name)}", Suggestions.Nearest(name, configuration.Pipelines.Select(pipeline => pipeline.Name)));
        }
    }

    private Place PlaceOf(string section, string key) =>
        (document.Find(section)?.Value as MappingNode)?.Find(key)?.Value.Place ?? document.Find(section)?.KeyPlace ?? document.Place;

    /// <summary>The texts under a key, whether one or a list.</summary>
    private static IEnumerable<(Place Place, string Path, string Text)> Items(MappingNode? map, string path, string key) => map?.Find(key)?.Value switch
    {
        SequenceNode list => list.Items.Index().Where(item => item.Item is ScalarNode { IsNull: false }).Select(item => (item.Item.Place, $"{path}.{key}[{item.Index}]", ((ScalarNode)item.Item).Text)),
        ScalarNode { IsNull: false } one => [(one.Place, $"{path}.{key}", one.Text)],
        _ => [],
    };

    private void Warn(Place place, string path, string message, string? suggestion = null) =>
        problems.Add(new ConfigurationProblem(place.File, place.Line, place.Column, path, message, suggestion) { IsWarning = true });
}
