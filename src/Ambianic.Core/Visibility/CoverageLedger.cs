using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>Time in which a pipeline was in one state.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="Sight">The state.</param>
/// <param name="Reason">Why, for people; null while it watches.</param>
/// <param name="From">Begin.</param>
/// <param name="To">End; null while it lasts.</param>
public sealed record CoverageInterval(string Pipeline, string Source, Sight Sight, string? Reason, DateTimeOffset From, DateTimeOffset? To);

/// <summary>Keeps the account of when each pipeline truly watched. Safe to use from several threads.</summary>
public sealed class CoverageLedger
{
    /// <summary>So many changes are remembered.</summary>
    public const int Kept = 20_000;

    /// <summary>A further reason for the same blindness is taken down this long after the change before it: what a camera says while it comes back is no history.</summary>
    private static readonly TimeSpan ReasonRhythm = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<SightChange> _changes = [];

    /// <summary>How each pipeline was before the first change of it that is still remembered: one that never changes is not forgotten for others that do.</summary>
    private readonly Dictionary<string, SightChange> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SightChange> _last = new(StringComparer.Ordinal);

    /// <summary>Puts what earlier runs remembered before what this one has taken down so far.</summary>
    /// <param name="former">In order of time.</param>
    public void Recall(IEnumerable<SightChange> former)
    {
        lock (_gate)
        {
            List<SightChange> changes = [.. former, .. _changes];
            _changes.Clear();
            changes.ForEach(Add);
        }
    }

    /// <summary>Takes down how the pipelines are.</summary>
    /// <returns>What has changed.</returns>
    public IReadOnlyList<SightChange> Observe(IReadOnlyList<PipelineStatus> statuses, DateTimeOffset at)
    {
        List<SightChange> changes = [.. statuses.Select(status => SightChange.Of(status, at))];
        lock (_gate)
        {
            var gone = _last.Values.Where(last => last.Sight != Sight.Off && statuses.All(status => status.Name != last.Pipeline));
            changes.AddRange(gone.Select(last => last with { At = at, Sight = Sight.Off, Reason = "no longer configured" }).ToList());
            changes = [.. changes.Select(change => News(_last.GetValueOrDefault(change.Pipeline), change, at)).OfType<SightChange>()];
            changes.ForEach(Add);
        }

        return changes;
    }

    /// <summary>Takes down that nobody watched since a time, because the program or the whole machine stood still.</summary>
    /// <param name="since">When it was last known to run.</param>
    /// <param name="now">The present.</param>
    /// <returns>What has changed.</returns>
    public IReadOnlyList<SightChange> Interrupt(DateTimeOffset since, DateTimeOffset now)
    {
        lock (_gate)
        {
            List<SightChange> changes = [.. _last.Values
                .Where(last => last.Sight != Sight.Off)
                .Select(last => NotBefore(last, last with { At = since, Sight = Sight.Off, Reason = "the program or the machine stood still" }, now))];
            changes.ForEach(Add);
            return changes;
        }
    }

    /// <summary>Intervals that touch a time, in the order in which they happened; none ends before it begins, even when the clock was set back.</summary>
    /// <param name="pipeline">Of this one; null is all.</param>
    /// <param name="from">Begin; null is the beginning.</param>
    /// <param name="to">End; null is now.</param>
    public IReadOnlyList<CoverageInterval> Query(string? pipeline, DateTimeOffset? from, DateTimeOffset? to)
    {
        List<CoverageInterval> intervals = [];
        lock (_gate)
        {
            var open = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var change in _before.Values.OrderBy(change => change.At).Concat(_changes).Where(change => pipeline is null || change.Pipeline == pipeline))
            {
                if (open.TryGetValue(change.Pipeline, out var index))
                {
                    intervals[index] = intervals[index] with { To = change.At > intervals[index].From ? change.At : intervals[index].From };
                }

                open[change.Pipeline] = intervals.Count;
                intervals.Add(new CoverageInterval(change.Pipeline, change.Source, change.Sight, change.Reason, change.At, null));
            }
        }

        return [.. intervals.Where(interval => (to is null || interval.From < to) && (from is null || interval.To is null || interval.To > from))];
    }

    /// <summary>What is noticed late began after the change before it, unless the clock was set back meanwhile.</summary>
    private static SightChange NotBefore(SightChange? last, SightChange change, DateTimeOffset now) =>
        last is not null && last.At > change.At && last.At <= now ? change with { At = last.At } : change;

    /// <summary>What is to be taken down; null when it is known. Another reason holds from when it is noticed, not from when the blindness began.</summary>
    private static SightChange? News(SightChange? last, SightChange change, DateTimeOffset now) =>
        last is null || last.Sight != change.Sight || last.Source != change.Source ? NotBefore(last, change, now)
        : last.Reason == change.Reason || (now - last.At).Duration() < ReasonRhythm ? null
        : change with { At = now };

    private void Add(SightChange change)
    {
        _changes.Enqueue(change);
        _last[change.Pipeline] = change;
        if (_changes.Count > Kept)
        {
            var oldest = _changes.Dequeue();
            _before[oldest.Pipeline] = oldest;
        }
    }
}
