namespace Ambianic.Core.Health;

/// <summary>How a pipeline is: the one answer, derived by <see cref="HealthRules"/> once a second.</summary>
public enum PipelineState
{
    /// <summary>It waits for its place, gets its models, or waits for the first frame of its first connection.</summary>
    Starting,

    /// <summary>Samples reach its end.</summary>
    Running,

    /// <summary>The connection ended or the pipeline crashed; the next attempt is under way or waited for.</summary>
    Reconnecting,

    /// <summary>Frames arrive, and an element or its model has failed on each of them for two seconds, or since the connection was made; or on one within the last minute, where only a person can help.</summary>
    Failing,

    /// <summary>No sample has reached its end for <see cref="HealthPolicy.StalledAfter"/>, and nothing has been done about it yet.</summary>
    Stalled,

    /// <summary>Stalled, and what is stuck was replaced since the last sample.</summary>
    Healing,

    /// <summary>No sample for <see cref="HealthPolicy.TerminalAfter"/>: healing has failed, and the whole pipeline is recreated from time to time.</summary>
    Terminal,

    /// <summary>The file was read to its end, or could not be read; it is not tried again.</summary>
    Ended,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>Not run, because its configuration is wrong.</summary>
    Disabled,
}
