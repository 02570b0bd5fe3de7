namespace Ambianic.Core.Health;

/// <summary>Decides from silence alone whether a pipeline is well, and how fast it may be healed. Pure.</summary>
/// <param name="StalledAfter">Silence that is no longer normal; 40 s in the reference system. Everything else is in proportion.</param>
public sealed record HealthPolicy(TimeSpan StalledAfter)
{
    /// <summary>40 s, hence terminal after 120 s, 5 s between two healings, and blindness of 10 s is told.</summary>
    public static HealthPolicy Default { get; } = new(TimeSpan.FromSeconds(40));

    /// <summary>Silence after which healing has failed: three times as long.</summary>
    public TimeSpan TerminalAfter => 3 * StalledAfter;

    /// <summary>From one healing of a pipeline to its next, at least: an eighth.</summary>
    public TimeSpan HealingPause => StalledAfter / 8;

    /// <summary>How long one place of a pipeline must have been busy to be the one that is stuck: half.</summary>
    public TimeSpan StuckAfter => StalledAfter / 2;

    /// <summary>From one rebuilding of a pipeline to its next: as long as <see cref="StalledAfter"/> at first, 15 times that at last.</summary>
    public Backoff Rebuilding => new(StalledAfter, 15 * StalledAfter);

    /// <summary>How long a pipeline must be blind, or see again, before people are told: a quarter.</summary>
    public TimeSpan TellAfter => StalledAfter / 4;

    /// <summary>How long a model may take to come before the pipeline that waits for it counts as blind: 15 times as long.</summary>
    public TimeSpan PreparingAtMost => 15 * StalledAfter;

    /// <summary>Judges the time since the last heartbeat.</summary>
    public HealthState Judge(TimeSpan silence) =>
        silence >= TerminalAfter ? HealthState.Terminal
        : silence >= StalledAfter ? HealthState.Stalled
        : HealthState.Healthy;
}

/// <summary>Gives the policy that is in force: an edited configuration may change it while pipelines run.</summary>
public delegate HealthPolicy HealthPolicySource();

/// <summary>How well a pipeline is.</summary>
public enum HealthState
{
    /// <summary>Samples reach its end, or nothing is wrong yet.</summary>
    Healthy,

    /// <summary>No sample reached its end for too long, and nothing is being done about it yet.</summary>
    Stalled,

    /// <summary>Stalled, and what is stuck has just been replaced or is being replaced.</summary>
    Healing,

    /// <summary>Nothing has helped; the pipeline is built anew from time to time.</summary>
    Terminal,

    /// <summary>It has nothing more to do.</summary>
    Ended,

    /// <summary>Its configuration is wrong.</summary>
    Disabled,
}
