namespace Ambianic.Core.Visibility;

/// <summary>What is remembered of one pipeline to decide what is told of its outages.</summary>
internal sealed class PipelineOutage(TimeProvider time)
{
    public OutageBalance Balance { get; } = new(time);

    /// <summary>The visibility at the last look; null when the pipeline was not there.</summary>
    public VisibilityChange? Now { get; set; }

    /// <summary>From when on <see cref="Now"/> is so, monotonic clock.</summary>
    public long Since { get; set; }

    /// <summary>What was told last; null when nothing was.</summary>
    public OutageReport? Told { get; set; }

    /// <summary>True while what was told is known from an earlier run alone.</summary>
    public bool IsFromPreviousRun { get; set; }
}
