using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>From when on a pipeline had a visibility; it lasts until its next change.</summary>
/// <param name="At">Wall-clock time.</param>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="Visibility">Whether its picture can be used.</param>
/// <param name="Reason">Why it cannot, for people; null while it can.</param>
public sealed record VisibilityChange(DateTimeOffset At, string Pipeline, string Source, VisibilityState Visibility, string? Reason)
{
    /// <summary>The visibility of a pipeline, from when it began; see <see cref="PipelineHealth.NoticedLate"/>.</summary>
    public static VisibilityChange Of(PipelineHealth health, DateTimeOffset at) =>
        new(at - health.NoticedLate, health.Name, health.SourceId, health.Visibility, health.Reason);
}
