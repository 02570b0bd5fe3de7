using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;

namespace Ambianic.Core.Health;

/// <summary>What a pipeline is doing.</summary>
public enum PipelineState
{
    /// <summary>Made and not yet run.</summary>
    Idle,

    /// <summary>Elements get what they need, for example a model that is downloaded; this may take minutes.</summary>
    Preparing,

    /// <summary>The source is being opened; no frame yet.</summary>
    Connecting,

    /// <summary>Frames arrive.</summary>
    Watching,

    /// <summary>Frames arrive, and an element or its model has failed on each of them for two seconds, or since the connection was made; or on one within the last minute, where only a person can help.</summary>
    Failing,

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
/// <param name="Health">How well it is, judged by its heartbeat.</param>
/// <param name="SilenceSeconds">Seconds since a sample last reached the end.</param>
/// <param name="Processed">Samples that reached the end.</param>
/// <param name="Failed">Samples that an element failed on.</param>
/// <param name="Dropped">Frames that were replaced by newer ones before anybody looked.</param>
/// <param name="LastError">Why it does not watch, for people, or null; credentials are masked, whoever put them in.</param>
public sealed record PipelineStatus(
    string Name,
    string SourceId,
    PipelineState State,
    HealthState Health,
    double SilenceSeconds,
    long Processed,
    long Failed,
    long Dropped,
    string? LastError)
{
    /// <inheritdoc cref="PipelineStatus(string, string, PipelineState, HealthState, double, long, long, long, string?)"/>
    public string? LastError { get; init => field = value is null ? null : Credentials.Mask(value); } = LastError is null ? null : Credentials.Mask(LastError);

    /// <summary>What is stuck while it is not healthy: <c>source</c> or the name of an element; else null.</summary>
    public string? Stuck { get; init; }

    /// <summary>Whether the picture itself can be trusted.</summary>
    public PictureState Picture { get; init; }

    /// <summary>Seconds that it has been so; 0 while it is good.</summary>
    public double PictureSeconds { get; init; }

    /// <summary>True while it fails for a reason that only a person can remove: a model whose outputs are not numbers.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>How well the source gives its pictures.</summary>
    public SourceStatus Source { get; init; } = SourceStatus.Good;

    /// <summary>The elements in their order.</summary>
    public IReadOnlyList<ElementStatus> Elements { get; init; } = [];

    /// <summary>Times that something of it was healed.</summary>
    public long Healed { get; init; }

    /// <summary>Times that all of it was built anew, after a crash or because nothing else helped.</summary>
    public long Rebuilt { get; init; }
}

/// <summary>An element at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BusySeconds">Seconds that it has been working on the sample that it has; 0 when it has none.</param>
/// <param name="Recycled">Times that it was replaced because it was stuck.</param>
public sealed record ElementStatus(string Name, double BusySeconds, int Recycled);
