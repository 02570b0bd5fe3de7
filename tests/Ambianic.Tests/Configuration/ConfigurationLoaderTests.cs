using System.Diagnostics;
using System.Text;
using Ambianic.Pipelines;
using Ambianic.Vision;
using Ambianic.Vision.Decoders;

namespace Ambianic.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_SeveralFiles_MapsMergeAndTheRestIsReplaced()
    {
        Write("secrets.yaml", "ifttt_webhook_id: one\nsources: {cam: {uri: rtsp://cam/1, live: yes}}\n");
        Write("config.yaml", "display_name: Home\nsources: {cam: {width: 640}}\npipelines: {p: [source: cam]}\nnotifications: {default: {providers: [a://1, b://2]}}\n");
        Write("config.local.yaml", "display_name: Garden\nsources:\nnotifications: {default: {providers: [c://3]}}\n");

        var result = Load();

        Assert.Empty(result.Problems);
        Assert.Equal("Garden", result.Configuration.DisplayName);
        Assert.Equal("one", result.Configuration.IftttWebhookId);
        Assert.Equal(
            new SourceOptions { Id = "cam", Uri = "rtsp://cam/1", Live = true, Width = 640 },
            result.Configuration.Sources["cam"]);
        Assert.Equal(["c://3"], result.Configuration.Notifications["default"].Providers);
        Assert.Equal(["secrets.yaml", "config.yaml", "config.local.yaml"], result.Files.Select(Path.GetFileName));
        Assert.Equal(Path.Combine(_directory.Path, "config.local.yaml"), result.SaveFile);
    }

    [Theory]
    [InlineData("uri: rtsp://cam/1", true)]
    [InlineData("uri: /dev/video0", true)]
    [InlineData("uri: rtsp://cam/1, live: false", false)]
    [InlineData("uri: http://cam/clip.mp4", false)]
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
        Assert.Equal(("m", 8, Path.Combine(_directory.Path, "l.txt")), (options.AiModel, options.TopK, options.Labels));
        Assert.Equal(new ModelOptions { Onnx = "/b.onnx", Tflite = Path.Combine(_directory.Path, "a.tflite") }, options.Model);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("Off")]
    [InlineData("false")]
    [InlineData("no")]
    [InlineData("none")]
    [InlineData("'off'")]
    [InlineData("{slope: 1, intercept: 0}")]
    public void Load_CalibrationSwitchedOff_IsTheModelsOwnScores(string off)
    {
        Write("config.yaml", $"""
            ai_models:
              m:
                model:
                  name: nanodet
                  calibration:
                    slope: 2
            pipelines:
              a:
                - source: rtsp://cam/1
                - detect_objects:
                    ai_model: m
                    model:
                      calibration: {off}
            """);

        var result = Load();

        Assert.Empty(result.Problems);
        var options = Assert.IsType<DetectOptions>(Assert.Single(Assert.Single(result.Configuration.Pipelines).Elements).Options);
        Assert.Equal(new ModelOptions { Name = "nanodet", Calibration = Calibration.None }, options.Model);
    }

    [Theory]
    [InlineData("on", "'on'")]
    [InlineData("2.5", "'2.5'")]
    [InlineData("[1, 2]", "a list")]
    public void Load_CalibrationOfAnotherKind_SaysWhatItMayBe(string value, string quoted)
    {
        Write("config.yaml", $"pipelines:\n  a:\n    - source: rtsp://cam/1\n    - detect_objects: {{model: {{calibration: {value}}}}}\n");

        var problem = Assert.Single(Load().Problems);

        Assert.Equal(
            $"config.yaml:4:45 pipelines.a[1].detect_objects.model.calibration: must be off, or a map of keys and values, not {quoted}",
            problem.ToString());
    }

    [Fact]
    public void Load_FilesOfAModelAreNotThere_WarnsOnceWhereTheyAreNamedAndRunsThePipelines()
    {
        Directory.CreateDirectory(_directory["folder"]);
        Write("config.yaml", """
            ai_models:
              mine:
                model:
                  tflite: mine.tflite
                labels: folder
            pipelines:
              a: [source: rtsp://cam/1, detect_objects: {ai_model: mine}]
              b:
                - source: rtsp://cam/2
                - detect_objects: {ai_model: mine}
                - detect_faces:
                    model: {onnx: faces.onnx}
            """);

        var result = Load();

        Assert.Equal(
            [
                $"config.yaml:4:15 ai_models.mine.model.tflite: warning: the file {_directory["mine.tflite"]} is not there; put it there or correct the path",
                $"config.yaml:5:13 ai_models.mine.labels: warning: the file {_directory["folder"]} is a folder; name a file in it",
                $"config.yaml:12:23 pipelines.b[2].detect_faces.model.onnx: warning: the file {_directory["faces.onnx"]} is not there; put it there or correct the path",
            ],
            result.Problems.Select(problem => problem.ToString()));
        Assert.False(result.HasErrors);
        Assert.All(result.Configuration.Pipelines, pipeline => Assert.True(pipeline.IsEnabled));
    }

    [Theory]
    [InlineData("model: {name: nanodett}", "38 pipelines.a[1].detect_objects.model.name: 'nanodett' is not a model of the catalog", "did you mean nanodet?")]
    [InlineData("model: {decoder: yolo9}", "41 pipelines.a[1].detect_objects.model.decoder: 'yolo9' is not a decoder", "did you mean yolo?")]
    [InlineData("model: {name: blazeface-back}", "38 pipelines.a[1].detect_objects.model.name: 'blazeface-back' finds faces, and detect_objects looks for objects", "centernet")]
    public void Load_NameThatNoModelOrDecoderHas_IsAnErrorWhereItStands(string options, string problem, string advice)
    {
        Write("config.yaml", $"pipelines:\n  a:\n    - source: rtsp://cam/1\n    - detect_objects: {{{options}}}\n");

        var result = LoadBuiltIn();

        var reported = Assert.Single(result.Problems).ToString();
        Assert.StartsWith($"config.yaml:4:{problem}", reported, StringComparison.Ordinal);
        Assert.Contains(advice, reported, StringComparison.Ordinal);
        Assert.True(result.HasErrors);
        Assert.False(Assert.Single(result.Configuration.Pipelines).IsEnabled);
    }

    [Fact]
    public void Load_NamesInSharedModels_AreErrorsOnceAlsoWhereNobodyUsesThem()
    {
        Write("config.yaml", """
            ai_models:
              mine: {model: {name: centrenet}}
              faces: {model: {name: yunet}}
              unused: {model: {decoder: yolovx}}
            pipelines:
              a: [source: rtsp://cam/1, detect_objects: {ai_model: mine}]
              b: [source: rtsp://cam/2, detect_objects: {ai_model: mine}, detect_faces: {ai_model: faces}]
              c: [source: rtsp://cam/3, detect_falls: {ai_model: faces}]
              d: [source: rtsp://cam/4, detect_objects: {model: {name: CenterNet, decoder: centernet}}]
            """);

        var result = LoadBuiltIn();

        Assert.Equal(
            [
                "config.yaml:2:24 ai_models.mine.model.name: 'centrenet' is not a model of the catalog; 'ambianic models list' prints those that are (did you mean centernet?)",
                "config.yaml:3:25 ai_models.faces.model.name: 'yunet' finds faces, and detect_falls looks for poses; for those there are movenet-multipose, movenet-thunder, movenet-lightning",
                $"config.yaml:4:29 ai_models.unused.model.decoder: 'yolovx' is not a decoder; there are {string.Join(", ", DetectionDecoders.Names.Order(StringComparer.Ordinal))} (did you mean yolox?)",
            ],
            result.Problems.Select(problem => problem.ToString()));
        Assert.Equal(["d"], result.Configuration.Pipelines.Where(pipeline => pipeline.IsEnabled).Select(pipeline => pipeline.Name));
    }

    [Theory]
    [InlineData("detect_faces", 0)]
    [InlineData("detect_objects", 1)]
    public void Load_FileOfTheReferenceIsNotThere_IsMissedWhereItsRoleIsAnother(string element, int warnings)
    {
        Write("config.yaml", $"pipelines:\n  a: [source: rtsp://cam/1, {element}: {{model: {{tflite: mobilenet_ssd_v2_face_quant_postprocess.tflite}}}}]\n");

        Assert.Equal(warnings, LoadBuiltIn().Problems.Count(problem => problem.Message.Contains("is not there", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{name: nanodet, onnx: not-there.onnx}")]
    [InlineData("{tflite: mine.tflite, edgetpu: mine_edgetpu.tflite}")]
    [InlineData("{tflite: mine_edgetpu.tflite}")]
    [InlineData("{edgetpu: mine_edgetpu.tflite}")]
    [InlineData("{onnx: mine.tflite, tflite: not-there.tflite}")]
    public void Load_FileThatIsUsedIsThere_NeedsNoOther(string model)
    {
        Write("mine.tflite", "");
        Write("config.yaml", $"pipelines:\n  a: [source: rtsp://cam/1, detect_objects: {{model: {model}}}]\n");

        Assert.Empty(Load().Problems);
    }

    [Fact]
    public void Load_OnlyTheFileForTheEdgeTpuIsThere_WarnsOfTheOther()
    {
        Write("mine_edgetpu.tflite", "");
        Write("config.yaml", "pipelines:\n  a: [source: rtsp://cam/1, detect_objects: {model: {edgetpu: mine_edgetpu.tflite}}]\n");

        var problem = Assert.Single(Load().Problems);

        Assert.True(problem.IsWarning);
        Assert.Contains(_directory["mine.tflite"], problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://u:p@cam/1", true, "rtsp://***@cam/1", "rtsp://u:p@cam/1")]
    [InlineData("http://cam/mjpeg", true, "http://cam/mjpeg", "http://cam/mjpeg")]
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
    public void Load_NoMainFile_SaysSo()
    {
        var problem = Assert.Single(Load().Problems);

        Assert.Equal("config.yaml: does not exist; create it, or name another with -c FILE", problem.ToString());
    }

    [Fact]
    public void Load_DirectoryInsteadOfFile_SaysSo()
    {
        Directory.CreateDirectory(_directory["config.yaml"]);

        Assert.Equal("config.yaml: is a directory; name a file in it", Assert.Single(Load().Problems).ToString());
    }

    [Fact]
    public void Load_FileThatMayNotBeRead_SaysSo()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess || OperatingSystem.IsWindows(), "needs a user who may not read everything: run as another than root");
        Write("config.yaml", "pipelines:");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory["config.yaml"], UnixFileMode.None);
        }

        Assert.Contains("may not be read", Assert.Single(Load().Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.yaml", 1)]
    [InlineData("config.local.yaml", 0)] // as if it were empty
    public async Task Load_PipeInPlaceOfAFile_IsNotWaitedFor(string name, int problems)
    {
        Write("config.yaml", "pipelines: { hall: [ source: { uri: \"rtsp://camera/\" } ] }");
        File.Delete(_directory[name]);
        NamedPipe.Make(_directory[name]);

        var result = await Task.Run(Load, TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(problems, result.Problems.Count(problem => problem.Message.Contains("a pipe", StringComparison.Ordinal)));
    }

    public static TheoryData<byte[], string> NoYamlText => new()
    {
        { [], "config.yaml: is empty, or no file but a device or a pipe; it needs at least a pipeline under 'pipelines:'" },
        { "# nothing\n---\n"u8.ToArray(), "config.yaml: is empty; it needs at least a pipeline under 'pipelines:'" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0], "config.yaml: is a binary file; a configuration is YAML text" },
        { [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a: b")], "config.yaml: is UTF-16; save it as UTF-8" },
        { Encoding.Latin1.GetBytes("a: 1\nname: Küche"), "config.yaml:2:8: is not UTF-8 from here on; save the file as UTF-8" },
        { "a: 1\nb: x\u0007y"u8.ToArray(), "config.yaml:2:5: holds the control character U+0007; remove it" },
        { "a: [1, 2\nb: 3\n"u8.ToArray(), "config.yaml:2:1: is not valid YAML: something before this is not closed or not separated" },
    };

    [Theory]
    [MemberData(nameof(NoYamlText))]
    public void Load_NoYaml_IsOneError(byte[] content, string expected)
    {
        File.WriteAllBytes(_directory["config.yaml"], content);

        Assert.Equal(expected, Assert.Single(Load().Problems).ToString());
    }

    [Theory]
    [InlineData("[", 10_000_000)]
    [InlineData("{", 10_000_000)]
    [InlineData("{a: ", 2_500_000)]
    [InlineData("- ", 5_000_000)]
    [InlineData("? ", 5_000_000)]
    [InlineData("[\n", 5_000_000)]
    [InlineData("a: &b [*b]\n", 900_000)]
    [InlineData("- 1\n", 2_500_000)]
    [InlineData("x", 17_000_000)]
    public void Load_EnormousFile_IsAnErrorSoon(string part, int times)
    {
        Write("config.yaml", new StringBuilder().Insert(0, part, times).ToString());
        var watch = Stopwatch.StartNew();

        var result = Load();

        Assert.True(result.HasErrors);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Load_AliasesThatNestEachOther_AreBoundedInDepth()
    {
        var text = new StringBuilder("x-0: &a0 [[[[[[[[[[1]]]]]]]]]]\n");
        for (var i = 1; i < 2000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-{i}: &a{i} [[[[[[[[[[*a{i - 1}]]]]]]]]]]\n");
        }

        Assert.Contains("levels deep", Assert.Single(LoadText(text.ToString()).Problems).Message, StringComparison.Ordinal);
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

    private static ConfigurationResult LoadText(string text, string workingDirectory = "/home") => new ConfigurationLoader(TestElements.Registry())
        .Load([new ConfigurationText("config.yaml", Encoding.UTF8.GetBytes(text)) { IsRequired = true }], workingDirectory, new ProblemList());

    private void Write(string name, string content) => File.WriteAllText(_directory[name], content);

    private ConfigurationResult LoadBuiltIn() => new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()))
        .Load(ConfigurationFiles.Locate(null, _directory.Path, _ => null));

    private ConfigurationResult Load() => new ConfigurationLoader(TestElements.Registry())
        .Load(ConfigurationFiles.Locate(null, _directory.Path, _ => null));
}
