namespace Ambianic.Core.Frames;

/// <summary>How well a source gives its pictures.</summary>
/// <param name="IsWaitingForKeyFrame">True while the camera sends and no picture can be decoded yet: each one needs those before it, back to a key frame.</param>
/// <param name="DamagedPercent">Share of damaged pictures in the last minute, 0 to 100.</param>
/// <param name="Fault">What is not right and what to do, for people; null when all is well.</param>
public sealed record SourceStatus(bool IsWaitingForKeyFrame, double DamagedPercent, string? Fault)
{
    /// <summary>Nothing is known to be wrong.</summary>
    public static SourceStatus Good { get; } = new(false, 0, null);
}
