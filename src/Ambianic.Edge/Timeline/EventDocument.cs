using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ambianic.Timeline;

/// <summary>The JSON beside each picture. Keys and their order are those of the reference system, our own follow.</summary>
public sealed record EventDocument(
    string? Id,
    string? Datetime,
    string? ImageFileName,
    string? ThumbnailFileName,
    string? JsonFileName,
    string? RelDir,
    IReadOnlyList<DetectionDocument>? InferenceResult,
    MetaDocument? InferenceMeta,
    string? Pipeline,
    string? Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? BeforeFileNames = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxDocument? Region = null);

/// <summary>One detection; <c>keypoints</c> only when there are some, what follows them only for falls. The reference system wrote <c>keypoint_corr</c> in several shapes.</summary>
public sealed record DetectionDocument(
    string? Label,
    float Confidence,
    BoxDocument? Box,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<KeypointDocument>? Keypoints,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? LeaningAngle = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? KeypointCorr = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Track = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? DownSeconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FallEvidenceDocument? Evidence = null);

/// <summary>Why somebody is taken to have fallen; times in seconds within the medium, lengths in heights of the person.</summary>
public sealed record FallEvidenceDocument(
    double UprightAtS,
    double DownAtS,
    float ShoulderDrop,
    float HipDrop,
    float Speed,
    float LowShare,
    bool Vanished,
    float Probability);

/// <summary>A box, 0 to 1 within the event's picture; a <c>region</c> is one within the camera's.</summary>
public sealed record BoxDocument(float Xmin, float Ymin, float Xmax, float Ymax);

/// <summary>A point, 0 to 1 within the event's picture.</summary>
public sealed record KeypointDocument(string? Name, float X, float Y, float Confidence);

/// <summary>What kind of detection an event is.</summary>
public sealed record MetaDocument(string? Display);

/// <summary>An event as the timeline API and the timeline log show it.</summary>
/// <param name="Id">The event's own.</param>
/// <param name="Message">Always <c>Detection Event</c>.</param>
/// <param name="Created">When it was seen, in seconds since 1970 (UTC).</param>
/// <param name="Priority">Always <c>INFO</c>.</param>
/// <param name="Args">The event.</param>
/// <param name="PipelineContext">Where it was seen.</param>
public sealed record TimelineEntry(
    string Id, string Message, double Created, string Priority, EventDocument Args, PipelineContextDocument PipelineContext)
{
    /// <summary>Shows an event.</summary>
    public static TimelineEntry For(DetectionEvent detectionEvent) => new(
        detectionEvent.Id,
        "Detection Event",
        (detectionEvent.At - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond,
        "INFO",
        EventJson.Document(detectionEvent),
        new PipelineContextDocument(detectionEvent.Pipeline));
}

/// <summary>Where an event was seen.</summary>
public sealed record PipelineContextDocument(string UniquePipelineName);

/// <summary>How events become JSON; floating point numbers that JSON does not know (<c>NaN</c>) are written as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(TimelineEntry))]
[JsonSerializable(typeof(Dictionary<string, float[]>))]
public sealed partial class TimelineJson : JsonSerializerContext;
