using Ambianic.Core.Frames;

namespace Ambianic.Core.Health;

/// <summary>What a pipeline is occupied with: a fact, from which its state is derived.</summary>
internal enum PipelinePhase
{
    /// <summary>Not run yet.</summary>
    NotStarted,

    /// <summary>Elements get what they need, for example a model that is downloaded; this may take minutes.</summary>
    Preparing,

    /// <summary>The source is being opened; no sample has reached the end yet.</summary>
    Connecting,

    /// <summary>Samples of this connection have reached the end.</summary>
    Receiving,

    /// <summary>The connection ended, or the pipeline crashed; it waits before the next attempt.</summary>
    Waiting,

    /// <summary>The file was read to its end.</summary>
    Ended,

    /// <summary>The file could not be read, or only in part.</summary>
    Unreadable,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>Not run, because a person has switched it off.</summary>
    SwitchedOff,

    /// <summary>Not run, because its configuration is wrong.</summary>
    Disabled,
}

/// <summary>Everything that is known of a pipeline at one moment, not judged yet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SourceId">Its source.</param>
/// <param name="Phase">What it is occupied with.</param>
internal sealed record PipelineFacts(string Name, string SourceId, PipelinePhase Phase)
{
    /// <summary>Time since a sample last reached the end, or since the start.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Samples that reached the end.</summary>
    public long Processed { get; init; }

    /// <summary>Samples that an element failed on.</summary>
    public long Failed { get; init; }

    /// <summary>Frames that the source gave.</summary>
    public long Received { get; init; }

    /// <summary>Frames that wait to be looked at.</summary>
    public int Waiting { get; init; }

    /// <summary>Frames that were replaced by newer ones before anybody looked.</summary>
    public long Dropped { get; init; }

    /// <summary>What went wrong since the last sample that reached the end; null when nothing did. May hold credentials.</summary>
    public string? LastError { get; init; }

    /// <summary>True when an element failed on a sample of this connection and none has reached the end since.</summary>
    public bool HasFailedSample { get; init; }

    /// <summary>True when the failure is one that only a person can remove: a model whose outputs are not numbers.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>The part to blame if there is silence: <c>source</c> or the name of an element; null when nothing runs.</summary>
    public string? Suspect { get; init; }

    /// <summary>What the last frames of a camera looked like.</summary>
    public PictureState Picture { get; init; }

    /// <summary>For how long they have looked so.</summary>
    public TimeSpan PictureLasts { get; init; }

    /// <summary>How well the source gives its pictures.</summary>
    public SourceStatus Source { get; init; } = SourceStatus.Good;

    /// <summary>The elements in their order.</summary>
    public IReadOnlyList<ElementStatus> Elements { get; init; } = [];

    /// <summary>True from the loss of the camera's connection until its video is back to stay.</summary>
    public bool IsAway { get; init; }

    /// <summary>True when something was replaced and no sample has reached the end since.</summary>
    public bool IsHealing { get; init; }

    /// <summary>Times that something of it was replaced.</summary>
    public long Healed { get; init; }

    /// <summary>How many of these times it was an element, not the connection.</summary>
    public long HealedElements { get; init; }

    /// <summary>Times that all of it was recreated.</summary>
    public long Rebuilt { get; init; }
}
