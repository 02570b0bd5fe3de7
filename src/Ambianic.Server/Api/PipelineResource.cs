using System.Text.Json.Serialization;

namespace Ambianic.Server.Api;

/// <summary>A pipeline in <c>/api/pipelines</c>: all that <c>/api/health</c> says of it, and what it sees now.</summary>
internal sealed record PipelineResource : PipelineReport
{
    public PipelineResource(PipelineReport report)
        : base(report)
    {
    }

    /// <summary>False while a person has switched it off.</summary>
    [JsonPropertyOrder(1)]
    public required bool IsOn { get; init; }

    /// <summary>Labels that were ever detected, and how many of each were in one frame of the last 3 to 6 s.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyDictionary<string, int> Labels { get; init; }

    /// <summary>How many frames <c>detect_objects</c> looked at, and why; null when it has looked at none.</summary>
    [JsonPropertyOrder(1)]
    public required MotionReport? Motion { get; init; }

    /// <summary>Until when its alerts are held back; null when they are not.</summary>
    [JsonPropertyOrder(1)]
    public required DateTimeOffset? SnoozedUntil { get; init; }
}
