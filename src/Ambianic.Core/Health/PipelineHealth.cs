using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;

namespace Ambianic.Core.Health;

/// <summary>A pipeline as it was at one moment. Credentials are masked.</summary>
public sealed record PipelineHealth
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its source.</summary>
    public required string SourceId { get; init; }

    /// <summary>How it is.</summary>
    public required PipelineState State { get; init; }

    /// <summary>Wall-clock time from which on it is so.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether its picture can be used.</summary>
    public required VisibilityState Visibility { get; init; }

    /// <summary>
    /// Wall-clock time from which on that is so. An outage is noticed late: it began with the last sample that arrived, or with
    /// the first of the pictures that show nothing.
    /// </summary>
    public required DateTimeOffset VisibilitySince { get; init; }

    /// <summary>Why its picture cannot be used, for people; null when it can.</summary>
    public required string? Reason { get; init; }

    /// <summary>Time since a sample last reached the end.</summary>
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

    /// <summary>What went wrong last, for people; null when a sample has reached the end since.</summary>
    public string? LastError { get; init; }

    /// <summary>What is stuck while it is stalled, healing or terminal: <c>source</c> or the name of an element; else null.</summary>
    public string? Stuck { get; init; }

    /// <summary>True while it fails for a reason that only a person can remove: a model whose outputs are not numbers.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>True until its first elements have what they need, for example a model that is downloaded.</summary>
    public bool IsPreparing { get; init; }

    /// <summary>True from the loss of the camera's connection until its video is back to stay. The pipeline itself logs that.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether the picture itself can be trusted.</summary>
    public PictureState Picture { get; init; }

    /// <summary>For how long the picture has been so; zero while it is good.</summary>
    public TimeSpan PictureLasts { get; init; }

    /// <summary>How well the source gives its pictures.</summary>
    public SourceStatus Source { get; init; } = SourceStatus.Good;

    /// <summary>The elements in their order.</summary>
    public IReadOnlyList<ElementStatus> Elements { get; init; } = [];

    /// <summary>Times that something of it was replaced because it was stuck.</summary>
    public long Healed { get; init; }

    /// <summary>How many of these times it was an element, not the connection.</summary>
    public long HealedElements { get; init; }

    /// <summary>Times that all of it was recreated, after a crash or because nothing else helped.</summary>
    public long Rebuilt { get; init; }

    /// <summary>Time between the begin of what <see cref="Visibility"/> says and the moment at which that could be known.</summary>
    public TimeSpan NoticedLate => Visibility switch
    {
        VisibilityState.NoVideo => Silence,
        VisibilityState.Frozen or VisibilityState.Black or VisibilityState.Covered => PictureLasts,
        _ => TimeSpan.Zero,
    };

    /// <summary>True when no sample has arrived for so long that the pipeline is healed or recreated.</summary>
    public bool IsStuck => State is PipelineState.Stalled or PipelineState.Healing or PipelineState.Terminal;

    /// <summary>Judges a pipeline.</summary>
    /// <param name="facts">What is known of it.</param>
    /// <param name="policy">How long silence is normal.</param>
    /// <param name="at">The moment of the facts.</param>
    /// <param name="before">How it was at the moment before; null when it is new.</param>
    internal static PipelineHealth Of(PipelineFacts facts, HealthPolicy policy, DateTimeOffset at, PipelineHealth? before)
    {
        var state = HealthRules.State(facts, policy);
        var visibility = HealthRules.Visibility(facts, state);
        var isFailing = HealthRules.IsFailing(facts);
        var health = new PipelineHealth
        {
            Name = facts.Name,
            SourceId = facts.SourceId,
            State = state,
            Since = before?.State == state ? before.Since : at,
            Visibility = visibility,
            VisibilitySince = at,
            Reason = HealthRules.Reason(facts, visibility) is { } reason ? Credentials.Mask(reason) : null,
            Silence = facts.Silence,
            Processed = facts.Processed,
            Failed = facts.Failed,
            Received = facts.Received,
            Waiting = facts.Waiting,
            Dropped = facts.Dropped,
            LastError = facts.LastError is { } error ? Credentials.Mask(error) : null,
            NeedsPerson = isFailing && facts.NeedsPerson,
            IsPreparing = facts.Phase is PipelinePhase.NotStarted or PipelinePhase.Preparing && facts.Rebuilt == 0,
            IsAway = facts.IsAway,
            Picture = isFailing ? PictureState.Good : facts.Picture,
            PictureLasts = facts.PictureLasts,
            Source = facts.Source,
            Elements = facts.Elements,
            Healed = facts.Healed,
            HealedElements = facts.HealedElements,
            Rebuilt = facts.Rebuilt,
        };
        return health with { VisibilitySince = VisibleSince(health, at, before), Stuck = health.IsStuck ? facts.Suspect : null };
    }

    /// <summary>What is noticed late began after the change before it, unless the clock was set back meanwhile.</summary>
    private static DateTimeOffset VisibleSince(PipelineHealth health, DateTimeOffset at, PipelineHealth? before)
    {
        var since = at - health.NoticedLate;
        return before is null ? since
            : before.Visibility == health.Visibility || (before.VisibilitySince > since && before.VisibilitySince <= at) ? before.VisibilitySince
            : since;
    }
}

/// <summary>An element at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BusySeconds">Seconds that it has been working on the sample that it has; 0 when it has none.</param>
/// <param name="Recycled">Times that it was replaced because it was stuck.</param>
public sealed record ElementStatus(string Name, double BusySeconds, int Recycled);
