using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;

namespace Ambianic.Storage.Database;

/// <summary>What an event can be found by.</summary>
internal static class EventTerms
{
    /// <summary>Hundredths, 0 to 100, of the most certain detection, cut off; null when there is none.</summary>
    public static int? Confidence(DetectionEvent seen) => seen.Detections.Count == 0 ? null : Most(seen.Detections);

    /// <summary>Each label with the hundredths of its most certain detection.</summary>
    public static IEnumerable<(string Label, int Confidence)> Labels(DetectionEvent seen) =>
        seen.Labels.Select(label => (label, Most(seen.Detections.Where(detection => detection.Label == label))));

    /// <summary>A confidence in hundredths, cut off; what is no number or less than 0 is 0.</summary>
    public static int Hundredths(double confidence) => (int)Math.Clamp(double.IsNaN(confidence) ? 0 : Math.Floor((confidence * 100) + 1e-4), 0, 100);

    /// <summary>The text that is searched; of secrets it has none, as nothing of an event is one.</summary>
    public static string Text(DetectionEvent seen) => string.Join(
        ' ',
        [seen.Pipeline, seen.Source, seen.Display, .. seen.Labels, .. EventStates.Of(seen), .. seen.Zones, seen.Outage?.Reason ?? "", seen.Remarks.Note ?? ""]);

    /// <summary>What FTS5 is asked for: each word as a phrase, because a word for people may be several for it.</summary>
    public static string Search(string text) => string.Join(
        ' ',
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

    private static int Most(IEnumerable<Detection> detections) => detections.Select(detection => Hundredths(detection.Confidence)).DefaultIfEmpty(0).Max();
}
