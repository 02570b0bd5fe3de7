namespace Ambianic.Core.Configuration;

/// <summary>The section <c>timeline</c>.</summary>
public sealed record TimelineOptions
{
    /// <summary>YAML log of events. The default lies in the data directory.</summary>
    [ConfigurationPath]
    public string EventLog { get; init; } = "./data/timeline-event-log.yaml";
}
