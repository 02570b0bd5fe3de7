using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Alerts;

/// <summary>Decides which events become alerts, and of which entries of <c>notifications</c>.</summary>
internal static class AlertRules
{
    private static readonly string[] Falls = [FallLabels.Fall, FallLabels.LongLie, FallLabels.PersonDown];
    /// <summary>That it is over ends all alerts of the incident, whatever schedule or name says now.</summary>
    private static readonly string[] Everybody = [""];

    private static readonly string[] Recoveries = [FallLabels.GotUp, FallLabels.Recovered];

    /// <summary>What an event triggers.</summary>
    public static IEnumerable<AlertTrigger> Of(DetectionEvent seen, AlertSettings settings) =>
        seen.Outage is { } outage ? Outages(seen, outage, settings) : FallsOf(seen, settings).Concat(DetectionsOf(seen, settings));

    /// <summary>What the alerts of one fallen person are called.</summary>
    public static string FallIncident(string pipeline, int person) => string.Create(CultureInfo.InvariantCulture, $"fall:{pipeline}:{person}");

    /// <summary>What events trigger that are told late, because nobody was told when they happened: one summary for each entry.</summary>
    public static IEnumerable<AlertTrigger> Missed(IReadOnlyList<AlertTrigger> late)
    {
        var newest = late.MaxBy(trigger => trigger.At)?.EventId; // what is missed later is another incident
        foreach (var group in late.Where(trigger => !trigger.Resolves).GroupBy(trigger => trigger.Notification))
        {
            var falls = group.Where(trigger => trigger.Kind == AlertKind.Fall).ToList();
            var counts = group.SelectMany(trigger => trigger.Labels.DefaultIfEmpty("outage").Select(label => (label, trigger.Pipeline)))
                .GroupBy(item => item)
                .OrderByDescending(item => item.Count())
                .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Count()} x {item.Key.label} ({item.Key.Pipeline})"));
            var last = group.MaxBy(trigger => trigger.At)!;
            yield return (falls.Count > 0 ? falls[^1] : last) with
            {
                Incident = $"missed:{newest}",
                Kind = AlertKind.Summary,
                Severity = falls.Count > 0 ? AlertSeverity.Critical : AlertSeverity.Info,
                Labels = [.. falls.SelectMany(fall => fall.Labels).Distinct(StringComparer.Ordinal)],
                NotBefore = null,
                Reason = string.Join(", ", counts),
            };
        }
    }

    private static IEnumerable<AlertTrigger> FallsOf(DetectionEvent seen, AlertSettings settings) =>
        from detection in seen.Detections
        where detection.Fall is not null && (Falls.Contains(detection.Label) || Recoveries.Contains(detection.Label))
        from name in Recoveries.Contains(detection.Label) ? Everybody : NamesOf(seen, settings)
        select new AlertTrigger
        {
            Incident = FallIncident(seen.Pipeline, detection.Fall!.Track),
            Notification = name,
            Kind = AlertKind.Fall,
            Severity = AlertSeverity.Critical,
            At = seen.At,
            Resolves = Recoveries.Contains(detection.Label),
            Pipeline = seen.Pipeline,
            Source = seen.Source,
            Labels = [detection.Label],
            Confidence = detection.Confidence,
            EventId = seen.Id,
            Reason = detection.Label switch { FallLabels.GotUp or FallLabels.Recovered => "the person got up", _ => "" },
        };

    private static IEnumerable<AlertTrigger> DetectionsOf(DetectionEvent seen, AlertSettings settings)
    {
        foreach (var name in NamesOf(seen, settings))
        {
            var options = settings.Of(name);
            var told = seen.Detections.Where(detection => detection.Fall is null && IsTold(detection, options)).ToList();
            if (told.Count > 0)
            {
                yield return new AlertTrigger
                {
                    Incident = $"seen:{seen.Pipeline}",
                    Notification = name,
                    Kind = AlertKind.Detection,
                    Severity = options.Severity ?? AlertSeverity.Info,
                    At = seen.At,
                    Pipeline = seen.Pipeline,
                    Source = seen.Source,
                    Labels = [.. told.OrderByDescending(detection => detection.Confidence).Select(detection => detection.Label).Distinct(StringComparer.Ordinal)],
                    Confidence = told.Max(detection => detection.Confidence),
                    EventId = seen.Id,
                };
            }
        }
    }

    private static IEnumerable<AlertTrigger> Outages(DetectionEvent seen, OutageReport outage, AlertSettings settings) =>
        from name in outage.Visibility == VisibilityState.Visible ? Everybody : settings.ForPipeline(seen.Pipeline)
        let options = settings.Of(name)
        where options.OutageAfter > TimeSpan.Zero && outage.Visibility != VisibilityState.Off
        select new AlertTrigger
        {
            Incident = $"outage:{seen.Pipeline}",
            Notification = name,
            Kind = AlertKind.Outage,
            Severity = options.Severity ?? AlertSeverity.Warning,
            At = seen.At,
            Resolves = outage.Visibility == VisibilityState.Visible,
            NotBefore = WeeklyTimes.FirstInside(options.Schedule, outage.OutageSince + options.OutageAfter, settings.Zone), // told when the schedule begins, if it lasts
            Pipeline = seen.Pipeline,
            Source = seen.Source,
            EventId = seen.Id,
            Reason = outage.Visibility == VisibilityState.Visible ? "the picture is back" : outage.Reason,
        };

    private static IEnumerable<string> NamesOf(DetectionEvent seen, AlertSettings settings) =>
        settings.ForPipeline(seen.Pipeline, seen.Notify).Where(name =>
            settings.Of(name).Schedule is var schedule && (schedule.Count == 0 || WeeklyTimes.Contain(schedule, seen.At, settings.Zone)));

    private static bool IsTold(Detection detection, NotificationOptions options) =>
        detection.Confidence >= options.MinConfidence && (options.Labels.Count == 0 || options.Labels.Contains(detection.Label, StringComparer.OrdinalIgnoreCase));
}
