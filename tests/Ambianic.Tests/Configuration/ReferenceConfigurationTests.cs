using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Elements;
using Ambianic.Inference.Models;
using Ambianic.Messaging;

namespace Ambianic.Tests.Configuration;

/// <summary>A configuration in the format of the reference system runs unchanged.</summary>
public sealed class ReferenceConfigurationTests
{
    private readonly string _folder = ProjectFiles.Locate("tests/Ambianic.Tests/Configuration/fixtures/reference");
    private readonly ConfigurationResult _result;

    public ReferenceConfigurationTests() => _result = Load(TestElements.Registry());

    [Fact]
    public void Load_ReferenceConfiguration_WarnsOfTheLinksAlone()
    {
        var result = Load(BuiltInElements.AddTo(new ElementRegistry()));

        Assert.False(result.HasErrors);
        Assert.Equal(["ui.baseurl"], result.Problems.Select(problem => problem.Path));
    }

    [Fact]
    public void Load_ReferenceConfiguration_BindsSettings()
    {
        var configuration = _result.Configuration;
        Assert.Equal("1.2.0", configuration.Version);
        Assert.Equal(Path.Combine(_folder, "data"), configuration.DataDir);
        Assert.Equal(Path.Combine(_folder, "data", "ambianic-log.txt"), configuration.Logging.File);
        Assert.Equal(LoggingLevel.Info, configuration.Logging.Level);
        Assert.Equal(LoggingLevel.Debug, configuration.Logging.ConsoleLevel);
        Assert.Equal(Path.Combine(_folder, "data", "timeline-event-log.yaml"), configuration.Timeline.EventLog);
        Assert.Equal("https://ui.ambianic.ai", configuration.Ui.Baseurl);
        Assert.Equal("hunter2", configuration.IftttWebhookId);
        Assert.Equal("My Ambianic Edge device", configuration.DisplayName);
    }

    [Fact]
    public void Load_ReferenceConfiguration_BindsNotifications()
    {
        var notifications = _result.Configuration.Notifications;
        Assert.Equal(["ifttt://hunter2@ambianic", "mailto://me:hunter2@gmail.com"], notifications["default"].Providers);
        Assert.True(notifications["default"].Enabled);
        Assert.True(notifications["default"].IncludeAttachments);
        Assert.Equal("${event_labels} at ${event_source}", notifications["default"].Templates.Message);
        Assert.False(notifications["family"].Enabled);
        Assert.Equal(["ntfy://hunter2"], notifications["family"].Providers);
    }

    [Fact]
    public void Load_ReferenceConfiguration_BindsSources()
    {
        var sources = _result.Configuration.Sources;
        Assert.Equal(["front_door_camera", "garage_camera", "recorded_cam_feed", "still"], sources.Keys);
        Assert.Equal(
            new SourceOptions { Id = "garage_camera", Uri = "rtsp://admin:hunter2@192.168.86.112/live", Live = true },
            sources["garage_camera"]);
        Assert.False(sources["recorded_cam_feed"].Live);
        Assert.Equal(SourceType.Image, sources["still"].Type);
    }

    [Fact]
    public void Load_ReferenceConfiguration_ResolvesPipelines()
    {
        var pipelines = _result.Configuration.Pipelines;
        Assert.Equal(["front_door_watch", "garage_watch", "inline_watch", "bare_watch"], pipelines.Select(pipeline => pipeline.Name));
        Assert.All(pipelines, pipeline => Assert.True(pipeline.IsEnabled));

        var front = pipelines[0];
        Assert.Equal("front_door_camera", front.Source?.Id);
        Assert.Equal(["detect_objects", "save_detections", "detect_faces", "save_detections"], front.Elements.Select(element => element.Name));
        var objects = Assert.IsType<DetectOptions>(front.Elements[0].Options);
        Assert.Equal("image_detection", objects.AiModel);
        Assert.Equal("/opt/ambianic-edge/ai_models/mobilenet_ssd_v2_coco_quant_postprocess.tflite", objects.Model?.Tflite);
        Assert.Equal(Path.Combine(_folder, "ai_models", "coco_labels.txt"), objects.Labels);
        Assert.Equal(0.8f, objects.ConfidenceThreshold);
        Assert.Equal(5, objects.TopK);
        Assert.Equal(["person", "car"], objects.LabelFilter);
        var save = Assert.IsType<SaveDetectionsOptions>(front.Elements[1].Options);
        Assert.Equal((10, 6000), (save.PositiveInterval, save.IdleInterval));
        Assert.Equal(["default", "family"], save.Notify.Providers);
        var faces = Assert.IsType<DetectOptions>(front.Elements[2].Options);
        Assert.Equal(("face_detection", 7), (faces.AiModel, faces.TopK));
        Assert.Equal(["default"], Assert.IsType<SaveDetectionsOptions>(front.Elements[3].Options).Notify.Providers);

        Assert.Equal("garage_camera", pipelines[1].Source?.Id);
        Assert.Equal(0.15f, Assert.IsType<DetectFallsOptions>(pipelines[1].Elements[0].Options).ConfidenceThreshold);
        Assert.Equal("rtsp://***@192.168.86.112/live", pipelines[2].Source?.Id);
        var inline = Assert.IsType<DetectOptions>(pipelines[2].Elements[0].Options);
        Assert.Equal(5, inline.TopK);
        Assert.Equal(["person"], inline.LabelFilter);
        Assert.Equal(
            new SourceOptions { Id = "rtsp://***@192.168.86.113/live", Uri = "rtsp://admin:hunter2@192.168.86.113/live", Live = true },
            pipelines[3].Source);
    }

    [Fact]
    public void Load_ReferenceConfiguration_ShowsNoSecret()
    {
        var shown = _result.Effective.ToJsonString();
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        Assert.Equal("rtsp://***@192.168.86.111:554/Streaming/Channels/101", (string?)_result.Effective["sources"]!["front_door_camera"]!["uri"]);
        Assert.Equal("ifttt://***", (string?)_result.Effective["notifications"]!["default"]!["providers"]![0]);
        Assert.Equal("***", (string?)_result.Effective["ifttt_webhook_id"]);
        Assert.Equal(1280, (long?)_result.Effective["sources"]!["still"]!["width"]);
        Assert.Equal("front_door_camera", (string?)_result.Effective["pipelines"]!["front_door_watch"]![0]!["source"]);
        Assert.Equal(5, (long?)_result.Effective["ai_models"]!["image_detection"]!["top_k"]);
    }

    private ConfigurationResult Load(ElementRegistry elements)
    {
        using var providers = new ProviderCatalog(TimeProvider.System);
        return new ConfigurationLoader(elements, ModelCatalog.Known, providers).Load(ConfigurationFiles.Locate(null, _folder, _ => null));
    }
}
