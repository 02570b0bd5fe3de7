namespace Ambianic.Health;

/// <summary>Decides from silence alone whether a pipeline is well. Pure.</summary>
/// <param name="StalledAfter">Silence that is no longer normal; 40 s in the reference system.</param>
/// <param name="TerminalAfter">Silence after which healing has failed; three times as long.</param>
public sealed record HealthPolicy(TimeSpan StalledAfter, TimeSpan TerminalAfter)
{
    /// <summary>40 s and 120 s.</summary>
    public static HealthPolicy Default { get; } = new(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(120));

    /// <summary>Judges the time since the last heartbeat.</summary>
    public HealthState Judge(TimeSpan silence) =>
        silence >= TerminalAfter ? HealthState.Terminal
        : silence >= StalledAfter ? HealthState.Stalled
        : HealthState.Healthy;
}

/// <summary>How well a pipeline is.</summary>
public enum HealthState
{
    /// <summary>Samples reach its end.</summary>
    Healthy,

    /// <summary>No sample reached its end for too long.</summary>
    Stalled,

    /// <summary>Nothing has helped.</summary>
    Terminal,
}
