using System.Text;
using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;

namespace Ambianic.Tests.Configuration;

public sealed class NotificationCheckTests
{
    private const string Pipeline = "sources: {door: {uri: rtsp://127.0.0.1:9/door}}\npipelines: {hall: [source: door, save_detections: ]}\n";

    [Fact]
    public void Load_GoodConfiguration_HasNoProblems()
    {
        var result = Load("""
            ui: {baseurl: https://home.example.org}
            heartbeat: {url: https://monitor.example.org/ping/4f6e0b2a, every: 2m}
            drill: {pipeline: hall, day: 3, at: "9:30"}
            notifications:
              default:
                providers: ["ntfy://carer", "json://hub.example.org/alert"]
                quiet_hours: [{days: [mon, fri], from: "22:00", to: "7:30"}]
                cooldown: 1.5h
                repeat_every: 90
                templates: {title: "${event_labels} at ${event_source}", message: "${event_type}: ${event_details_url}"}
                escalate: [{after: 2m, to: [neighbour]}]
              neighbour:
                providers: ["gotify://push.example.org/A1b2C3d4E5f6"]
            sources: {door: {uri: rtsp://127.0.0.1:9/door}}
            pipelines: {hall: [source: door, detect_falls: , save_detections: ]}
            """);

        Assert.Empty(result.Problems);
        var options = result.Configuration.Notifications["default"];
        Assert.Equal((TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(90), new TimeOnly(7, 30)), (options.Cooldown, options.RepeatEvery, options.QuietHours[0].To));
    }

    [Fact]
    public void Load_NoNotifications_HasNoProblems() => Assert.Empty(Load(Pipeline).Problems);

