namespace Ambianic.Core.Health;

/// <summary>How long silence is normal, and how fast a pipeline may be healed.</summary>
/// <param name="StalledAfter">Silence that is no longer normal; 40 s in the reference system. Everything else is in proportion.</param>
public sealed record HealthPolicy(TimeSpan StalledAfter)
{
    /// <summary>40 s, hence terminal after 120 s, 5 s between two healings, and an outage of 10 s is told.</summary>
    public static HealthPolicy Default { get; } = new(TimeSpan.FromSeconds(40));

    /// <summary>Silence after which healing has failed: three times as long.</summary>
    public TimeSpan TerminalAfter => 3 * StalledAfter;

    /// <summary>From one healing of a pipeline to its next, at least: an eighth.</summary>
    public TimeSpan HealingPause => StalledAfter / 8;

    /// <summary>How long one place of a pipeline must have been busy to be the one that is stuck: half.</summary>
    public TimeSpan StuckAfter => StalledAfter / 2;

    /// <summary>From one recreation of a pipeline to its next: as long as <see cref="StalledAfter"/> at first, 15 times that at last.</summary>
    public Backoff Rebuilding => new(StalledAfter, 15 * StalledAfter);

    /// <summary>How long an outage must last, or be over, before people are told: a quarter.</summary>
    public TimeSpan TellAfter => StalledAfter / 4;

    /// <summary>How long a model may take to come before the pipeline that waits for it counts as terminal: 15 times as long.</summary>
    public TimeSpan PreparingAtMost => 15 * StalledAfter;
}

/// <summary>Gives the policy that is in force: an edited configuration may change it while pipelines run.</summary>
public delegate HealthPolicy HealthPolicySource();
