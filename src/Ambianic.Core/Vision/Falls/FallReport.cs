using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>What a detection of <c>detect_falls</c> says beyond its label and box.</summary>
public sealed record FallReport : DetectionDetails
{
    /// <summary>Number of the person within this run of the pipeline, from 1; 0 in events of the reference system.</summary>
    public required int Track { get; init; }

    /// <summary>What the person is doing now.</summary>
    public required FallState State { get; init; }

    /// <summary>Angle of the spine to the vertical in degrees, 0 to 180.</summary>
    public required float LeaningAngle { get; init; }

    /// <summary>Seconds that the person has been down.</summary>
    public required double DownSeconds { get; init; }

    /// <summary>Why.</summary>
    public required FallEvidence Evidence { get; init; }

    /// <summary>
    /// The thresholds that the evidence was held against; null in events that were saved without them. In an event that was read
    /// back only the values of the record itself are the event's, not those of the records that it holds.
    /// </summary>
    public FallRule? Rule { get; init; }

    /// <summary>See <see cref="FallRuleValues.Fingerprint"/>; null in events that were saved without it.</summary>
    public string? RuleFingerprint { get; init; }
}
