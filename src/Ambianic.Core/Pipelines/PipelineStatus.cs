using Ambianic.Health;

namespace Ambianic.Pipelines;

/// <summary>What a pipeline is doing.</summary>
public enum PipelineState
{
    /// <summary>Made and not yet run.</summary>
    Idle,

    /// <summary>The source is being opened; no frame yet.</summary>
    Connecting,

    /// <summary>Frames arrive.</summary>
    Watching,

    /// <summary>The source failed; waiting before the next try.</summary>
    Waiting,

    /// <summary>The file was read to its end.</summary>
    Ended,

    /// <summary>The file could not be read, or read only in part; it is not tried again.</summary>
    Failed,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>Not run, because its configuration is wrong.</summary>
    Disabled,
}

/// <summary>A pipeline at one moment, for people and programs that ask.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SourceId">Its source.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Health">How well it is, judged by its heartbeat; healthy for a pipeline that has nothing to do.</param>
/// <param name="SilenceSeconds">Seconds since a sample last reached the end.</param>
/// <param name="Processed">Samples that reached the end.</param>
/// <param name="Failed">Samples that an element failed on.</param>
/// <param name="Dropped">Frames that were replaced by newer ones before anybody looked.</param>
/// <param name="LastError">Why it does not watch, for people, or null.</param>
public sealed record PipelineStatus(
    string Name,
    string SourceId,
    PipelineState State,
    HealthState Health,
    double SilenceSeconds,
    long Processed,
    long Failed,
    long Dropped,
    string? LastError);
