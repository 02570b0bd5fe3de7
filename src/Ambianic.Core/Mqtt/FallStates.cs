using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Mqtt;

/// <summary>
/// Who is down: from the report of a fall to that of getting up, or until a person says that it is over, or that it was a false alarm.
/// One call at a time.
/// </summary>
internal sealed class FallStates
{
    private readonly HashSet<(string Pipeline, int Person)> _down = [];
    private readonly Dictionary<string, string> _alerts = new(StringComparer.Ordinal); // id and incident of those that are open

    /// <summary>True while somebody is down in front of a pipeline's camera.</summary>
    public bool IsDown(string pipeline) => _down.Any(one => one.Pipeline == pipeline);

    /// <summary>Takes in an event.</summary>
    public void Take(DetectionEvent seen)
    {
        foreach (var detection in seen.Detections.Where(detection => detection.Fall is not null))
        {
            var one = (seen.Pipeline, detection.Fall!.Track);
            switch (FallLabels.StateAt(detection.Label))
            {
                case FallState.Upright:
                    _down.Remove(one);
                    break;
                case not null:
                    _down.Add(one);
                    break;
            }
        }
    }

    /// <summary>Takes in the alerts that are open.</summary>
    /// <returns>Ids of those that were and are not any more; each again until <see cref="End"/> is told of it.</returns>
    public IReadOnlyList<string> Observe(IReadOnlyList<Alert> open)
    {
        foreach (var alert in open.Where(alert => alert.Kind == AlertKind.Fall && !alert.IsTest))
        {
            _alerts[alert.Id] = alert.Incident;
        }

        return [.. _alerts.Keys.Except(open.Select(alert => alert.Id), StringComparer.Ordinal)];
    }

    /// <summary>Takes in an alert that has ended: somebody has said what it was, unless nobody answered.</summary>
    public void End(Alert ended)
    {
        if (ended.HasEnded && _alerts.Remove(ended.Id, out var incident) && ended.State == AlertState.Closed)
        {
            _down.RemoveWhere(one => AlertRules.FallIncident(one.Pipeline, one.Person) == incident);
        }
    }

    /// <summary>Takes in what is known of the time before the start.</summary>
    /// <param name="events">Of falls, oldest first.</param>
    /// <param name="closed">Alerts that a person, or getting up, has ended.</param>
    public void Resume(IEnumerable<DetectionEvent> events, IReadOnlyList<Alert> closed)
    {
        foreach (var seen in events.Where(seen => !closed.Any(alert => alert.State == AlertState.Closed && IsOf(alert, seen))))
        {
            Take(seen);
        }
    }

    /// <summary>True when the alert tells of the event: numbers of persons are used again by each run.</summary>
    private static bool IsOf(Alert alert, DetectionEvent seen) =>
        alert.RaisedAt <= seen.At && seen.At <= (alert.EndedAt ?? alert.TriggeredAt)
        && seen.Detections.Any(detection => detection.Fall is { } fall && AlertRules.FallIncident(seen.Pipeline, fall.Track) == alert.Incident);

    /// <summary>Somebody says that it is over.</summary>
    /// <returns>True when somebody was down.</returns>
    public bool Clear(string pipeline) => _down.RemoveWhere(one => one.Pipeline == pipeline) > 0;
}
