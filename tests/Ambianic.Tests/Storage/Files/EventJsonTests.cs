using System.Text;
using System.Text.Json;
using Ambianic.Core.Frames;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Storage.Files;
using CsCheck;

namespace Ambianic.Tests.Storage.Files;

public sealed class EventJsonTests
{
    private static readonly TimeZoneInfo Local = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), null, null);

    private static readonly Gen<Detection> Detections =
        from label in Gen.String[Gen.Char[' ', '퟿'], 0, 20]
        from confidence in Gen.Float.Unit
        from box in Gen.Select(Gen.Float.Unit, Gen.Float.Unit, Gen.Float.Unit, Gen.Float.Unit)
        from points in Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 9], Gen.Float.Unit, Gen.Float.Unit, Gen.Float.Unit).Array[0, 17]
        select new Detection(label, confidence, new Box(box.Item1, box.Item2, box.Item3, box.Item4))
        {
            Keypoints = [.. points.Select(point => new Keypoint(point.Item1, point.Item2, point.Item3, point.Item4))],
        };

    internal static readonly Gen<DetectionEvent> Events =
        from microseconds in Gen.Long[0, 4_000_000_000_000_000]
        from offset in Gen.Int[-14 * 4, 14 * 4]
        from pipeline in Gen.String[Gen.Char[' ', '퟿'], 0, 20]
        from detections in Detections.Array[0, 5]
        from damage in Gen.Enum<PictureDamage>()
        select TimelineFixture.Event(
            "detections/20210501-101112.123456",
            DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ToOffset(TimeSpan.FromMinutes(15 * offset)),
            pipeline,
            detections) with { Damage = damage };

    [Fact]
    public void ForDatabase_NamesThatAreTold_AreReadBack()
    {
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", TimelineFixture.Person);

        Assert.Equal(["default"], EventJson.FromDatabase(EventJson.ForDatabase(seen)).Notify);
        Assert.Equal(["carer", "family"], EventJson.FromDatabase(EventJson.ForDatabase(seen with { Notify = ["carer", "family"] })).Notify);
        Assert.Empty(EventJson.FromDatabase(EventJson.ForDatabase(seen with { Notify = [] })).Notify);
    }

    [Fact]
    public void ForDatabase_AlertThatNobodyAnswered_IsReadBackWithItsLabel()
    {
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front") with { UnansweredAlert = "Somebody fell: hall" };

        var read = EventJson.FromDatabase(EventJson.ForDatabase(seen));

        Assert.Equal("Somebody fell: hall", read.UnansweredAlert);
        Assert.Equal([EventNames.AlertLabel], read.Labels);
    }

    [Fact]
    public void ForFile_Event_IsTheReferencesJsonFollowedByOurKeys()
    {
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", TimelineFixture.Person) with
        {
            Id = "0123456789abcdef0123456789abcdef",
        };

        Assert.Equal(
            """
            {
                "id": "0123456789abcdef0123456789abcdef",
                "datetime": "2021-05-01T10:11:12.123456+02:00",
                "image_file_name": "20210501-101112.123456-image.jpg",
                "thumbnail_file_name": "20210501-101112.123456-thumbnail.jpg",
                "json_file_name": "20210501-101112.123456-inference.json",
                "rel_dir": "detections/20210501-100000.000000",
                "inference_result": [
                    {
                        "label": "person",
                        "confidence": 0.98,
                        "box": {
                            "xmin": 0.1,
                            "ymin": 0.1,
                            "xmax": 0.4,
                            "ymax": 0.9
                        }
                    }
                ],
                "inference_meta": {
                    "display": "Object Detection"
                },
                "pipeline": "front",
                "source": "camera"
            }
            """,
            Encoding.UTF8.GetString(EventJson.ForFile(seen)));
    }

    [Fact]
    public void ForFile_AnyEvent_IsReadBackTheSame() => Events.Sample(seen =>
    {
        var json = EventJson.ForFile(seen);
        var read = EventJson.FromFile(json, seen.RelDir, seen.JsonFileName, Local, _ => null);
        AssertSame(seen, read);
        AssertSame(seen, EventJson.FromDatabase(EventJson.ForDatabase(seen)));
    });

    [Fact]
    public void ForFile_Fall_HasTheReferencesKeysAndItsEvidenceAndIsReadBack()
    {
        var fall = TimelineFixture.Person with
        {
            Label = FallLabels.Fall,
            Keypoints = [new Keypoint("nose", 0.1f, 0.2f, 0.9f), new Keypoint("left_hip", 0.5f, 0.25f, 0.9f)],
            Details = new FallReport
            {
                Track = 3,
                State = FallState.LongLie,
                LeaningAngle = 81.5f,
                DownSeconds = 10.25,
                Evidence = new FallEvidence
                {
                    UprightAt = TimeSpan.FromSeconds(3), DownAt = TimeSpan.FromSeconds(4), ShoulderDrop = 0.75f, LowShare = 1, WindowSeconds = 1,
                    Probability = 0.75f,
                },
                Rule = new FallRule { Probability = 0.4f, LongLieSeconds = 20 },
                RuleFingerprint = "0123abcd",
            },
        };
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", fall) with
        {
            BeforeFileNames = ["a-before-1.jpg"],
        };

        var json = EventJson.ForFile(seen);

        var written = JsonDocument.Parse(json).RootElement;
        Assert.Equal("a-before-1.jpg", written.GetProperty("before_file_names")[0].GetString());
        var result = written.GetProperty("inference_result")[0];
        Assert.Equal(81.5, result.GetProperty("leaning_angle").GetDouble());
        Assert.Equal("""{"left_hip":[0.5,0.25]}""", JsonSerializer.Serialize(result.GetProperty("keypoint_corr")));
        Assert.Equal("long_lie", result.GetProperty("state").GetString());
        Assert.Equal(0.75, result.GetProperty("evidence").GetProperty("shoulder_drop").GetDouble());
        Assert.Equal(0.75, result.GetProperty("evidence").GetProperty("probability").GetDouble());
        Assert.Equal("0123abcd", result.GetProperty("rule_fingerprint").GetString());
        var rule = result.GetProperty("rule");
        Assert.Equal(
            (0.4, 0.3, 1.5, 20.0),
            (rule.GetProperty("probability").GetDouble(), rule.GetProperty("shoulder_drop").GetDouble(), rule.GetProperty("drop_seconds").GetDouble(), rule.GetProperty("long_lie_seconds").GetDouble()));
        Assert.Equal(RuleKeys, rule.EnumerateObject().Select(property => property.Name));
        var read = EventJson.FromFile(json, seen.RelDir, seen.JsonFileName, Local, _ => null);
        Assert.Equal(fall.Fall, Assert.Single(read.Detections).Fall);
        Assert.Equal(seen.BeforeFileNames, read.BeforeFileNames);
    }

    [Fact]
    public void ForFile_FallWhoseThumbnailIsKnown_HasTheReferencesNamesInPixelsBesideOurs()
    {
        var fall = TimelineFixture.Person with
        {
            Label = FallLabels.Fall,
            Keypoints = [new Keypoint("left_shoulder", 0.25f, 0.1f, 1), new Keypoint("left_hip", 0.5f, 0.75f, 1), new Keypoint("nose", 0, 0, 1)],
            Details = new FallReport { Track = 3, State = FallState.Fallen, LeaningAngle = 70, DownSeconds = 1, Evidence = new FallEvidence() },
        };
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", fall) with { ThumbnailSize = (320, 181) };

        var json = EventJson.ForFile(seen);

        Assert.Equal(
            """{"left shoulder":[80,18.1],"left hip":[160,135.75],"right shoulder":null,"right hip":null,"left_shoulder":[0.25,0.1],"left_hip":[0.5,0.75]}""",
            JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement.GetProperty("inference_result")[0].GetProperty("keypoint_corr")));
        AssertSame(seen, EventJson.FromFile(json, seen.RelDir, seen.JsonFileName, Local, _ => null));
        AssertSame(seen, EventJson.FromDatabase(EventJson.ForDatabase(seen)));
    }

    [Fact]
    public void Document_FallOfTheReference_ShowsWhatItsFileHoldsAndNothingMadeUp()
    {
        var json = Encoding.UTF8.GetBytes(
            """
            {"datetime": "2021-01-12T17:04:05", "thumbnail_file_name": "a-thumbnail.jpg",
             "inference_result": [{"label": "FALL", "confidence": 0.5, "leaning_angle": 70.5, "keypoint_corr": {
                "left shoulder": [64.3, 36.7], "left hip": [101, 108], "right shoulder": null, "right hip": null}}]}
            """);
        var seen = EventJson.FromFile(json, "detections/here", "a-inference.json", Local, _ => (257, 145));

        var shown = Assert.Single(EventJson.Document(seen).InferenceResult!);

        Assert.Equal(
            """{"left shoulder":[64.3,36.7],"left hip":[101,108],"right shoulder":null,"right hip":null}""",
            JsonSerializer.Serialize(shown.KeypointCorr));
        Assert.Equal((70.5f, "fallen"), (shown.LeaningAngle, shown.State));
        Assert.Equal((null, null, null, null), (shown.Track, shown.DownSeconds, shown.Evidence, shown.Rule));
    }

    [Fact]
    public void ForFile_LyingWithoutAFallSeen_SaysNothingOfADescent()
    {
        var lying = TimelineFixture.Person with
        {
            Label = FallLabels.PersonDown,
            Details = new FallReport
            {
                Track = 1,
                State = FallState.LongLie,
                LeaningAngle = 90,
                DownSeconds = 30,
                Evidence = new FallEvidence { DownAt = TimeSpan.FromSeconds(4), LowShare = 0.5f, WindowSeconds = 1 },
                Rule = new FallRule(),
            },
        };
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", lying);

        var json = EventJson.ForFile(seen);

        var evidence = JsonDocument.Parse(json).RootElement.GetProperty("inference_result")[0].GetProperty("evidence");
        Assert.Equal(["down_at_s", "low_share", "window_seconds"], evidence.EnumerateObject().Select(property => property.Name));
        Assert.Equal(lying.Fall, Assert.Single(EventJson.FromFile(json, seen.RelDir, seen.JsonFileName, Local, _ => null).Detections).Fall);
    }

    [Fact]
    public void ForFile_PartOfThePicture_SaysWhichPart()
    {
        var seen = TimelineFixture.Event("detections/20210501-100000.000000", TimelineFixture.Start, "front", TimelineFixture.Person) with
        {
            Region = new Box(0.25f, 0.5f, 0.75f, 1),
        };

        var json = EventJson.ForFile(seen);

        var written = JsonDocument.Parse(json).RootElement;
        Assert.Equal("""{"xmin":0.25,"ymin":0.5,"xmax":0.75,"ymax":1}""", JsonSerializer.Serialize(written.GetProperty("region")));
        Assert.Equal("source", written.EnumerateObject().SkipLast(1).Last().Name);
        Assert.Equal(seen.Region, EventJson.FromFile(json, seen.RelDir, seen.JsonFileName, Local, _ => null).Region);
        Assert.Equal(seen.Region, EventJson.FromDatabase(EventJson.ForDatabase(seen)).Region);
    }

    [Fact]
    public void FromFile_OfTheReference_IsRead()
    {
        var seen = Read(
            """
            {"id": "140bd8ba41ed4cf5ac9e4ff3f9b4d7c8", "datetime": "2021-01-12T17:04:05.060708", "image_file_name": "a-image.jpg",
             "thumbnail_file_name": "a-thumbnail.jpg", "json_file_name": "a-inference.json", "rel_dir": "detections/elsewhere",
             "inference_result": [{"label": "FALL", "confidence": 0.71, "leaning_angle": 62.5,
                "keypoint_corr": {"left_shoulder": [1, 2], "left_hip": null}}],
             "inference_meta": {"display": "Fall Detection"}}
            """);

        Assert.Equal(new DateTimeOffset(2021, 1, 12, 17, 4, 5, 60, 708, TimeSpan.FromHours(2)), seen.At);
        Assert.Equal(("", "", "Fall Detection"), (seen.Pipeline, seen.Source, seen.Display));
        Assert.Equal("detections/here", seen.RelDir);
        var fall = Assert.Single(seen.Detections);
        Assert.Equal(("FALL", 0.71f, default(Box)), (fall.Label, fall.Confidence, fall.Box));
        Assert.Equal(62.5f, fall.Fall?.LeaningAngle);
    }

    [Theory]
    [InlineData("FALL", FallState.Fallen)]
    [InlineData("something", FallState.Upright)]
    public void FromFile_FallOfTheReference_IsFallen(string label, FallState state)
    {
        var seen = Read($$"""
            {"datetime": "2021-01-12T17:04:05", "inference_result": [{"label": "{{label}}", "confidence": 0.5, "leaning_angle": 70}]}
            """);

        Assert.Equal(state, Assert.Single(seen.Detections).Fall?.State);
    }

    [Fact]
    public void FromFile_FallOfTheReference_HasItsPointsAndABoxWithinThePicture()
    {
        var json = Encoding.UTF8.GetBytes(
            """
            {"datetime": "2021-01-12T17:04:05", "thumbnail_file_name": "a-thumbnail.jpg",
             "inference_result": [{"label": "FALL", "confidence": 0.5, "leaning_angle": 70, "keypoint_corr": {
                "left shoulder": [64, 36.0], "left hip": ["128", "108"], "right shoulder": null, "right hip": [300, "x"]}}]}
            """);

        var seen = EventJson.FromFile(json, "detections/here", "a-inference.json", Local, name => name == "a-thumbnail.jpg" ? (256, 144) : null);

        var fall = Assert.Single(seen.Detections);
        Assert.Equal(new Box(0.25f, 0.25f, 0.5f, 0.75f), fall.Box);
        Assert.Equal(
            [new Keypoint("left_shoulder", 0.25f, 0.25f, 0.5f), new Keypoint("left_hip", 0.5f, 0.75f, 0.5f)], fall.Keypoints);
        AssertSame(seen, EventJson.FromDatabase(EventJson.ForDatabase(seen)));
    }

    [Fact]
    public void FromFile_NullResults_IsAQuietScene()
    {
        var seen = Read("""{"id": "1", "datetime": "2021-01-12T17:04:05", "inference_result": null, "inference_meta": null}""");

        Assert.Empty(seen.Detections);
        Assert.Equal("", seen.ImageFileName);
    }

    [Fact]
    public void TimelineEntry_PasswordThatAnEarlierVersionStored_IsMasked()
    {
        var seen = Read("""
            {"id": "1", "datetime": "2021-01-12T17:04:05", "source": "http://cam/a?loginpas=Finch6Nest",
             "sight": {"state": "blind", "blind_since": "2021-01-12T17:04:00", "reason": "rtsp://me:Finch6Nest@cam/1: refused"}}
            """);

        var shown = TimelineEntry.For(seen).Args;

        Assert.Equal(("http://cam/a?loginpas=***", "rtsp://***@cam/1: refused"), (shown.Source, shown.Visibility?.Reason));
    }

    [Fact]
    public void FromFile_WithoutId_GetsTheSameIdEachTime()
    {
        const string json = """{"datetime": "2021-01-12T17:04:05"}""";

        Assert.Matches("^[0-9a-f]{32}$", Read(json).Id);
        Assert.Equal(Read(json).Id, Read(json).Id);
        Assert.NotEqual(Read(json).Id, EventJson.FromFile(Encoding.UTF8.GetBytes(json), "detections/other", "a", Local, _ => null).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\"")]
    [InlineData("{\"id\": \"1\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"yesterday\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"image_file_name\": \"../../../etc/passwd\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"thumbnail_file_name\": \"..\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"image_file_name\": \"a\\u0000b.jpg\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"image_file_name\": \"b-inference.json\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"before_file_names\": [\"b-pinned\"]}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"0001-01-01T00:00:00+05:00\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"0001-01-01T00:00:00\"}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"inference_result\": [{\"leaning_angle\": 90, \"evidence\": {\"down_at_s\": 1e300}}]}")]
    [InlineData("{\"id\": \"1\", \"datetime\": \"2021-01-12T17:04:05\", \"inference_result\": [{\"leaning_angle\": 90, \"evidence\": {\"upright_at_s\": \"NaN\"}}]}")]
    public void FromFile_NotAnEvent_SaysSo(string json) => Assert.Throws<InvalidDataException>(() => Read(json));

    [Fact]
    public void TimelineEntry_AsJson_HasTheReferencesKeys()
    {
        var seen = TimelineFixture.Event("detections/x", TimelineFixture.Start, "front", TimelineFixture.Person);

        var entry = JsonSerializer.SerializeToElement(TimelineEntry.For(seen), TimelineJson.Default.TimelineEntry);

        Assert.Equal(
            ["id", "message", "created", "priority", "args", "pipeline_context"], entry.EnumerateObject().Select(property => property.Name));
        Assert.Equal("1619856672.123456", entry.GetProperty("created").GetRawText());
        Assert.Equal("INFO", entry.GetProperty("priority").GetString());
        Assert.Equal(seen.RelDir, entry.GetProperty("args").GetProperty("rel_dir").GetString());
        Assert.Equal("front", entry.GetProperty("pipeline_context").GetProperty("unique_pipeline_name").GetString());
    }

    /// <summary>What programs of others may read of the thresholds: no key is ever taken away.</summary>
    private static readonly string[] RuleKeys =
    [
        "least_score", "spine_score", "stooped_angle", "standing_hips", "shoulder_drop", "hip_drop", "stooped_hip_drop", "sinking",
        "drop_seconds", "low_angle", "low_aspect", "low_height", "slender_aspect", "below_seat", "feet_shift", "floor_height",
        "stoop_hips", "stoop_height", "stoop_seconds", "sitting_speed", "confirm_seconds", "confirm_share", "vanish_seconds",
        "probability", "least_height", "recover_seconds", "long_lie_seconds", "escalation_seconds", "person_down_seconds",
    ];

    internal static void AssertSame(DetectionEvent expected, DetectionEvent actual)
    {
        Assert.Equal(Encoding.UTF8.GetString(EventJson.ForFile(expected)), Encoding.UTF8.GetString(EventJson.ForFile(actual)));
        Assert.Equal(expected.At, actual.At);
        Assert.Equal(expected.At.Offset, actual.At.Offset);
        Assert.Equal(expected.Damage, actual.Damage);
        Assert.Equal(expected.Detections.Select(one => (one.Label, one.Confidence, one.Box)), actual.Detections.Select(one => (one.Label, one.Confidence, one.Box)));
        Assert.Equal(expected.Detections.SelectMany(one => one.Keypoints), actual.Detections.SelectMany(one => one.Keypoints));
    }

    private static DetectionEvent Read(string json) =>
        EventJson.FromFile(Encoding.UTF8.GetBytes(json), "detections/here", "a-inference.json", Local, _ => null);
}
