namespace Ambianic.Server.Access;

/// <summary>When one has to wait.</summary>
/// <param name="Free">Failures without a pause.</param>
/// <param name="Longest">A pause at most.</param>
internal sealed record FailureLimit(int Free, TimeSpan Longest);

/// <summary>
/// Counts failures by key for an hour. When very many keys have failed, those that come then count as one: to bring up new ones has no
/// limit forgotten. For one thread at a time.
/// </summary>
internal sealed class FailureTable(FailureLimit limit, TimeProvider time)
{
    /// <summary>Keys at most.</summary>
    public const int Most = 10_000;

    /// <summary>No key is this: names and addresses have no blank at their start.</summary>
    private const string Others = " others";

    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private static readonly TimeSpan WhileAnotherTries = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Failures> _failures = [];
    private long? _cleanedAt;

    /// <summary>How long to wait before the next try; zero or less when it may be made now.</summary>
    public TimeSpan Wait(string key)
    {
        var known = Known(KeyFor(key));
        return known.Count + known.Pending < limit.Free ? TimeSpan.Zero
            : known.Pending > 0 ? WhileAnotherTries // so that many at once are no more than one after the other
            : Pause(known.Count - limit.Free) - time.GetElapsedTime(known.LastAt);
    }

    /// <summary>A try begins.</summary>
    /// <returns>Under which key it is counted.</returns>
    public string Begin(string key)
    {
        var counted = KeyFor(key);
        var known = Known(counted);
        _failures[counted] = known with { Pending = known.Pending + 1 };
        return counted;
    }

    /// <summary>A try ends.</summary>
    /// <param name="counted">What <see cref="Begin"/> returned.</param>
    /// <param name="hasFailed">The password was wrong.</param>
    /// <param name="forgives">What failed before is forgotten, unless others share it.</param>
    public void End(string counted, bool hasFailed, bool forgives)
    {
        var known = Known(counted);
        known = known with { Pending = known.Pending - 1 };
        known = hasFailed ? known with { Count = known.Count + 1, LastAt = time.GetTimestamp() }
            : forgives && counted != Others ? known with { Count = 0 }
            : known;
        if (known is { Count: 0, Pending: 0 })
        {
            _failures.Remove(counted);
        }
        else
        {
            _failures[counted] = known;
        }
    }

    private Failures Known(string counted)
    {
        var known = _failures.GetValueOrDefault(counted);
        return known.Count > 0 && time.GetElapsedTime(known.LastAt) >= Memory ? known with { Count = 0 } : known;
    }

    private string KeyFor(string key)
    {
        if (_failures.ContainsKey(key) || _failures.Count < Most)
        {
            return key;
        }

        Clean();
        return _failures.Count < Most ? key : Others;
    }

    /// <summary>Removes what is over, at most once a minute: it looks at all.</summary>
    private void Clean()
    {
        if (_cleanedAt is { } at && time.GetElapsedTime(at) < TimeSpan.FromMinutes(1))
        {
            return;
        }

        _cleanedAt = time.GetTimestamp();
        foreach (var (key, _) in _failures.Where(known => known.Value.Pending == 0 && time.GetElapsedTime(known.Value.LastAt) >= Memory).ToList())
        {
            _failures.Remove(key);
        }
    }

    private TimeSpan Pause(int more) => TimeSpan.FromSeconds(Math.Min(limit.Longest.TotalSeconds, Math.Pow(2, Math.Min(more, 20))));

    private readonly record struct Failures(int Count, int Pending, long LastAt);
}
