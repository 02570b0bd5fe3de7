using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Elements;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

/// <summary>A configuration as an earlier version documented it gives the same pipelines as then.</summary>
public sealed class EarlierConfigurationTests
{
    private readonly string _folder = ProjectFiles.Locate("tests/Ambianic.Tests/Configuration/fixtures/earlier");
    private readonly ConfigurationResult _result;

    public EarlierConfigurationTests() => _result = new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known)
        .Load(ConfigurationFiles.Locate(null, _folder, _ => null));

    [Fact]
    public void Load_EarlierConfiguration_HasNoError()
    {
        Assert.DoesNotContain(_result.Problems, problem => !problem.IsWarning);
        Assert.All(_result.Configuration.Pipelines, pipeline => Assert.True(pipeline.IsEnabled, pipeline.Name));
    }

    [Fact]
    public void Load_EarlierConfiguration_BindsSettings()
    {
        var configuration = _result.Configuration;
        Assert.Equal(
            ("7", Path.Combine(_folder, "observed"), "Farmhouse", "hunter2hunter2", "http://farmhouse.local:8778"),
            (configuration.Version, configuration.DataDir, configuration.DisplayName, configuration.IftttWebhookId, configuration.Ui.Baseurl));
        Assert.Equal(
            (Path.Combine(_folder, "observed/log.txt"), LoggingLevel.Debug, LoggingLevel.Warning, Path.Combine(_folder, "observed/events.yaml")),
            (configuration.Logging.File, configuration.Logging.Level, configuration.Logging.ConsoleLevel, configuration.Timeline.EventLog));
        var retention = configuration.Retention;
        Assert.Equal((30.0, 20000.0, 500.0), (retention.MaxAgeDays, retention.MaxSizeMb, retention.MinFreeMb));
        Assert.Equal([("FALL", 0.0), ("quiet", 1.0), ("sight", 90.0)], retention.MaxAgeDaysByLabel.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal((60.0, 8.0), (configuration.Health.StalledSeconds, configuration.Health.InferenceSeconds));
    }

    [Fact]
    public void Load_EarlierConfiguration_BindsNotifications()
    {
        var notifications = _result.Configuration.Notifications;
        Assert.Equal(["ifttt://hunter2hunter2@farmhouse"], notifications["default"].Providers);
        var children = notifications["children"];
        Assert.Equal((true, true), (children.Enabled, children.IncludeAttachments));
        Assert.Equal(
            ("${event_type}", "${event_labels} at ${event_source}: ${event_details_url}"), (children.Templates.Title, children.Templates.Message));
        Assert.Equal(["ntfy://hunter2-topic"], children.Providers);
        Assert.False(notifications["old_phone"].Enabled);
    }

    [Fact]
    public void Load_EarlierConfiguration_BindsSources()
    {
        Assert.Equal(
            [
                new SourceOptions
                {
                    Id = "porch", Uri = "rtsp://viewer:hunter2@192.168.7.20:554/stream1", Live = true, Fps = 10, Transport = RtspTransport.Udp,
                    Width = 960, StallSeconds = 20,
                },
                new SourceOptions
                {
                    Id = "shed", Uri = "http://192.168.7.21/snap.jpg?user=viewer&password=hunter2", Type = SourceType.Image, Live = true, Fps = 0.5,
                },
                new SourceOptions { Id = "desk", Uri = "/dev/video1", Format = "mjpeg", Live = true },
                new SourceOptions { Id = "tape", Uri = Path.Combine(_folder, "recordings/first-snow.mp4") },
            ],
            _result.Configuration.Sources.Values);
    }

    [Fact]
    public void Load_EarlierConfiguration_GivesThePipelines()
    {
        var pipelines = _result.Configuration.Pipelines;
        Assert.Equal(
            [
                "porch: porch, detect_objects, save_detections, detect_faces, save_detections",
                "shed: shed, detect_objects, save_detections",
                "parlour: rtsp://192.168.7.22/live, detect_falls, save_detections",
                "tape: tape, detect_poses, save_detections",
                "bare: rtsp://192.168.7.23/live, detect_objects, save_detections",
            ],
            pipelines.Select(pipeline => $"{pipeline.Name}: {string.Join(", ", pipeline.Elements.Select(element => element.Name).Prepend(pipeline.Source!.Id))}"));
        Assert.Equal(640, pipelines[1].Source!.Width);
        Assert.True(pipelines[2].Source!.Live);
    }

    [Fact]
    public void Load_EarlierConfiguration_BindsElements()
    {
        var porch = Options<DetectObjectsOptions>(0, 0);
        Assert.Equal(("nanodet", "nanodet"), (porch.Model!.Name, porch.Model.Decoder));
        Assert.Equal((0.8f, -0.5f), ((float)porch.Model.Calibration!.Slope, (float)porch.Model.Calibration.Intercept));
        Assert.Equal((0.7f, 2), (porch.ConfidenceThreshold, porch.TopK));
        Assert.Equal(["person", "dog"], porch.LabelFilter);
        var save = Options<SaveDetectionsOptions>(0, 1);
        Assert.Equal((5.0, 3600.0, true), (save.PositiveInterval, save.IdleInterval, save.DrawBoxes));
        Assert.Equal(["children"], save.Notify.Providers);
        var faces = Options<DetectFacesOptions>(0, 2);
        Assert.Equal((0.5f, 2), (faces.ConfidenceThreshold, faces.TopK));
        Assert.Equal(["children"], Options<SaveDetectionsOptions>(0, 3).Notify.Providers);

        var shed = Options<DetectObjectsOptions>(1, 0);
        Assert.Equal(("centernet", 0.3f, 3), (shed.Model!.Name, shed.ConfidenceThreshold, shed.TopK));
        Assert.Equal(["car"], shed.LabelFilter);
        Assert.Equal(["default"], Options<SaveDetectionsOptions>(1, 1).Notify.Providers);

        var falls = Options<DetectFallsOptions>(2, 0);
        Assert.Equal(
            (0.7f, 20.0, 120.0, 45.0, 90, true),
            (falls.FallProbability, falls.LongLieSeconds, falls.EscalationSeconds!.Value, falls.PersonDownSeconds, falls.Rotate, falls.SkeletonOnly));
        Assert.Equal("sofa", Assert.Single(falls.RestingZones).Name);
        Assert.Equal(3, Options<DetectPosesOptions>(3, 0).TopK);
        Assert.Equal(0, Options<SaveDetectionsOptions>(3, 1).PositiveInterval);
    }

    private T Options<T>(int pipeline, int element) => Assert.IsType<T>(_result.Configuration.Pipelines[pipeline].Elements[element].Options);
}
