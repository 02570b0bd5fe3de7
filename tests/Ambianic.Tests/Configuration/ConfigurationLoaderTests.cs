using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;

namespace Ambianic.Tests.Configuration;

public sealed class ConfigurationLoaderTests : LoaderFixture
{
    [Fact]
    public void Load_SeveralFiles_MapsMergeAndTheRestIsReplaced()
    {
        Write("secrets.yaml", "ifttt_webhook_id: one\nsources: {cam: {uri: rtsp://cam/1, live: yes}}\n");
        Write("config.yaml", "display_name: Home\nsources: {cam: {width: 640}}\npipelines: {p: [source: cam]}\nnotifications: {default: {providers: [a://1, b://2]}}\n");
        Write("config.local.yaml", "display_name: Garden\nsources:\nnotifications: {default: {providers: [c://3]}}\n");

        var result = Load();

        Assert.False(result.HasErrors);
        Assert.Equal("Garden", result.Configuration.DisplayName);
        Assert.Equal("one", result.Configuration.IftttWebhookId);
        Assert.Equal(
            new SourceOptions { Id = "cam", Uri = "rtsp://cam/1", Live = true, Width = 640 },
            result.Configuration.Sources["cam"]);
        Assert.Equal(["c://3"], result.Configuration.Notifications["default"].Providers);
        Assert.Equal(["secrets.yaml", "config.yaml", "config.local.yaml"], result.Files.Select(Path.GetFileName));
        Assert.Equal(Path.Combine(Folder.Path, "config.local.yaml"), result.SaveFile);
    }

    [Theory]
    [InlineData("uri: rtsp://cam/1", true)]
    [InlineData("uri: /dev/video0", true)]
    [InlineData("uri: rtsp://cam/1, live: false", false)]
    [InlineData("uri: http://cam/clip.mp4", false)]
    [InlineData("uri: 'https://cam/clip.MKV?token=a.b'", false)]
    [InlineData("uri: http://cam/video.mjpg", true)]
    [InlineData("uri: 'http://cam/snapshot?file=tour.mp4', type: image", true)]
    [InlineData("uri: http://cam/still.jpg, type: image, live: false", false)]
    [InlineData("uri: 'udp://@:5000'", true)]
    [InlineData("uri: 'rtp://239.0.0.1:5004'", true)]
    [InlineData("uri: 'srt://cam:9000?streamid=a.ts'", true)]
    [InlineData("uri: 'tcp://cam:9000'", true)]
    [InlineData("uri: 'RTSP://cam/clip.mp4'", true)]
    [InlineData("uri: clip.mp4", false)]
    public void Load_SourceDoesNotSayWhetherItIsLive_StreamsAndCamerasAre(string source, bool isLive)
    {
        Write("config.yaml", $"sources: {{cam: {{{source}}}}}\npipelines: {{p: [source: {{source_id: cam, fps: 3}}], q: [source: {{{source}}}]}}\n");

        var result = Load();

        Assert.Empty(result.Problems);
        Assert.Equal([isLive, isLive], result.Configuration.Pipelines.Select(pipeline => pipeline.Source!.Live));
        Assert.Equal(isLive, result.Configuration.Sources["cam"].Live);
    }

    [Fact]
    public void Load_Zones_AreReadWithTheirPoints()
    {
        Write("config.yaml", "sources: {cam: {uri: rtsp://cam/1, zones: {street: {kind: ignore_motion, points: [[0, 0], [1, 0], [1, 0.3]]}}}}\n");

        var result = Load();

        Assert.DoesNotContain(result.Problems, problem => !problem.IsWarning);
        var (name, zone) = Assert.Single(result.Configuration.Sources["cam"].Zones);
        Assert.Equal(("street", ZoneKind.IgnoreMotion), (name, zone.Kind));
        Assert.Equal([0, 0, 1, 0, 1, 0.3], zone.Points.SelectMany(point => point));
    }

