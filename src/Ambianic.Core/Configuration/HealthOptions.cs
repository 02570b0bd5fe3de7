using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>health</c>.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// Seconds without a sample at the end of a pipeline after which it is healed, 1 to 3600. Terminal is three times as long,
    /// two healings are an eighth of it apart. The default is 40, as in the reference system.
    /// </summary>
    [Range(1.0, 3600)]
    public double StalledSeconds { get; init; } = 40;

    /// <summary>Seconds that a model may take for one picture before it counts as hung, 1 to 600. The default is 4.</summary>
    [Range(1.0, 600)]
    public double InferenceSeconds { get; init; } = 4;
}
