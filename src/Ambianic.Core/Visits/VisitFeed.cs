namespace Ambianic.Core.Visits;

/// <summary>Tells everyone who listens how visits develop, after it is stored. Safe to use from several threads.</summary>
public sealed class VisitFeed
{
    /// <summary>Raised for each change, on the thread that stores visits: it must not wait.</summary>
    public event Action<VisitChange>? Changed;

    /// <summary>Announces a change.</summary>
    public void Announce(VisitChange change) => Changed?.Invoke(change);
}

/// <summary>A change of a visit.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Visit">As it is now.</param>
public sealed record VisitChange(VisitChangeKind Kind, Visit Visit);

/// <summary>What happened to a visit.</summary>
public enum VisitChangeKind
{
    /// <summary>It began.</summary>
    New,

    /// <summary>It goes on, or has another picture.</summary>
    Update,

    /// <summary>It is over.</summary>
    End,
}
