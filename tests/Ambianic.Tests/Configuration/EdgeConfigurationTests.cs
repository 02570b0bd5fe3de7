using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Elements;
using Ambianic.Inference.Models;
using Ambianic.Messaging;

namespace Ambianic.Tests.Configuration;

/// <summary>What configurations of Ambianic Edge rely on that other configurations do not.</summary>
public sealed class EdgeConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly ProviderCatalog _providers = new(TimeProvider.System);

    public void Dispose()
    {
        _providers.Dispose();
        _folder.Dispose();
    }

    /// <summary>As the reference system writes its settings: everything that it had merged, its defaults included.</summary>
    [Fact]
    public void Load_FileThatTheReferenceSaved_HasNoErrors()
    {
        Write("config.yaml", """
            ---
            AI_MODELS:
              face_detection:
                labels: /opt/ambianic-edge/ai_models/coco_labels.txt
                model:
                  edgetpu: /opt/ambianic-edge/ai_models/mobilenet_ssd_v2_face_quant_postprocess_edgetpu.tflite
                  tflite: /opt/ambianic-edge/ai_models/mobilenet_ssd_v2_face_quant_postprocess.tflite
                top_k: 2
              fall_detection:
                labels: /opt/ambianic-edge/ai_models/pose_labels.txt
                model:
                  edgetpu: /opt/ambianic-edge/ai_models/posenet_mobilenet_v1_075_721_1281_quant_decoder_edgetpu.tflite
                  tflite: /opt/ambianic-edge/ai_models/posenet_mobilenet_v1_100_257x257_multi_kpt_stripped.tflite
              image_detection:
                labels: /opt/ambianic-edge/ai_models/coco_labels.txt
                model:
                  edgetpu: /opt/ambianic-edge/ai_models/mobilenet_ssd_v2_coco_quant_postprocess_edgetpu.tflite
                  tflite: /opt/ambianic-edge/ai_models/mobilenet_ssd_v2_coco_quant_postprocess.tflite
            DATA_DIR: ./data
            DISPLAY_NAME: Kitchen
            IFTTT_WEBHOOK_ID: ''
            LOGGING:
              file: ./data/ambianic-log.txt
              level: DEBUG
            NOTIFICATIONS:
              default:
                enabled: false
                include_attachments: false
                providers:
                - ifttt://@ambianic
                templates:
                  message: ${event_details_url}
                  title: ${event_labels}
            PEERID: 4d5e6f70-1111-2222-3333-444455556666
            PIPELINES:
              area_watch:
              - source: webcam
              - detect_objects:
                  ai_model: image_detection
                  confidence_threshold: 0.6
                  label_filter:
                  - person
                  - car
              - save_detections:
                  idle_interval: 6000
                  positive_interval: 300
              - detect_falls:
                  ai_model: fall_detection
                  confidence_threshold: 0.6
              - save_detections:
                  idle_interval: 600000
                  positive_interval: 10
            SOURCES:
              webcam:
                live: true
                type: video
                uri: /dev/video0
            TIMELINE:
              event_log: ./data/timeline-event-log.yaml
            UI:
              baseurl: https://ui.ambianic.ai
            VERSION: 2021.11.11
            """);

        var result = Load();

        Assert.DoesNotContain(result.Problems, problem => !problem.IsWarning);
        Assert.Equal("Kitchen", result.Configuration.DisplayName);
        Assert.Equal("area_watch", Assert.Single(result.Configuration.Pipelines).Name);
        Assert.True(result.Configuration.Pipelines[0].IsEnabled);
        Assert.Equal("/dev/video0", result.Configuration.Sources["webcam"].Uri);
        Assert.False(result.Configuration.Notifications["default"].Enabled);
        Assert.Null(result.Configuration.Logging.ConsoleLevel);
    }

    [Fact]
    public void Load_NamesOfTheDefaults_ExistWithoutBeingDefined()
    {
        Write("config.yaml", """
            pipelines:
              area_watch:
                - source: webcam
                - detect_objects: {ai_model: image_detection}
                - detect_faces: {ai_model: face_detection}
                - detect_falls: {ai_model: {ai_model_id: fall_detection, fall_probability: 0.7}}
            """);

        var result = Load();

        Assert.DoesNotContain(result.Problems, problem => !problem.IsWarning);
        var pipeline = Assert.Single(result.Configuration.Pipelines);
        Assert.Equal(("/dev/video0", true), (pipeline.Source?.Uri, pipeline.Source?.Live));
        Assert.Equal(2, Assert.IsType<DetectFacesOptions>(pipeline.Elements[1].Options).TopK);
        Assert.Equal(0.7, Assert.IsType<DetectFallsOptions>(pipeline.Elements[2].Options).FallProbability, 3);
    }

    [Fact]
    public void Load_NameOfTheDefaultsIsDefined_TheFileWins()
    {
        Write("config.yaml", """
            sources: {webcam: {uri: rtsp://camera/1}}
            ai_models: {face_detection: {top_k: 5}}
            pipelines:
              front: [source: webcam, detect_faces: {ai_model: face_detection}]
            """);

        var pipeline = Assert.Single(Load().Configuration.Pipelines);

        Assert.Equal("rtsp://camera/1", pipeline.Source?.Uri);
        Assert.Equal(5, Assert.IsType<DetectFacesOptions>(pipeline.Elements[0].Options).TopK);
    }

    [Fact]
    public void Load_KeyTwiceInDifferentCase_IsAnErrorAtTheSecond()
    {
        Write("config.yaml", "display_name: one\nDisplay_Name: two\npipelines: {}\n");

        var problem = Assert.Single(Load().Problems, problem => !problem.IsWarning);
        Assert.Equal((2, 1), (problem.Line, problem.Column));
        Assert.Contains("line 1, column 1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LaterFileNamesAPipeline_ItIsReplacedWholeAndTheOthersStay()
    {
        Write("config.yaml", """
            dynaconf_merge: true
            pipelines:
              front: [source: webcam, detect_objects: , save_detections: ]
              back: [source: webcam, detect_objects: ]
            """);
        Write("config.local.yaml", "PIPELINES: {dynaconf_merge: true, front: [source: webcam, detect_faces: ]}\n");

        var pipelines = Load().Configuration.Pipelines;

        Assert.Equal(["detect_faces"], pipelines[0].Elements.Select(element => element.Name));
        Assert.Equal(["front", "back"], pipelines.Select(pipeline => pipeline.Name));
    }

    [Fact]
    public void Load_MarksOfDynaconf_SayWhatAValueIs()
    {
        Write("config.yaml", """
            answer: 42
            display_name: "@format {env[HOUSE]}, {this.answer}"
            data_dir: "@format {env[STORE]}/data"
            health: {stalled_seconds: "@int @format {env[SECONDS]}"}
            notifications: {default: {enabled: "@bool off", min_confidence: "@float 0.25", providers: "@format ifttt://{env[KEY]}@x"}}
            pipelines: {front: [source: webcam]}
            """);

        var result = Load(("HOUSE", "Home"), ("STORE", "/mnt"), ("SECONDS", "60"), ("KEY", "verysecretkey77"));

        Assert.DoesNotContain(result.Problems, problem => !problem.IsWarning);
        var configuration = result.Configuration;
        Assert.Equal(("Home, 42", "/mnt/data", 60d), (configuration.DisplayName, configuration.DataDir, configuration.Health.StalledSeconds));
        var entry = configuration.Notifications["default"];
        Assert.Equal((false, 0.25, "ifttt://verysecretkey77@x"), (entry.Enabled, entry.MinConfidence, Assert.Single(entry.Providers)));
        Assert.Equal("***", Credentials.Mask("verysecretkey77"));
        Assert.Equal("Home", Credentials.Mask("Home"));
    }

    [Theory]
    [InlineData("health: {stalled_seconds: '@int many'}", "@int is followed by a whole number, not 'many'")]
    [InlineData("health: {stalled_seconds: '@int @format {env[NOT_SET]}'}", "names a variable that is not set")]
    [InlineData("display_name: '@format {env[NOT_SET]}'", "names a variable that is not set")]
    [InlineData("notifications: {default: {enabled: '@bool perhaps'}}", "@bool is followed by true or false")]
    public void Load_MarkThatCannotBe_IsAnErrorAtItsPlace(string line, string said)
    {
        Write("config.yaml", $"pipelines: {{front: [source: webcam]}}\n{line}\n");

        var problem = Load().Problems.First(problem => !problem.IsWarning);

        Assert.Equal(2, problem.Line);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("level: _COOCOO_")]
    [InlineData("level: 2.56")]
    public void Load_LevelThatIsNone_IsSaidAndTheDefaultCounts(string line)
    {
        Write("config.yaml", $"pipelines: {{front: [source: webcam]}}\nlogging: {{{line}}}\n");

        var result = Load();

        Assert.Contains("must be one of debug, info, warning, error", Assert.Single(result.Problems, problem => !problem.IsWarning).Message, StringComparison.Ordinal);
        Assert.Equal((LoggingLevel.Info, null), (result.Configuration.Logging.Level, result.Configuration.Logging.ConsoleLevel));
    }

    [Fact]
    public void Load_DeviceAsFile_IsTheCamera()
    {
        Write("config.yaml", "pipelines: {front: [source: {uri: 'file:///dev/video2'}]}\n");

        var source = Assert.Single(Load().Configuration.Pipelines).Source;

        Assert.Equal(("/dev/video2", true), (source?.Uri, source?.Live));
    }

    [Fact]
    public void Load_ListNamesALocalFileThatIsNotThere_IsNoErrorAndThatIsWhereSettingsAreSaved()
    {
        Write("config.yaml", "pipelines: {front: [source: webcam]}\n");

        var files = Files(("AMBIANIC_CONFIG_FILES", "config.yaml,etc/config.local.yaml"), ("AMBIANIC_DIR", ""));

        Assert.Empty(files.Problems);
        Assert.Equal(_folder.Path, files.WorkingDirectory);
        Assert.Equal(_folder["etc/config.local.yaml"], files.SaveFile);
        Assert.False(Loader().Load(files).HasErrors);
    }

    [Fact]
    public void Load_EmptyFileBesideOneWithPipelines_IsNoError()
    {
        Write("defaults.yaml", "pipelines: {front: [source: webcam]}\n");
        Write("config.yaml", "# what differs here\n");

        Assert.False(Load(("AMBIANIC_CONFIG_FILES", "defaults.yaml,config.yaml")).HasErrors);
        Assert.Equal("config.yaml", Assert.Single(Load().Problems, problem => !problem.IsWarning).File);
    }

    private ConfigurationResult Load(params (string Name, string Value)[] environment) => Loader().Load(Files(environment));

    private ConfigurationLoader Loader() => new(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, _providers);

    private ConfigurationFiles Files(params (string Name, string Value)[] environment) => ConfigurationFiles.Locate(
        null, _folder.Path, name => environment.FirstOrDefault(variable => variable.Name == name).Value);

    private void Write(string name, string content) => File.WriteAllText(_folder[name], content);
}
