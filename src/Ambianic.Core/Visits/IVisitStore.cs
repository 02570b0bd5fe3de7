namespace Ambianic.Core.Visits;

/// <summary>Stores visits as they develop. Safe to use from several threads.</summary>
public interface IVisitStore
{
    /// <summary>
    /// Stores the latest state of a visit, soon: it never waits, and a visit that cannot be stored is tried again until newer ones need the
    /// room. It is announced by <see cref="VisitFeed"/> when it is stored.
    /// </summary>
    void Put(Visit visit);

    /// <summary>A visit; null when there is none of this id.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    Visit? Find(string id);

    /// <summary>Visits that match, the one that began last first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    IReadOnlyList<Visit> Query(VisitQuery query);

    /// <summary>Which of some events are pictures of a visit.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlySet<string> PicturesAmong(IReadOnlyCollection<string> eventIds);
}

/// <summary>Which visits; a null matches all.</summary>
public sealed record VisitQuery
{
    /// <summary>That ended at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>That began before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Of this pipeline.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Of this label.</summary>
    public string? Label { get; init; }

    /// <summary>That took so long at least.</summary>
    public TimeSpan? LeastDwell { get; init; }

    /// <summary>That took so long at most.</summary>
    public TimeSpan? MostDwell { get; init; }

    /// <summary>Only those after this one in the order of the answer.</summary>
    public VisitCursor? After { get; init; }

    /// <summary>Visits at most, from 1.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A place in a list of visits, which stays the same while others begin.</summary>
/// <param name="Start">When the last visit before it began.</param>
/// <param name="Id">Its id.</param>
public sealed record VisitCursor(DateTimeOffset Start, string Id);
