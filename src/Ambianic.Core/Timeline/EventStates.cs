using System.Text.Json;
using Ambianic.Core.Health;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Timeline;

/// <summary>The states that events tell of: those of a fall, for example <c>long_lie</c>, and those of visibility, for example <c>no_video</c>.</summary>
public static class EventStates
{
    /// <summary>All words, each once.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<FallState>().Select(Word), .. Enum.GetValues<VisibilityState>().Select(Word)];

    /// <summary>Those of an event, each once.</summary>
    public static IEnumerable<string> Of(DetectionEvent seen) => seen.Outage is { } outage
        ? [Word(outage.Visibility)]
        : seen.Detections.Select(detection => detection.Fall).OfType<FallReport>().Select(fall => Word(fall.State)).Distinct(StringComparer.Ordinal);

    private static string Word<T>(T state)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