    [Fact]
    public void Load_SchemeMisspelt_SuggestsOneAndListsAll()
    {
        var problem = Problem("notifications:\n  default:\n    providers:\n      - ntfyy://Wren9Owl77\n" + Pipeline);

        Assert.Equal(("config.yaml", 4, 9, "notifications.default.providers[0]", "ntfy", false), (problem.File, problem.Line, problem.Column, problem.Path, problem.Suggestion, problem.IsWarning));
        Assert.Contains("json, jsons, xml", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Wren9Owl77", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gotify://push.example.org", "the form is gotify(s)://")]
    [InlineData("pover://Wren9Owl77", "the form is pover://{user}@{token}[/{device}]")]
    [InlineData("discord://Wren9Owl77", "the form is discord://{webhook_id}/{webhook_token}")]
    [InlineData("json://me:Wren9Owl77@hub.example.org:99999/x", "a port that is not between 1 and 65535")]
    [InlineData("Wren9Owl77", "must begin with a scheme")]
    public void Load_AddressThatCannotWork_IsAnErrorAndRepeatsNoSecret(string address, string said)
    {
        var problem = Problem($"notifications:\n  default: {{providers: '{address}'}}\n{Pipeline}ui: {{baseurl: 'https://home.example.org'}}\n");

        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.Equal((2, "notifications.default.providers", false), (problem.Line, problem.Path, problem.IsWarning));
        Assert.DoesNotContain("Wren9Owl77", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AddressOfAnEntryThatIsSwitchedOff_IsNotChecked() =>
        Assert.Empty(Load("notifications: {default: {enabled: false, providers: ['ntfyy://x']}}\n" + Pipeline).Problems);

    [Fact]
    public void Load_VariableOfAnAddressIsNotSet_IsOneError() =>
        Assert.Contains("NTFY_TOPIC", Problem("notifications: {default: {providers: ['ntfy://${NTFY_TOPIC}']}}\n" + Pipeline).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_PipelineNamesAnEntryThatIsMissing_IsAWarningWithASuggestion()
    {
        var result = Load("""
            notifications: {carer: {providers: ["json://hub/x"]}}
            sources: {door: {uri: rtsp://127.0.0.1:9/door}}
            pipelines:
              hall:
                - source: door
                - save_detections: {notify: {providers: [carrer, carer]}}
            """);

        var problem = Assert.Single(result.Problems);
        Assert.Equal((6, "carer", true), (problem.Line, problem.Suggestion, problem.IsWarning));
        Assert.StartsWith("nobody is told through 'carrer'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EntryThatNothingUses_IsAWarning()
    {
        var problem = Problem("notifications: {spare: {providers: ['json://hub/x']}}\n" + Pipeline);

        Assert.True(problem.IsWarning);
        Assert.Contains("nothing is told through this", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "nobody is told of a fall")]
    [InlineData("{default: {providers: ['json://hub/x'], pipelines: [other]}}", "nobody is told of a fall")]
    [InlineData("{default: {providers: ['json://hub/x'], enabled: false}}", "nobody is told of a fall")]
    [InlineData("{default: {providers: ['json://hub/x']}}", "one single provider")]
    [InlineData("{default: {providers: ['json://hub/x', 'json://hub/y'], schedule: [{from: '8:00', to: '20:00'}]}}", "outside of the schedule of notifications.default")]
    public void Load_FallsThatMayNotBeHeardOf_AreAWarning(string notifications, string said)
    {
        var result = Load($"""
            notifications: {notifications}
            sources: {"{door: {uri: 'rtsp://127.0.0.1:9/door'}}"}
            pipelines:
              hall: [source: door, detect_falls: , save_detections: ]
              other: [source: door]
            """);

        var problem = Assert.Single(result.Problems);
        Assert.True(problem.IsWarning);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.Equal(4, problem.Line);
    }

    [Theory]
    [InlineData("templates: {title: 'at ${event_sorce}'}", "${event_sorce} is not known", "event_source")]
    [InlineData("escalate: [{after: 1m, to: [neigbour]}]", "notifications has no 'neigbour'", "neighbour")]
    [InlineData("escalate: [{after: 5m, to: [neighbour]}, {after: 2m, to: [neighbour]}]", "sort them by 'after'", null)]
    [InlineData("escalate: [{after: 0s, to: [neighbour]}]", "", null)]
    [InlineData("pipelines: [hal]", "there is no pipeline 'hal'", "hall")]
    [InlineData("cooldown: -1s", "", null)]
    [InlineData("outage_after: 99d", "", null)]
    [InlineData("cooldown: soon", "", null)]
    [InlineData("quiet_hours: [{from: '25:00'}]", "", null)]
    [InlineData("min_confidence: 1.5", "", null)]
    public void Load_OptionThatCannotBe_IsOneErrorAtItsPlace(string option, string said, string? suggestion)
    {
        var result = Load($"notifications:\n  default:\n    providers: ['json://hub/x']\n    {option}\n  neighbour: {{providers: ['json://hub/y']}}\n{Pipeline}");

        var problem = Assert.Single(result.Problems, problem => !problem.IsWarning);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.Equal(suggestion, problem.Suggestion);
        Assert.InRange(problem.Line, 3, 4);
    }

    [Theory]
    [InlineData("7:30", 7, 30)]
    [InlineData("24:00", 0, 0)]
    public void Load_TimeOfDay_IsRead(string text, int hour, int minute)
    {
        var result = Load($"notifications: {{default: {{providers: ['json://hub/x'], quiet_hours: [{{to: '{text}'}}]}}}}\n{Pipeline}");

        Assert.Empty(result.Problems);
        Assert.Equal(new TimeOnly(hour, minute), result.Configuration.Notifications["default"].QuietHours[0].To);
    }

    [Theory]
    [InlineData(10_000, 0)]
    [InlineData(10_001, 1)]
    public void Load_LongTemplate_IsTakenUntilItsLimit(int length, int problems) =>
        Assert.Equal(problems, Load($"notifications: {{default: {{providers: ['json://hub/x'], templates: {{message: '{new string('x', length)}'}}}}}}\n{Pipeline}").Problems.Count);

    [Theory]
    [InlineData("heartbeat: {url: 'monitor.example.org/Wren9Owl77'}", "heartbeat.url", "begins with https://")]
    [InlineData("heartbeat: {url: 'ftp://monitor.example.org/Wren9Owl77'}", "heartbeat.url", "begins with https://")]
    [InlineData("heartbeat: {url: 'https://monitor/${MONITOR_KEY}'}", "heartbeat.url", "MONITOR_KEY")]
    [InlineData("heartbeat: {every: 1s}", "heartbeat.every", "")]
    [InlineData("drill: {pipeline: hal}", "drill.pipeline", "there is no pipeline 'hal'")]
    [InlineData("drill: {pipeline: hall, day: 31}", "drill.day", "")]
    [InlineData("ui: {baseurl: 'home.example.org'}", "ui.baseurl", "must be an address such as")]
    public void Load_SectionThatCannotWork_IsOneErrorAtItsPlace(string section, string path, string said)
    {
        var problem = Problem($"{Pipeline}{section}\n");

        Assert.Equal((path, 3, false), (problem.Path, problem.Line, problem.IsWarning));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Wren9Owl77", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ui: {baseurl: 'http://localhost:8778'}")]
    [InlineData("ui: {baseurl: 'http://127.0.0.1:8778'}")]
    public void Load_LinksThatLeadNowhere_AreAWarning(string ui)
    {
        var problem = Problem($"notifications: {{default: {{providers: ['ntfy://topic']}}}}\n{Pipeline}{ui}\n");

        Assert.Equal(("ui.baseurl", true), (problem.Path, problem.IsWarning));
    }

    [Fact]
    public void Effective_HeartbeatAndProviders_ShowTheirSchemesAlone()
    {
        var shown = Load($"{Pipeline}heartbeat: {{url: 'https://monitor.example.org/push/wrenowl'}}\nnotifications: {{default: {{providers: ['json://hub.example.org/wrenowl']}}}}\n").Effective;

        Assert.Equal("https://***", (string?)shown["heartbeat"]!["url"]);
        Assert.Equal("json://***", (string?)shown["notifications"]!["default"]!["providers"]![0]);
    }

    private static ConfigurationProblem Problem(string text) => Assert.Single(Load(text).Problems);

    private static ConfigurationResult Load(string text)
    {
        using var providers = new ProviderCatalog(TimeProvider.System);
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, providers)
            .Load([new ConfigurationText("config.yaml", Encoding.UTF8.GetBytes(text)) { IsRequired = true }], "/home", new ProblemList());
    }
}
