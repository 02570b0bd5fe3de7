namespace Ambianic.Core.Health;

/// <summary>All pipelines as they were at one moment. What the supervisor acts on, and what everybody else is told.</summary>
/// <param name="At">Wall-clock time.</param>
/// <param name="Timestamp">The same moment on the monotonic clock, for <see cref="TimeProvider.GetElapsedTime(long, long)"/>.</param>
/// <param name="Pipelines">In the order of the configuration; also those that are disabled or could not be built.</param>
/// <param name="SystemicFault">What is wrong with the machine rather than with a pipeline, for people; null when nothing is.</param>
public sealed record HealthSnapshot(DateTimeOffset At, long Timestamp, IReadOnlyList<PipelineHealth> Pipelines, string? SystemicFault)
{
    /// <summary>Before the supervisor has looked for the first time.</summary>
    public static HealthSnapshot None { get; } = new(DateTimeOffset.MinValue, 0, [], null);

    /// <summary>One line for people: how many pipelines do not see, which, and why in a word.</summary>
    public string Summary()
    {
        List<string> faults = [.. Pipelines.Select(Fault).OfType<string>()];
        return faults.Count == 0
            ? $"{Pipelines.Count} pipeline(s), all well"
            : $"{faults.Count} of {Pipelines.Count} pipeline(s) do not see: {string.Join(", ", faults)}";
    }

    private static string? Fault(PipelineHealth pipeline) => pipeline.Visibility switch
    {
        VisibilityState.Visible or VisibilityState.Off => null,
        VisibilityState.NoVideo when pipeline.State == PipelineState.Ended => $"{pipeline.Name} unreadable",
        VisibilityState.NoVideo => $"{pipeline.Name} {pipeline.State.ToString().ToLowerInvariant()}",
        var visibility => $"{pipeline.Name} {visibility.ToString().ToLowerInvariant()}",
    };
}
