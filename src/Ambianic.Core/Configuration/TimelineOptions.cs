namespace Ambianic.Core.Configuration;

/// <summary>The section <c>timeline</c>.</summary>
public sealed record TimelineOptions
{
    /// <summary>YAML log of events. The default is <c>timeline-event-log.yaml</c> in <c>data_dir</c>.</summary>
    [ConfigurationPath]
    public string EventLog { get; init; } = "";
}
