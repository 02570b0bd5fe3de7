using System.Text.RegularExpressions;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Edge;

/// <summary>The tables of what Ambianic Edge's tests and client come to, in the guide for those who come from it.</summary>
public sealed class EdgeTableTests
{
    private static readonly string Guide = ProjectFiles.Locate("docs/guide/from-ambianic-edge.md");

    /// <summary>Calls of its web client in the order of its own list, and the tests that make them.</summary>
    private static readonly (string Call, string Path, string Expects, string ShownBy)[] Calls =
    [
        ("auth", "GET /", "200, and `Ambianic` in the answer", "EdgeClientTests.Auth_FirstCall_IsAnsweredWithTheNameThatTheClientLooksFor"),
        ("getTimelinePage", "GET /api/timeline?page=N", "`timeline`, five events a page; `N` may have a fraction", "EdgeClientTests.GetTimelinePage_AnyPage_IsFiveEventsNewestFirst"),
        ("getLocalImageURL", "GET /api/data/DIR/FILE", "the thumbnail of an event, also of an outage", "EdgeClientTests.GetLocalImageUrl_ThumbnailOfAnEvent_IsItsFile"),
        ("getEdgeStatus", "GET /api/status", "`version`, `display_name`, `notifications_enabled`", "EdgeClientTests.GetEdgeStatus_Always_HasTheDetailsOfTheDevice"),
        ("setDeviceDisplayName", "PUT /api/device/display_name/NAME", "a status up to 400", "EdgeClientTests.SetDeviceDisplayName_NewName_IsShownByTheStatus"),
        ("setIftttKey", "PUT /api/integrations/ifttt/api_key/KEY", "a status up to 400", "EdgeIftttTests.SetIftttKey_NoProviderYet_IsTheOnlyProvider"),
        ("enableNotifications", "PUT /api/notifications/enable/BOOL", "a status up to 400", "EdgeClientTests.EnableNotifications_OffAndOn_IsSaved"),
        ("testNotifications", "GET /api/notifications/test", "a status up to 400", "EdgeRestTests.Notifications_SwitchedAndTested_AreSentWhenTheyAreOn"),
    ];

    [Fact]
    public void Guide_CasesOfTheTests_AreTheseAndMostHold()
    {
        var (cases, inapplicable, holding) = (EdgeCases.Files.Sum(file => file.Cases), EdgeCases.Files.Sum(file => file.Inapplicable.Count), EdgeCases.Files.Sum(file => file.Holding));

        DocumentTable.AssertIs(Guide, "<!-- edge tests -->",
        [
            "| file | cases | hold | differ | not applicable |",
            "|---|---|---|---|---|",
            .. EdgeCases.Files.Select(file => $"| {file.Path} | {file.Cases} | {file.Holding} | {file.Different.Count} | {file.Inapplicable.Count} |"),
            $"| all | {cases} | {holding} | {cases - inapplicable - holding} | {inapplicable} |",
        ]);
        Assert.Equal(192, cases - inapplicable);
        Assert.True(holding >= 169, $"{holding}");
    }

    [Fact]
    public void Guide_CasesThatDiffer_AreListedWithTheirReasons() => DocumentTable.AssertIs(Guide, "<!-- edge differences -->",
    [
        "| case | reason |",
        "|---|---|",
        .. EdgeCases.Files.SelectMany(file => file.Different.GroupBy(one => one.Why, one => one.Case)
            .Select(reason => $"| {file.Path}: {string.Join(", ", reason)} | {reason.Key} |")),
        .. EdgeCases.Files.SelectMany(file => file.Inapplicable.Select(one => (file.Path, one.Case, one.Why))).GroupBy(one => one.Why)
            .Select(reason => $"| not applicable: {string.Join(", ", reason.GroupBy(one => one.Path).Select(one => $"{one.Key}: {string.Join(", ", one.Select(name => name.Case))}"))} | {reason.Key} |"),
    ]);

    [Fact]
    public void Guide_CallsOfTheClient_AreTheseAndAllAreAsItExpects() => DocumentTable.AssertIs(Guide, "<!-- edge client -->",
    [
        "| number | call of its client | request | it expects | is so |",
        "|---|---|---|---|---|",
        .. Calls.Select((call, index) => $"| {index + 1} | `{call.Call}` | `{call.Path}` | {call.Expects} | yes |"),
    ]);

    [Fact]
    public void ShownBy_EveryTest_IsThere()
    {
        var tests = Path.GetDirectoryName(ProjectFiles.Locate("tests/Ambianic.Tests"))!;
        var methods = Directory.EnumerateFiles(tests, "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"public (?:async )?(?:Task|void|ValueTask) (\w+)\(")
                .Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}"))
            .ToHashSet();

        Assert.Empty(EdgeCases.Files.SelectMany(file => file.ShownBy).Concat(Calls.Select(call => call.ShownBy)).Where(test => !methods.Contains(test)).Distinct());
    }
}
