using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>What a person has to react to, as one entry of <c>notifications</c> tells it. Immutable; every change makes a new one.</summary>
public sealed record Alert
{
    /// <summary>32 hexadecimal digits, derived from what raised it: raising it twice gives one alert.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about, for example <c>fall:living_room:3</c>. Alerts of one incident are acknowledged and resolved together.</summary>
    public required string Incident { get; init; }

    /// <summary>The entry of <c>notifications</c> that decides whom it is told.</summary>
    public required string Notification { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Where it is in its life.</summary>
    public AlertState State { get; init; }

    /// <summary>Pipeline that saw it; empty when it is about the device.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>Source that it was seen on; empty when it is about the device.</summary>
    public string Source { get; init; } = "";

    /// <summary>What was detected, each once, for example <c>person</c>; empty when nothing was.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>When each label was seen last; empty when nothing was detected.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> LabelsAt { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>What happened, in words for people, when no labels say it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Of the most certain detection, 0 to 1; null when nothing was detected.</summary>
    public double? Confidence { get; init; }

    /// <summary>When it happened first.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it happened last.</summary>
    public required DateTimeOffset TriggeredAt { get; init; }

    /// <summary>How often it happened.</summary>
    public int Triggers { get; init; } = 1;

    /// <summary>How often it had happened when it was told last.</summary>
    public int TriggersTold { get; init; }

    /// <summary>The event that shows it best; null when no event does.</summary>
    public string? EventId { get; init; }

    /// <summary>From 1; one more each time that it happens again after it was acknowledged.</summary>
    public int Round { get; init; } = 1;

    /// <summary>When this round began or, when it is held back, will begin: the first message is due then, and escalation counts from it.</summary>
    public required DateTimeOffset RoundAt { get; init; }

    /// <summary>How far it has escalated: 0 is who is told first, 1 the first entry of <c>escalate</c>.</summary>
    public int Level { get; init; }

    /// <summary>How often it was told, over all rounds; numbers the deliveries.</summary>
    public int Tellings { get; init; }

    /// <summary>Who was told, as <see cref="Recipient"/> writes itself.</summary>
    public IReadOnlyList<string> Told { get; init; } = [];

    /// <summary>When it was told last; null before.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When the first recipient had the message; null before.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The highest level of which somebody has the message; null before.</summary>
    public int? ReachedLevel { get; init; }

    /// <summary>When somebody said that they take care; null before.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who said so; null before.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Who asked for help; null when nobody did.</summary>
    public string? HelpAskedBy { get; init; }

    /// <summary>When it was over; null before.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>How it ended, in words for people; null before.</summary>
    public string? Resolution { get; init; }

    /// <summary>When it reached its end; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What a person said of it; null when nobody did.</summary>
    public AlertFeedback? Feedback { get; init; }

    /// <summary>True when devices that subscribed to Web Push are told of it, too.</summary>
    public bool TellsDevices { get; init; }

    /// <summary>True for a rehearsal.</summary>
    public bool IsTest { get; init; }

    /// <summary>True when nothing more will happen.</summary>
    public bool HasEnded => State is AlertState.Closed or AlertState.Expired;

    /// <summary>True when somebody has to answer, and nobody has.</summary>
    public bool IsUnanswered => !HasEnded && AcknowledgedAt is null;
}

/// <summary>What a person says an alert was.</summary>
public enum AlertFeedback
{
    /// <summary>It was true.</summary>
    Correct,

    /// <summary>Nothing of the kind has happened.</summary>
    FalseAlarm,
}
