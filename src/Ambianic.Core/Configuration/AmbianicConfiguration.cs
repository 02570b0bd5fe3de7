namespace Ambianic.Core.Configuration;

/// <summary>The whole configuration after merging, resolving and binding; everything in it is valid.</summary>
public sealed record AmbianicConfiguration
{
    /// <summary>Any text; not used.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where everything observed is stored; absolute once bound.</summary>
    [ConfigurationPath]
    public string DataDir { get; init; } = "./data";

    /// <summary>Name of this device, on the page and in <c>/api/status</c>.</summary>
    public string DisplayName { get; init; } = "My Ambianic Edge device";

    /// <summary>Log file and levels.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>Where the timeline is logged as YAML.</summary>
    public TimelineOptions Timeline { get; init; } = new();

    /// <summary>What is removed, and when. Without it nothing ever is.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>When a pipeline counts as stalled and a model as hung.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>What programs and pages may do.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>Links to the page.</summary>
    public UiOptions Ui { get; init; } = new();

    /// <summary>What becomes an alert, and who is told.</summary>
    public IReadOnlyDictionary<string, NotificationOptions> Notifications { get; init; } =
        new Dictionary<string, NotificationOptions>();

    /// <summary>A monitor outside of the house that misses this device when it is silent.</summary>
    public HeartbeatOptions Heartbeat { get; init; } = new();

    /// <summary>A rehearsal of an alert every month.</summary>
    public DrillOptions Drill { get; init; } = new();

    /// <summary>A broker that is told what all pipelines see, for Home Assistant and other programs.</summary>
    public MqttOptions Mqtt { get; init; } = new();

    /// <summary>Measurements for Prometheus and for collectors of OpenTelemetry.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>Key for <c>ifttt://</c> providers, inserted by <c>@format</c>; a secret.</summary>
    public string? IftttWebhookId { get; init; }

    /// <summary>Cameras and files, by id.</summary>
    public IReadOnlyDictionary<string, SourceOptions> Sources { get; init; } = new Dictionary<string, SourceOptions>();

    /// <summary>Pipelines by name, in the order of the file; a disabled one has its reasons.</summary>
    public IReadOnlyList<PipelineConfiguration> Pipelines { get; init; } = [];
}

/// <summary>A pipeline as configured, references resolved and options bound.</summary>
/// <param name="Name">Its key in <c>pipelines</c>.</param>
/// <param name="Source">Where its frames come from; null when it could not be resolved.</param>
/// <param name="Elements">What happens to each sample, in order, without the source.</param>
public sealed record PipelineConfiguration(
    string Name, SourceOptions? Source, IReadOnlyList<ElementConfiguration> Elements)
{
    /// <summary>Why this pipeline cannot run; empty when it can.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; init; } = [];

    /// <summary>
    /// Canonical text of everything that decides how this pipeline behaves; two configurations with the same text need no restart.
    /// Holds secrets: only ever compared, never shown.
    /// </summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>True when the pipeline can run.</summary>
    public bool IsEnabled => Problems.Count == 0 && Source is not null;
}

/// <summary>An element as configured.</summary>
/// <param name="Name">As registered, for example <c>save_detections</c>.</param>
/// <param name="Options">An instance of the options record that the element was registered with.</param>
public sealed record ElementConfiguration(string Name, object Options);