    [Theory]
    [InlineData("points: [[0, 0], [1, 0]]", "points must be at least 3")]
    [InlineData("points: [[0, 0], [1, 0], [1, 1.2]]", "points must be a list of [x, y], each from 0 to 1")]
    [InlineData("points: [[0, 0], [1, 0], [1]]", "points must be a list of [x, y], each from 0 to 1")]
    [InlineData("points: [0, 0, 1, 0, 1, 1]", "points must be a list of [x, y], each from 0 to 1")]
    [InlineData("points: [[0, 0], [0.5, 0.5], [1, 1]]", "points must enclose an area; these lie on a line")]
    [InlineData("points: [[0, 0], [1, 0], [1, left]]", "must be a number")]
    [InlineData("kind: watch", "points: is missing")]
    [InlineData("points: [[0, 0], [1, 0], [1, 1]], kind: watched", "did you mean watch?")]
    public void Load_ZoneThatIsNone_SaysWhy(string zone, string expected)
    {
        Write("config.yaml", $"sources:\n  cam:\n    uri: rtsp://cam/1\n    zones:\n      street: {{{zone}}}\n");

        var problems = Load().Problems.Where(problem => !problem.IsWarning).ToList();

        Assert.Contains(problems, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Equal(5, problem.Line));
    }

    [Fact]
    public void Load_OneBadPipeline_TheOthersRun()
    {
        Write("config.yaml", "pipelines:\n  bad:\n    - source: nowhere\n  good:\n    - source: rtsp://cam/1\n");

        var result = Load();

        Assert.True(result.HasErrors);
        Assert.Equal([false, true], result.Configuration.Pipelines.Select(pipeline => pipeline.IsEnabled));
        Assert.Equal(result.Problems, result.Configuration.Pipelines[0].Problems);
    }

    [Fact]
    public void Load_BadModelOrSource_DisablesThePipelinesThatUseIt()
    {
        Write("config.yaml", """
            sources: {slow: {uri: rtsp://cam/1, fps: 0}, fast: {uri: rtsp://cam/2}}
            ai_models: {few: {top_k: none}, many: {top_k: 9}}
            pipelines:
              a: [source: slow]
              b: [source: fast, detect_objects: {ai_model: few}]
              c: [source: fast, detect_objects: {ai_model: few, top_k: 1}]
              d: [source: fast, detect_objects: {ai_model: many}]
            """);

        var result = Load();

        Assert.Equal(["sources.slow.fps", "ai_models.few.top_k"], result.Problems.Select(problem => problem.Path));
        Assert.Equal(["c", "d"], result.Configuration.Pipelines.Where(pipeline => pipeline.IsEnabled).Select(pipeline => pipeline.Name));
        Assert.Equal(["fast"], result.Configuration.Sources.Keys);
    }

    [Fact]
    public void Load_ValueThatCouldNotBeRead_DisablesThePipelineThatNeedsIt()
    {
        Write("secrets.yaml", "uri: &uri rtsp://cam/1\nrest: [\n");
        Write("config.yaml", """
            pipelines:
              a: [source: *uri, detect_objects: {top_k: *k}]
              b: [source: rtsp://cam/2, detect_objects: {top_k: *k}]
              c: [source: rtsp://cam/2, *k]
              d: *k
              e: [source: rtsp://cam/2, detect_objects: {ai_model: *k}]
              f: [source: rtsp://cam/2]
            """);

        var result = Load();

        Assert.Equal(["secrets.yaml"], result.Problems.Select(problem => problem.File));
        Assert.Equal("f", Assert.Single(result.Configuration.Pipelines, pipeline => pipeline.IsEnabled).Name);
    }

    [Fact]
    public void Load_KeysThatDifferOnlyInCredentials_AreShownMasked()
    {
        var result = LoadText("sources: {'rtsp://a:b@cam': {uri: rtsp://a:b@cam}, 'rtsp://c:d@cam': {uri: rtsp://c:d@cam}}");

        Assert.Equal(2, result.Configuration.Sources.Count);
        Assert.Equal("rtsp://***@cam", Assert.Single(result.Effective["sources"]!.AsObject()).Key);
    }

    [Fact]
    public void Load_ReferenceWithOwnKeys_TheOwnKeysWin()
    {
        Write("config.yaml", """
            sources: {cam: {uri: rtsp://cam/1, fps: 2}}
            ai_models: {m: {model: {tflite: a.tflite}, labels: l.txt, top_k: 9}}
            pipelines:
              a:
                - source: {source_id: cam, fps: 4}
                - detect_objects: {ai_model: {ai_model_id: m, top_k: 8}, model: {onnx: /b.onnx}}
            """);

        var pipeline = Assert.Single(Load().Configuration.Pipelines);

        Assert.Equal(("cam", "rtsp://cam/1", 4.0), (pipeline.Source!.Id, pipeline.Source.Uri, pipeline.Source.Fps));
        var options = Assert.IsType<DetectOptions>(Assert.Single(pipeline.Elements).Options);
        Assert.Equal(("m", 8, Path.Combine(Folder.Path, "l.txt")), (options.AiModel, options.TopK, options.Labels));
        Assert.Equal(new ModelOptions { Onnx = "/b.onnx", Tflite = Path.Combine(Folder.Path, "a.tflite") }, options.Model);
    }

