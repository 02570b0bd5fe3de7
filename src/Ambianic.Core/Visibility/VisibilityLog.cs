using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>Time in which a pipeline had one visibility.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="Visibility">Whether its picture could be used.</param>
/// <param name="Reason">Why it could not, for people; null while it could.</param>
/// <param name="From">Begin.</param>
/// <param name="To">End; null while it lasts.</param>
public sealed record VisibilityInterval(string Pipeline, string Source, VisibilityState Visibility, string? Reason, DateTimeOffset From, DateTimeOffset? To);

/// <summary>The record of the visibility of each pipeline over time. Safe to use from several threads.</summary>
public sealed class VisibilityLog
{
    /// <summary>So many changes are remembered.</summary>
    public const int Kept = 20_000;

    /// <summary>A further reason for the same outage is recorded this long after the change before it: what a camera says while it comes back is no history.</summary>
    private static readonly TimeSpan ReasonRhythm = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<VisibilityChange> _changes = [];

    /// <summary>How each pipeline was before the first change of it that is still remembered: one that never changes is not forgotten for others that do.</summary>
    private readonly Dictionary<string, VisibilityChange> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VisibilityChange> _last = new(StringComparer.Ordinal);

    /// <summary>Puts what earlier runs recorded before what this one has recorded so far.</summary>
    /// <param name="former">In order of time.</param>
    public void Recall(IEnumerable<VisibilityChange> former)
    {
        lock (_gate)
        {
            List<VisibilityChange> changes = [.. former, .. _changes];
            _changes.Clear();
            changes.ForEach(Add);
        }
    }

    /// <summary>Records how the pipelines are.</summary>
    /// <returns>What has changed.</returns>
    public IReadOnlyList<VisibilityChange> Observe(IReadOnlyList<PipelineHealth> pipelines, DateTimeOffset at)
    {
        List<VisibilityChange> changes = [.. pipelines.Select(pipeline => VisibilityChange.Of(pipeline, at))];
        lock (_gate)
        {
            var gone = _last.Values.Where(last => last.Visibility != VisibilityState.Off && pipelines.All(pipeline => pipeline.Name != last.Pipeline));
            changes.AddRange(gone.Select(last => last with { At = at, Visibility = VisibilityState.Off, Reason = "no longer configured" }).ToList());
            changes = [.. changes.Select(change => ToRecord(_last.GetValueOrDefault(change.Pipeline), change, at)).OfType<VisibilityChange>()];
            changes.ForEach(Add);
        }

        return changes;
    }

    /// <summary>Records that nothing was seen since a time, because the program or the whole machine stood still.</summary>
    /// <param name="since">When it was last known to run.</param>
    /// <param name="now">The present.</param>
    /// <returns>What has changed.</returns>
    public IReadOnlyList<VisibilityChange> Interrupt(DateTimeOffset since, DateTimeOffset now) =>
        SwitchOff(since, now, "the program or the machine stood still");

    /// <summary>Records that the program stops.</summary>
    /// <returns>What has changed.</returns>
    public IReadOnlyList<VisibilityChange> Stop(DateTimeOffset now) => SwitchOff(now, now, "Ambianic was stopped");

    private List<VisibilityChange> SwitchOff(DateTimeOffset since, DateTimeOffset now, string reason)
    {
        lock (_gate)
        {
            List<VisibilityChange> changes = [.. _last.Values
                .Where(last => last.Visibility != VisibilityState.Off)
                .Select(last => NotBefore(last, last with { At = since, Visibility = VisibilityState.Off, Reason = reason }, now))];
            changes.ForEach(Add);
            return changes;
        }
    }

    /// <summary>Intervals that touch a time, in the order in which they happened; none ends before it begins, even when the clock was set back.</summary>
    /// <param name="pipeline">Of this one; null is all.</param>
    /// <param name="from">Begin; null is the beginning.</param>
    /// <param name="to">End; null is now.</param>
    public IReadOnlyList<VisibilityInterval> Query(string? pipeline, DateTimeOffset? from, DateTimeOffset? to)
    {
        List<VisibilityInterval> intervals = [];
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
                intervals.Add(new VisibilityInterval(change.Pipeline, change.Source, change.Visibility, change.Reason, change.At, null));
            }
        }

        return [.. intervals.Where(interval => (to is null || interval.From < to) && (from is null || interval.To is null || interval.To > from))];
    }

    /// <summary>What is noticed late began after the change before it, unless the clock was set back meanwhile.</summary>
    private static VisibilityChange NotBefore(VisibilityChange? last, VisibilityChange change, DateTimeOffset now) =>
        last is not null && last.At > change.At && last.At <= now ? change with { At = last.At } : change;

    /// <summary>What is to be recorded; null when it is known. Another reason holds from when it is noticed, not from when the outage began.</summary>
    private static VisibilityChange? ToRecord(VisibilityChange? last, VisibilityChange change, DateTimeOffset now) =>
        last is null || last.Visibility != change.Visibility || last.Source != change.Source ? NotBefore(last, change, now)
        : last.Reason == change.Reason || (now - last.At).Duration() < ReasonRhythm ? null
        : change with { At = now };

    private void Add(VisibilityChange change)
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
