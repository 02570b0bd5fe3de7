using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Storage.Files;

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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BoxDocument? Region = null,
    [property: JsonPropertyName("sight"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VisibilityDocument? Visibility = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Damage = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Notify = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UnansweredAlert = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizeDocument? ThumbnailSize = null);

/// <summary>Size of a picture in pixels.</summary>
public sealed record SizeDocument(int Width, int Height);

/// <summary>Whether the pipeline has a usable picture. The keys <c>sight</c> and <c>blind_since</c> are those of earlier versions.</summary>
/// <param name="State">A word of <see cref="VisibilityWords"/>.</param>
/// <param name="OutageSince">When the outage began; ISO 8601.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record VisibilityDocument(string? State, [property: JsonPropertyName("blind_since")] string? OutageSince, string? Reason);

/// <summary>One detection; <c>keypoints</c> only when there are some, <c>track_id</c> only when the object is followed, the others only for falls. For <c>keypoint_corr</c> of the reference system see <see cref="ReferenceFall"/>.</summary>
public sealed record DetectionDocument(
    string? Label,
    float Confidence,
    BoxDocument? Box,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<KeypointDocument>? Keypoints,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Zones = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? LeaningAngle = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? KeypointCorr = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Track = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? DownSeconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FallEvidenceDocument? Evidence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FallRule? Rule = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RuleFingerprint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? TrackId = null);

/// <summary>
/// Why somebody is taken to have fallen; times in seconds within the medium, lengths in heights of the person. What belongs to
/// a descent is not written when none was seen.
/// </summary>
public sealed record FallEvidenceDocument(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? UprightAtS,
    double DownAtS,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? ShoulderDrop,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? HipDrop,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Speed,
    float LowShare,
    double WindowSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Vanished,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Probability);

/// <summary>A box, 0 to 1 within the event's picture; a <c>region</c> is one within the camera's.</summary>
public sealed record BoxDocument(float Xmin, float Ymin, float Xmax, float Ymax);

/// <summary>A point, 0 to 1 within the event's picture.</summary>
public sealed record KeypointDocument(string? Name, float X, float Y, float Confidence);

/// <summary>What kind of detection an event is.</summary>
public sealed record MetaDocument(string? Display);

/// <summary>An event as the timeline API and the timeline log show it.</summary>
/// <param name="Id">The event's own.</param>
/// <param name="Message"><c>Detection Event</c>, or <c>Sight Event</c> for an outage.</param>
/// <param name="Created">When it was seen, in seconds since 1970 (UTC).</param>
/// <param name="Priority">Always <c>INFO</c>.</param>
/// <param name="Args">The event.</param>
/// <param name="PipelineContext">Where it was seen.</param>
/// <param name="Pinned">True when a person pinned it; else not written.</param>
/// <param name="Note">What a person wrote of it; not written when nothing.</param>
/// <param name="Feedback"><c>correct</c> or <c>false_alarm</c>, as a person said; else not written.</param>
public sealed record TimelineEntry(
    string Id,
    string Message,
    double Created,
    string Priority,
    EventDocument Args,
    PipelineContextDocument PipelineContext,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Pinned = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Feedback = null)
{
    /// <summary>Shows an event. An earlier version may have stored an address with its password, so both texts are masked once more.</summary>
    public static TimelineEntry For(DetectionEvent detectionEvent) => new(
        detectionEvent.Id,
        detectionEvent.Outage is not null ? "Sight Event" : detectionEvent.UnansweredAlert is not null ? "Alert Event" : "Detection Event",
        (detectionEvent.At - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond,
        "INFO",
        Masked(EventJson.Document(detectionEvent)),
        new PipelineContextDocument(detectionEvent.Pipeline),
        detectionEvent.IsPinned,
        detectionEvent.Remarks.Note,
        EventFeedbackWords.Of(detectionEvent.Remarks.Feedback));

    private static EventDocument Masked(EventDocument document) => document with
    {
        Source = document.Source is { } source ? Credentials.MaskName(source) : null,
        Visibility = document.Visibility is { } visibility ? visibility with { Reason = Masked(visibility.Reason) } : null,
    };

    private static string? Masked(string? text) => text is null ? null : Credentials.Mask(text);
}

/// <summary>Where an event was seen.</summary>
public sealed record PipelineContextDocument(string UniquePipelineName);

/// <summary>How events become JSON; floating point numbers that JSON does not know (<c>NaN</c>) are written as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(TimelineEntry))]
[JsonSerializable(typeof(Dictionary<string, float[]?>))]
internal sealed partial class TimelineJson : JsonSerializerContext;