    [Theory]
    [InlineData("rtsp://u:p@cam/1", true, "rtsp://***@cam/1", "rtsp://u:p@cam/1")]
    [InlineData("http://cam/mjpeg", true, "http://cam/mjpeg", "http://cam/mjpeg")]
    [InlineData("udp://239.0.0.1:5000", true, "udp://239.0.0.1:5000", "udp://239.0.0.1:5000")]
    [InlineData("srt://cam:9000", true, "srt://cam:9000", "srt://cam:9000")]
    [InlineData("http://cam/clip.mp4", false, "http://cam/clip.mp4", "http://cam/clip.mp4")]
    [InlineData("/dev/video0", true, "/dev/video0", "/dev/video0")]
    [InlineData("picamera", true, "picamera", "picamera")]
    [InlineData("file:///films/a.mp4", false, "file:///films/a.mp4", "file:///films/a.mp4")]
    [InlineData("films/a.mp4", false, "films/a.mp4", "/home/films/a.mp4")]
    public void Load_BareUri_IsAnInlineSource(string text, bool isLive, string id, string uri)
    {
        var result = LoadText($"pipelines: {{p: [source: '{text}']}}", "/home");

        Assert.Empty(result.Problems);
        Assert.Equal(new SourceOptions { Id = id, Uri = uri, Live = isLive }, result.Configuration.Pipelines[0].Source);
    }

    [Fact]
    public void Load_AddressesWithoutSecrets_AreShownAsTheyAre()
    {
        string[] addresses =
        [
            "http://nvr:1984/api/stream.mjpeg?src=veranda", "rtsp://veranda.lan/Streaming/Channels/101?transportmode=unicast&profile=Profile_1",
            "rtsp://veranda.lan/h264Preview_01_main", "http://veranda.lan/axis-cgi/mjpg/video.cgi?camera=veranda&resolution=640x480", "udp://239.0.0.1:5000",
        ];

        var result = LoadText(
            "sources:\n  veranda: {uri: 'rtsp://me:veranda@cam/1'}\n"
            + string.Concat(addresses.Select((address, number) => $"  s{number}: {{uri: '{address}'}}\n"))
            + "pipelines:\n  veranda: [source: veranda]\n"
            + string.Concat(addresses.Select((address, number) => $"  p{number}: [source: '{address}']\n")));

        Assert.Empty(result.Problems);
        Assert.Equal(["veranda", .. addresses], result.Configuration.Pipelines.Select(pipeline => pipeline.Source!.Id));
        Assert.All(addresses, address => Assert.Equal(address, Credentials.Mask(address)));
        Assert.Equal("pipeline veranda watches veranda", Credentials.Mask("pipeline veranda watches veranda"));
        Assert.Single(result.Effective.ToJsonString().Split("***")[1..]); // the one password
    }

    [Fact]
    public void Load_NoEventLogNamed_ItLiesInTheDataDirectory()
    {
        var result = LoadText("data_dir: ../store", "/home/ambianic");

        Assert.Equal("/home/store", result.Configuration.DataDir);
        Assert.Equal("/home/store/timeline-event-log.yaml", result.Configuration.Timeline.EventLog);
    }

