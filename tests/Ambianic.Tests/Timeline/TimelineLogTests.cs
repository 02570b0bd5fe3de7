using System.Text.Json;
using CsCheck;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Timeline;

public sealed class TimelineLogTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Yaml_Event_IsAListItemInBlockStyle()
    {
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front door", TimelineFixture.Person) with
        {
            Id = "0123456789abcdef0123456789abcdef",
        };

        Assert.Equal(
            """
            - args:
                id: "0123456789abcdef0123456789abcdef"
                datetime: "2021-05-01T10:11:12.123456+02:00"
                image_file_name: "20210501-101112.123456-image.jpg"
                thumbnail_file_name: "20210501-101112.123456-thumbnail.jpg"
                json_file_name: "20210501-101112.123456-inference.json"
                rel_dir: detections/20210501-100000.000000
                inference_result:
                - label: person
                  confidence: 0.98
                  box:
                    xmin: 0.1
                    ymin: 0.1
                    xmax: 0.4
                    ymax: 0.9
                inference_meta:
                  display: Object Detection
                pipeline: front door
                source: camera
              created: 1619856672.123456
              id: "0123456789abcdef0123456789abcdef"
              message: Detection Event
              pipeline_context:
                unique_pipeline_name: front door
              priority: INFO

            """,
            TimelineLog.Yaml(seen));
    }

    [Fact]
    public void Yaml_AnyEvent_EqualsItsJson() => EventJsonTests.Events.Sample(seen =>
    {
        var json = JsonSerializer.SerializeToElement(TimelineEntry.For(seen), TimelineJson.Default.TimelineEntry);
        AssertEqual(json, Assert.Single(Parse(TimelineLog.Yaml(seen))));
    });

    [Theory]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- a")]
    [InlineData(" a ")]
    [InlineData("two\nlines")]
    [InlineData("Haustür 😀 \u2028 \"'\\")]
    public void Yaml_NameThatLooksLikeYaml_StaysText(string pipeline)
    {
        var entry = Assert.Single(Parse(TimelineLog.Yaml(TimelineFixture.Event("detections/x", TimelineFixture.Start, pipeline))));

        var name = (YamlScalarNode)entry["pipeline_context"]["unique_pipeline_name"];
        Assert.Equal(pipeline, name.Value);
        Assert.NotEqual(YamlDotNet.Core.ScalarStyle.Plain, name.Style);
    }

    [Fact]
    public void Append_MoreThan100KiB_RotatesAndKeeps100Files()
    {
        File.WriteAllText(_fixture.LogPath + ".100", "oldest");
        File.WriteAllText(_fixture.LogPath + ".99", "second");
        var log = new TimelineLog(_fixture.LogPath);

        var ids = AppendMany(log, 400);

        Assert.Equal("second", File.ReadAllText(_fixture.LogPath + ".100"));
        var files = Directory.GetFiles(_fixture.DataDir, "timeline-event-log.yaml*").Where(path => !path.EndsWith("100", StringComparison.Ordinal));
        var read = files
            .Order(StringComparer.Ordinal)
            .Select(path =>
            {
                Assert.InRange(new FileInfo(path).Length, 1, 100 * 1024);
                return Parse(File.ReadAllText(path)).Select(entry => (string)entry["id"]!).ToList();
            })
            .ToList();
        Assert.True(read.Count >= 3);
        Assert.Equal(ids, read.Skip(1).Reverse().Append(read[0]).SelectMany(file => file));
    }

    [Fact]
    public void Append_AfterACrashAtAnyByte_LeavesWholeEntriesOnly()
    {
        AppendMany(new TimelineLog(_fixture.LogPath), 2);
        var whole = File.ReadAllBytes(_fixture.LogPath);
        var first = whole.AsSpan().LastIndexOf("\n- "u8) + 1;

        for (var length = first; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_fixture.LogPath, whole[..length]);
            AppendMany(new TimelineLog(_fixture.LogPath), 1);

            var entries = Parse(File.ReadAllText(_fixture.LogPath));
            Assert.InRange(entries.Count, 2, 3);
            Assert.All(entries, entry => Assert.StartsWith("INFO", (string)entry["priority"]!, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Append_AfterALostTail_DropsTheZeros()
    {
        AppendMany(new TimelineLog(_fixture.LogPath), 2);
        File.AppendAllText(_fixture.LogPath, new string('\0', 4096));

        AppendMany(new TimelineLog(_fixture.LogPath), 1);

        Assert.Equal(3, Parse(File.ReadAllText(_fixture.LogPath)).Count);
    }

    [Fact]
    public void Append_ToAFileThatIsNoTimeline_KeepsItUnderAnotherName()
    {
        File.WriteAllText(_fixture.LogPath, "my notes");

        AppendMany(new TimelineLog(_fixture.LogPath), 1);

        Assert.Equal("my notes", File.ReadAllText(_fixture.LogPath + ".1"));
        Assert.Single(Parse(File.ReadAllText(_fixture.LogPath)));
    }

    private static List<string> AppendMany(TimelineLog log, int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            var seen = TimelineFixture.Event("detections/x", TimelineFixture.Start.AddSeconds(i), "front", TimelineFixture.Person);
            log.Append(seen);
            ids.Add(seen.Id);
        }

        return ids;
    }

    private static IList<YamlNode> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return ((YamlSequenceNode)stream.Documents[0].RootNode).Children;
    }

    private static void AssertEqual(JsonElement json, YamlNode yaml)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var mapping = Assert.IsType<YamlMappingNode>(yaml);
                Assert.Equal(json.EnumerateObject().Select(one => one.Name).Order(), mapping.Children.Keys.Select(key => (string)key!).Order());
                foreach (var property in json.EnumerateObject())
                {
                    AssertEqual(property.Value, mapping[property.Name]);
                }

                break;
            case JsonValueKind.Array:
                var sequence = Assert.IsType<YamlSequenceNode>(yaml);
                Assert.Equal(json.GetArrayLength(), sequence.Children.Count);
                foreach (var (item, node) in json.EnumerateArray().Zip(sequence.Children))
                {
                    AssertEqual(item, node);
                }

                break;
            case JsonValueKind.String:
                Assert.Equal(json.GetString(), ((YamlScalarNode)yaml).Value);
                break;
            default:
                Assert.Equal(json.GetDouble(), double.Parse(((YamlScalarNode)yaml).Value!, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
