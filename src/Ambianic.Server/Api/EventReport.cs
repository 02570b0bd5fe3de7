using System.ComponentModel;
using System.Text.Json.Serialization;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Api;

/// <summary>A page of events.</summary>
internal sealed record EventList(
    [property: Description("In the order that was asked for")] IReadOnlyList<EventReport> Events,
    [property: Description("What to send as cursor for the next page; null when no event follows")] string? Next);

/// <summary>An event as the API shows it.</summary>
internal sealed record EventReport(
    [property: Description("32 hexadecimal digits")] string Id,
    [property: Description("When it was seen")] DateTimeOffset At,
    [property: Description("What it tells of")] EventKind Kind,
    [property: Description("Pipeline that saw it")] string Pipeline,
    [property: Description("Source it was seen on")] string Source,
    [property: Description("Kind of detection, for people")] string Display,
    [property: Description("What it can be asked for by, each once")] IReadOnlyList<string> Labels,
    [property: Description("Of the most certain detection, 0 to 1; null without detections")] float? Confidence,
    [property: Description("What was found; empty for a picture of a quiet scene")] IReadOnlyList<DetectionDocument> Detections,
    [property: Description("The part of the camera's picture that the event's picture is; null when it is all of it")] BoxDocument? Region,
    [property: Description("lasting or damaged when the picture is damaged; else null")] string? Damage,
    [property: Description("Of an outage, or its end; else null")] EventOutage? Outage,
    [property: Description("Which alert nobody answered; else null")] string? UnansweredAlert,
    [property: Description("Where the picture is; null when there is none")] string? Image,
    [property: Description("Where the small picture is; null when there is none")] string? Thumbnail,
    [property: Description("Where the pictures of the seconds before are, the oldest first")] IReadOnlyList<string> Before,
    [property: Description("Where its JSON file is")] string Json,
    [property: Description("True when a person asked to keep it")] bool Pinned,
    [property: Description("What a person wrote of it; null when nothing")] string? Note,
    [property: Description("What a person said of it; null when nothing")] EventFeedback? Feedback)
{
    /// <summary>Shows an event, its addresses without passwords.</summary>
    public static EventReport Of(DetectionEvent seen)
    {
        var stored = TimelineEntry.For(seen).Args;
        return new EventReport(
            seen.Id,
            seen.At,
            seen.Outage is not null ? EventKind.Outage : seen.UnansweredAlert is not null ? EventKind.UnansweredAlert : EventKind.Detection,
            seen.Pipeline,
            stored.Source ?? "",
            seen.Display,
            [.. seen.Labels],
            seen.Detections.Count == 0 ? null : seen.Detections.Max(detection => detection.Confidence),
            stored.InferenceResult ?? [],
            stored.Region,
            stored.Damage,
            seen.Outage is { } outage ? new EventOutage(outage.Visibility, outage.OutageSince, stored.Visibility?.Reason ?? "") : null,
            seen.UnansweredAlert,
            PathOf(seen, seen.ImageFileName),
            PathOf(seen, seen.ThumbnailFileName),
            [.. seen.BeforeFileNames.Select(name => PathOf(seen, name)).OfType<string>()],
            PathOf(seen, seen.JsonFileName)!,
            seen.IsPinned,
            seen.Remarks.Note,
            seen.Remarks.Feedback);
    }

    private static string? PathOf(DetectionEvent seen, string name) =>
        name.Length == 0 ? null : $"{DataApi.Prefix}/{string.Join('/', seen.RelDir.Split('/').Append(name).Select(Uri.EscapeDataString))}";
}

/// <summary>What an event tells of.</summary>
internal enum EventKind
{
    /// <summary>A picture and what was found in it.</summary>
    Detection,

    /// <summary>A pipeline without a usable picture, or that it has one again.</summary>
    Outage,

    /// <summary>An alert that nobody answered.</summary>
    UnansweredAlert,
}

/// <summary>An outage, or its end.</summary>
internal sealed record EventOutage(
    [property: Description("What is wrong with the picture; visible: the outage is over")] VisibilityState Visibility,
    [property: Description("Since when the picture could not be used")] DateTimeOffset Since,
    [property: Description("Why, for people")] string Reason);

/// <summary>A note of an event.</summary>
internal sealed record EventNote([property: Description("At most 2000 characters; empty or null removes the note"), JsonRequired] string? Note);

/// <summary>What a person says of an event.</summary>
internal sealed record EventJudgement([property: Description("correct, false_alarm, or none to take it back")] string? Feedback);