    [Theory]
    [InlineData("display_name: a")]
    [InlineData("pipelines:")]
    public void Load_NoPipelines_IsAWarning(string text)
    {
        var problem = Assert.Single(LoadText(text).Problems);

        Assert.True(problem.IsWarning);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, null)]
    public void Load_PicturesAreStoredBeforeTheElementThatHidesPeople_IsAWarningWhereTheyAre(bool hides, int? line)
    {
        Write("config.yaml", $$"""
            pipelines:
              room:
                - source: rtsp://cam/1
                - save_detections:
                - detect_falls: {skeleton_only: {{(hides ? "true" : "false")}}}
                - save_detections:
            """);

        var problems = LoadBuiltIn().Problems.Where(IsNotOfNotifications).ToList();

        Assert.Equal(line, problems.SingleOrDefault()?.Line);
        Assert.All(problems, problem => Assert.True(problem.IsWarning));
    }

    [Theory]
    [InlineData("fps: 0.3", 6)]
    [InlineData("fps: 0.4", null)]
    [InlineData("width: 640", null)]
    public void Load_SourceTooSlowForFalls_IsAWarningWhereTheyAreDetected(string option, int? line)
    {
        Write("config.yaml", $$"""
            sources:
              room: {uri: rtsp://cam/1, {{option}} }
            pipelines:
              room:
                - source: room
                - detect_falls:
            """);

        var problem = LoadBuiltIn().Problems.SingleOrDefault(IsNotOfNotifications);

        Assert.Equal(line, problem?.Line);
        Assert.Equal(
            line is null ? null : "reports no fall at 0.3 samples a second; set fps of source room to 0.4 or more, or remove it for 5", problem?.Message);
        Assert.Equal(line is not null, problem?.IsWarning ?? false);
    }

    [Fact]
    public void Load_LabelsOfDetectFalls_AreAcceptedThoughTheFileIsNotThere()
    {
        Write("config.yaml", "pipelines: {room: [source: rtsp://cam/1, detect_falls: {labels: ai_models/pose_labels.txt}]}");

        Assert.DoesNotContain(LoadBuiltIn().Problems, IsNotOfNotifications);
    }

    /// <summary>That nobody is told of a fall is tested on its own.</summary>
    private static bool IsNotOfNotifications(ConfigurationProblem problem) => !problem.Message.StartsWith("nobody is told", StringComparison.Ordinal);

    [Fact]
    public void Load_KeysThatHoldAnchors_AreNoFault() => Assert.Empty(LoadText("""
        x-anything: 1
        .hidden: {a: b}
        secret_uri: &uri rtsp://cam/1
        shared: {a: &b {top_k: 4}}
        pipelines: {p: [source: *uri, detect_objects: *b]}
        """).Problems);

    [Fact]
    public void Load_MergeKeys_OwnKeysWinThenTheFirstMap()
    {
        var result = LoadText("""
            x-a: &a {top_k: 4, confidence_threshold: 0.4}
            x-b: &b {top_k: 5, label_filter: [cat]}
            pipelines: {p: [source: rtsp://cam/1, detect_objects: {<<: [*a, *b], confidence_threshold: 0.9}]}
            """);

        Assert.Empty(result.Problems);
        var options = (DetectOptions)result.Configuration.Pipelines[0].Elements[0].Options;
        Assert.Equal((4, 0.9f, "cat"), (options.TopK, options.ConfidenceThreshold, Assert.Single(options.LabelFilter)));
    }

    [Fact]
    public void Load_SameMeaningInOtherWords_KeepsTheFingerprint()
    {
        var plain = Fingerprint("pipelines: {p: [source: rtsp://cam/1, detect_objects: {top_k: 4, labels: /l}]}");

        Assert.Equal(plain, Fingerprint("x-l: &l /l\npipelines:\n  p:\n  - source: rtsp://cam/1\n  - detect_objects:\n      labels: *l # same\n      top_k: 4\n"));
        Assert.Equal(plain, Fingerprint("display_name: other\npipelines: {p: [source: rtsp://cam/1, detect_objects: {<<: {top_k: 4}, labels: /l}]}"));
        Assert.NotEqual(plain, Fingerprint("pipelines: {p: [source: rtsp://cam/2, detect_objects: {top_k: 4, labels: /l}]}"));
        Assert.NotEqual(plain, Fingerprint("pipelines: {p: [source: rtsp://cam/1, detect_objects: {top_k: 5, labels: /l}]}"));
    }

    [Fact]
    public void Load_SourceOrModelElsewhereChanges_ChangesTheFingerprint()
    {
        const string Text = "sources: {c: {uri: rtsp://cam/1}}\nai_models: {m: {top_k: 2}}\npipelines: {p: [source: c, detect_objects: {ai_model: m}]}";

        Assert.NotEqual(Fingerprint(Text), Fingerprint(Text.Replace("cam/1", "cam/2", StringComparison.Ordinal)));
        Assert.NotEqual(Fingerprint(Text), Fingerprint(Text.Replace("top_k: 2", "top_k: 3", StringComparison.Ordinal)));
    }

    [Fact]
    public void Report_Problems_EndsWithTheirNumber() => Assert.EndsWith(
        "\n2 errors, 0 warnings", LoadText("verson: 1\ndata_dir: []\n").Report(), StringComparison.Ordinal);

    private static string Fingerprint(string text)
    {
        var result = LoadText(text);
        Assert.False(result.HasErrors);
        return Assert.Single(result.Configuration.Pipelines).Fingerprint;
    }
}
