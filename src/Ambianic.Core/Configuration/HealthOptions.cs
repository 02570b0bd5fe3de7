using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>health</c>.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// Seconds without a sample at the end of a pipeline after which it is stalled and what is stuck is recreated, 1 to 3600. Attempts
    /// are an eighth of it apart; after three times as long the pipeline is terminal. The default is 40.
    /// </summary>
    [Range(1.0, 3600)]
    public double StalledSeconds { get; init; } = 40;

    /// <summary>Seconds that a model may take for one picture before it counts as hung, 1 to 600. The default is 4.</summary>
    [Range(1.0, 600)]
    public double InferenceSeconds { get; init; } = 4;
}
