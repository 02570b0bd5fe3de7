using System.Text.Json;
using Ambianic.Storage.Files;
using CsCheck;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Tests.Storage.Files;

public sealed class EventYamlTests
{
    [Fact]
    public void Entry_Event_IsAListItemInBlockStyle()
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
            EventYaml.Entry(seen));
    }

    [Fact]
    public void Entry_AnyEvent_EqualsItsJson() => EventJsonTests.Events.Sample(seen =>
    {
        var json = JsonSerializer.SerializeToElement(TimelineEntry.For(seen), TimelineJson.Default.TimelineEntry);
        AssertEqual(json, Assert.Single(TimelineLogTests.Parse(EventYaml.Entry(seen))));
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
    public void Entry_NameThatLooksLikeYaml_StaysText(string pipeline)
    {
        var entry = Assert.Single(TimelineLogTests.Parse(EventYaml.Entry(TimelineFixture.Event("detections/x", TimelineFixture.Start, pipeline))));

        var name = (YamlScalarNode)entry["pipeline_context"]["unique_pipeline_name"];
        Assert.Equal(pipeline, name.Value);
        Assert.NotEqual(YamlDotNet.Core.ScalarStyle.Plain, name.Style);
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
