using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ambianic.Server.Metrics;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Metrics;

/// <summary>The document, the dashboard and the rules name metrics that the program has.</summary>
public sealed partial class MetricsDocumentTests : IAsyncLifetime
{
    private static readonly string Rules = ProjectFiles.Locate("samples/monitoring/prometheus-rules.yaml");
    private static readonly string Dashboard = ProjectFiles.Locate("samples/monitoring/grafana-dashboard.json");

    /// <summary>Labels that Prometheus adds, and those that queries make.</summary>
    private static readonly HashSet<string> Foreign = ["instance", "job", "le"];

    private readonly SortedDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private ServedHouse _house = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await ServedHouse.StartAsync();
        var owner = _house.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (WantedInstruments.Includes(instrument, owner))
                {
                    _instruments[PrometheusNames.Of(instrument)] = instrument;
                }
            },
        };
        listener.Start();
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Answer_OfAHouse_HasAllInstruments() => Assert.Equal(_instruments.Keys, (await Scrape.OfAsync(_house.Client)).Names);

    [Fact]
    public void Instruments_OfAll_AreDescribed() => Assert.All(
        _instruments.Values,
        instrument => Assert.Matches(@"^[A-Z1].*\.$", instrument.Description));

    [Fact]
    public void Reference_TableOfMetrics_IsThatOfTheProgram() => DocumentTable.AssertIs(
        ProjectFiles.Locate("docs/reference/metrics.md"),
        "<!-- metrics -->",
        _instruments
            .OrderBy(metric => !metric.Key.StartsWith("ambianic", StringComparison.Ordinal))
            .Select(metric => $"| `{metric.Key}` | `{metric.Value.Name}` | {PrometheusNames.KindOf(metric.Value)} | {metric.Value.Unit} | {metric.Value.Description!.TrimEnd('.')} |")
            .Prepend("|---|---|---|---|---|")
            .Prepend("| metric | instrument | kind | unit | what it is |"));

    [Fact]
    public void Dashboard_Queries_NameMetricsAndLabelsThatExist() => AssertKnown(Queries(JsonDocument.Parse(File.ReadAllBytes(Dashboard)).RootElement), atLeast: 30);

    [Fact]
    public void Rules_Expressions_NameMetricsAndLabelsThatExist() => AssertKnown(Expression().Matches(File.ReadAllText(Rules)).Select(rule => rule.Value), atLeast: 11);

    [Fact]
    public void Rules_Alerts_AreThoseOfTheGuide() => Assert.Equal(
        AlertName().Matches(File.ReadAllText(Rules)).Select(alert => alert.Groups[1].Value),
        GuideRow().Matches(File.ReadAllText(ProjectFiles.Locate("docs/guide/metrics.md"))).Select(row => row.Groups[1].Value));

    [Fact]
    public async Task Rules_CheckedByPrometheus_AreValid()
    {
        var (exitCode, said) = await Promtool.RunAsync(null, "check", "rules", Rules);

        Assert.True(exitCode == 0, said);
    }

    [Fact]
    public async Task Rules_TestedByPrometheus_FireWhenTheyShould()
    {
        using var directory = new TemporaryDirectory();
        var test = directory["test.yaml"];
        await File.WriteAllTextAsync(test, $$"""
            rule_files: [{{Rules}}]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - {series: 'up{job="ambianic",instance="gone"}', values: '0x30'}
                  - {series: 'up{job="ambianic",instance="here"}', values: '1x30'}
                  - {series: 'ambianic_pipeline_visibility{instance="here",pipeline="hall",visibility="visible"}', values: '0x30'}
                  - {series: 'ambianic_pipeline_visibility{instance="here",pipeline="hall",visibility="frozen"}', values: '1x30'}
                  - {series: 'ambianic_pipeline_visibility{instance="here",pipeline="door",visibility="visible"}', values: '1x30'}
                  - {series: 'ambianic_pipeline_state{instance="here",pipeline="hall",state="terminal"}', values: '1x30'}
                  - {series: 'ambianic_outbox_oldest_age_seconds{instance="here"}', values: '0+60x30'}
                  - {series: 'ambianic_disk_free_bytes{instance="here"}', values: '4x30'}
                  - {series: 'ambianic_disk_size_bytes{instance="here"}', values: '100x30'}
                  - {series: 'ambianic_frames_received_total{instance="here",pipeline="hall"}', values: '0+600x40'}
                  - {series: 'ambianic_frames_dropped_total{instance="here",pipeline="hall"}', values: '0+400x40'}
                  - {series: 'ambianic_frames_received_total{instance="here",pipeline="door"}', values: '0+600x40'}
                  - {series: 'ambianic_frames_dropped_total{instance="here",pipeline="door"}', values: '0+100x40'}
                promql_expr_test:
                  - expr: sort_desc(count by (alertname, instance, pipeline) (ALERTS{alertstate="firing"}))
                    eval_time: 25m
                    exp_samples:
                      - {labels: '{alertname="AmbianicDown",instance="gone"}', value: 1}
                      - {labels: '{alertname="AmbianicDiskNearlyFull",instance="here"}', value: 1}
                      - {labels: '{alertname="AmbianicOutboxOld",instance="here"}', value: 1}
                      - {labels: '{alertname="AmbianicFramesDropped",instance="here",pipeline="hall"}', value: 1}
                      - {labels: '{alertname="AmbianicNoVideo",instance="here",pipeline="hall"}', value: 1}
                      - {labels: '{alertname="AmbianicPipelineTerminal",instance="here",pipeline="hall"}', value: 1}
            """, TestContext.Current.CancellationToken);

        var (exitCode, said) = await Promtool.RunAsync(null, "test", "rules", test);

        Assert.True(exitCode == 0, said);
    }

    private void AssertKnown(IEnumerable<string> queries, int atLeast)
    {
        List<Match> metrics = [.. queries.SelectMany(query => Metric().Matches(query))];
        Assert.True(metrics.Count >= atLeast, $"{metrics.Count} metrics are named");
        var unknown =
            from metric in metrics
            let known = Known(metric.Groups["name"].Value)
            let labels = LabelName().Matches(metric.Groups["labels"].Value).Select(label => label.Groups[1].Value)
            where known is null || labels.Any(label => !Foreign.Contains(label) && !known.Description!.Contains(label, StringComparison.Ordinal))
            select metric.Value;

        Assert.Empty(unknown);
    }

    private Instrument? Known(string name) =>
        _instruments.GetValueOrDefault(name) ?? (HistogramPart().Match(name) is { Success: true } part && _instruments.TryGetValue(name[..part.Index], out var histogram) && PrometheusNames.KindOf(histogram) == "histogram" ? histogram : null);

    /// <summary>All texts that Grafana sends to Prometheus.</summary>
    private static IEnumerable<string> Queries(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => property is { Name: "expr" or "query", Value.ValueKind: JsonValueKind.String } ? [property.Value.GetString()!] : Queries(property.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Queries),
        _ => [],
    };

    [GeneratedRegex(@"\b(?<name>(?:ambianic|dotnet|http_server)_[a-z0-9_]+)(?:\{(?<labels>[^}]*)\})?")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(\w+)(?:=|!=|=~|!~)""")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex(@"expr: (?:>-(?:\n {10}.*)+|.*)")]
    private static partial Regex Expression();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^\| `(Ambianic\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex GuideRow();
}
