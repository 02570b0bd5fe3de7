using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Storage.Files;

/// <summary>Events to and from the JSON that lies beside their pictures.</summary>
internal static class EventJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";

    /// <summary>As the reference writes it: indented by four, letters of any language as they are.</summary>
    private static readonly TimelineJson ForFiles = new(new JsonSerializerOptions(TimelineJson.Default.Options)
    {
        WriteIndented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The text of an event's file.</summary>
    public static byte[] ForFile(DetectionEvent detectionEvent) =>
        JsonSerializer.SerializeToUtf8Bytes(Document(detectionEvent), ForFiles.EventDocument);

    /// <summary>The text that the database keeps.</summary>
    public static string ForDatabase(DetectionEvent detectionEvent) =>
        JsonSerializer.Serialize(Document(detectionEvent), TimelineJson.Default.EventDocument);

    /// <summary>What is written of an event.</summary>
    public static EventDocument Document(DetectionEvent seen) => new(
        seen.Id,
        Text(seen.At),
        seen.ImageFileName,
        seen.ThumbnailFileName,
        seen.JsonFileName,
        seen.RelDir,
        [.. seen.Detections.Select(detection => Document(detection, seen.ThumbnailSize))],
        new MetaDocument(seen.Display),
        seen.Pipeline,
        seen.Source,
        seen.BeforeFileNames.Count == 0 ? null : seen.BeforeFileNames,
        seen.Region is { } region ? Document(region) : null,
        seen.Outage is { } outage ? new VisibilityDocument(VisibilityWords.Stored(outage.Visibility), Text(outage.OutageSince), outage.Reason) : null,
        seen.Damage == PictureDamage.None ? null : seen.Damage.ToString().ToLowerInvariant(),
        seen.Notify is ["default"] ? null : seen.Notify,
        seen.UnansweredAlert,
        seen.ThumbnailSize is var (width, height) ? new SizeDocument(width, height) : null);

    /// <summary>Reads what the database kept.</summary>
    /// <exception cref="InvalidDataException">It is not an event.</exception>
    public static DetectionEvent FromDatabase(string json)
    {
        var document = Deserialize(Encoding.UTF8.GetBytes(json));
        return Read(document, document.RelDir ?? "", document.JsonFileName ?? "", TimeZoneInfo.Utc);
    }

    /// <summary>
    /// Reads an event's file, also one of the reference system. The place of the file counts, not the one written in it:
    /// folders may have been moved. An event without an id gets one that is derived from its path.
    /// </summary>
    /// <param name="json">The file's content.</param>
    /// <param name="relDir">Its folder, relative to the data directory.</param>
    /// <param name="fileName">Its name.</param>
    /// <param name="local">What a time without offset means.</param>
    /// <param name="sizeOf">Width and height in pixels of a picture beside the file, by its name; null when it is not known.</param>
    /// <param name="created">When the event was written down, asked for a time without offset alone; see <see cref="ReferenceTime"/>.</param>
    /// <exception cref="InvalidDataException">It is not an event; the message says why.</exception>
    public static DetectionEvent FromFile(
        ReadOnlySpan<byte> json,
        string relDir,
        string fileName,
        TimeZoneInfo local,
        Func<string, (int Width, int Height)?> sizeOf,
        Func<DateTimeOffset?>? created = null)
    {
        var document = Deserialize(json);
        var seen = Read(document, relDir, fileName, local, created);
        return ReferenceFall.IsIn(document) && sizeOf(seen.ThumbnailFileName) is { } size
            ? seen with { ThumbnailSize = size, Detections = [.. seen.Detections.Zip(document.InferenceResult!, (detection, raw) => ReferenceFall.Place(detection, raw, size))] }
            : seen;
    }

    /// <summary>What an event's file says under <c>datetime</c>; null when nothing.</summary>
    /// <exception cref="InvalidDataException">It is not an event.</exception>
    public static string? DatetimeOf(ReadOnlySpan<byte> json) => Deserialize(json).Datetime;

    private static DetectionDocument Document(Detection detection, (int Width, int Height)? thumbnail) => new(
        detection.Label,
        detection.Confidence,
        Document(detection.Box),
        detection.Keypoints.Count == 0
            ? null
            : [.. detection.Keypoints.Select(point => new KeypointDocument(point.Name, point.X, point.Y, point.Confidence))],
        detection.Zones.Count == 0 ? null : detection.Zones,
        detection.Fall?.LeaningAngle,
        detection.Fall is { } seen ? ReferenceFall.Points(detection, seen, thumbnail) : null,
        detection.Fall is { Track: > 0 and var track } ? track : null,
        detection.Details is FallReport fall ? JsonNamingPolicy.SnakeCaseLower.ConvertName(fall.State.ToString()) : null,
        detection.Fall is { Track: > 0, DownSeconds: var down } ? down : null,
        detection.Fall is { Track: > 0, Evidence: var evidence } ? Document(evidence) : null,
        detection.Fall?.Rule,
        detection.Fall?.RuleFingerprint,
        detection.TrackId);

    private static BoxDocument Document(Box box) => new(box.XMin, box.YMin, box.XMax, box.YMax);

    private static FallEvidenceDocument Document(FallEvidence evidence)
    {
        var cameDown = evidence.UprightAt is not null;
        return new(
            evidence.UprightAt?.TotalSeconds,
            evidence.DownAt.TotalSeconds,
            cameDown ? evidence.ShoulderDrop : null,
            cameDown ? evidence.HipDrop : null,
            cameDown ? evidence.Speed : null,
            evidence.LowShare,
            evidence.WindowSeconds,
            cameDown ? evidence.Vanished : null,
            evidence.Probability);
    }

    private static EventDocument Deserialize(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TimelineJson.Default.EventDocument)
                ?? throw new InvalidDataException("the file holds null instead of an event");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"not an event: {error.Message}", error);
        }
    }

    private static DetectionEvent Read(
        EventDocument document, string relDir, string fileName, TimeZoneInfo local, Func<DateTimeOffset?>? created = null)
    {
        try
        {
            return Event(document, relDir, fileName, local, created);
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException("not an event: a number or a time in it is out of range", error);
        }
    }

    private static DetectionEvent Event(
        EventDocument document, string relDir, string fileName, TimeZoneInfo local, Func<DateTimeOffset?>? created) => new()
    {
        Id = string.IsNullOrEmpty(document.Id) ? IdOf($"{relDir}/{fileName}") : document.Id,
        At = Time(document.Datetime, local, created),
        Pipeline = document.Pipeline ?? "",
        Source = document.Source ?? "",
        Display = document.InferenceMeta?.Display ?? "",
        Detections = [.. (document.InferenceResult ?? []).Select(Read)],
        RelDir = relDir,
        ImageFileName = FileName(document.ImageFileName),
        ThumbnailFileName = FileName(document.ThumbnailFileName),
        BeforeFileNames = [.. (document.BeforeFileNames ?? []).Select(FileName)],
        Region = document.Region is { } region ? Read(region) : null,
        JsonFileName = fileName,
        Outage = document.Visibility is { } visibility ? ReadOutage(visibility, document, local) : null,
        Damage = Enum.TryParse<PictureDamage>(document.Damage, true, out var damage) && Enum.IsDefined(damage) ? damage : PictureDamage.None,
        Notify = document.Notify ?? ["default"],
        UnansweredAlert = document.UnansweredAlert,
        ThumbnailSize = document.ThumbnailSize is { Width: > 0, Height: > 0 } size ? (size.Width, size.Height) : null,
    };

    private static Box Read(BoxDocument box) => new(box.Xmin, box.Ymin, box.Xmax, box.Ymax);

    private static OutageReport ReadOutage(VisibilityDocument visibility, EventDocument document, TimeZoneInfo local) => new(
        document.Pipeline ?? "",
        document.Source ?? "",
        Time(document.Datetime, local),
        VisibilityWords.Parse(visibility.State) ?? VisibilityState.NoVideo,
        Time(visibility.OutageSince ?? document.Datetime, local),
        visibility.Reason ?? "");

    private static Detection Read(DetectionDocument? document) => new(
        document?.Label ?? "",
        document?.Confidence ?? 0,
        document?.Box is { } box ? Read(box) : default)
    {
        Keypoints = [.. (document?.Keypoints ?? []).Select(point => new Keypoint(point.Name ?? "", point.X, point.Y, point.Confidence))],
        Zones = document?.Zones ?? [],
        TrackId = document?.TrackId,
        Details = document is { LeaningAngle: { } angle } ? ReadFall(document, angle) : null,
    };

    private static FallReport ReadFall(DetectionDocument document, float leaningAngle) => new()
    {
        Track = document.Track ?? 0,
        State = Enum.TryParse<FallState>(document.State?.Replace("_", "", StringComparison.Ordinal), true, out var state)
            ? state
            : FallLabels.StateAt(document.Label ?? "") ?? FallState.Upright,
        LeaningAngle = leaningAngle,
        DownSeconds = document.DownSeconds ?? 0,
        Evidence = document.Evidence is not { } evidence ? new FallEvidence() : new FallEvidence
        {
            UprightAt = evidence.UprightAtS is { } upright ? TimeSpan.FromSeconds(upright) : null,
            DownAt = TimeSpan.FromSeconds(evidence.DownAtS),
            ShoulderDrop = evidence.ShoulderDrop ?? 0,
            HipDrop = evidence.HipDrop ?? 0,
            Speed = evidence.Speed ?? 0,
            LowShare = evidence.LowShare,
            WindowSeconds = evidence.WindowSeconds,
            Vanished = evidence.Vanished ?? false,
            Probability = evidence.Probability,
        },
        Rule = document.Rule,
        RuleFingerprint = document.RuleFingerprint,
    };

    /// <summary>A time as files hold it: local, with its offset and six digits of the second.</summary>
    public static string Text(DateTimeOffset at) => at.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string IdOf(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 16));

    /// <summary>
    /// The name of a picture, which is later opened, and removed with the event: it must not lead out of the event's folder, nor
    /// be the JSON, the pin or the remarks of an event.
    /// </summary>
    private static string FileName(string? name) =>
        name is null ? ""
        : Path.GetFileName(name) != name || name is ".." or "." || name.Contains('\0') ? throw new InvalidDataException($"not an event: {name} is not a file name")
        : name.EndsWith(EventNames.JsonSuffix, StringComparison.Ordinal) || name.EndsWith(EventNames.PinSuffix, StringComparison.Ordinal) || name.EndsWith(EventNames.RemarksSuffix, StringComparison.Ordinal)
            ? throw new InvalidDataException($"not an event: {name} is not the name of a picture")
        : name;

    private static DateTimeOffset Time(string? text, TimeZoneInfo local, Func<DateTimeOffset?>? created = null)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
        {
            throw new InvalidDataException($"not an event: datetime is \"{text}\"");
        }

        return time.Kind == DateTimeKind.Unspecified
            ? AtOffset(time, created?.Invoke() is { } moment ? ReferenceTime.Offset(time, moment) : null, local)
            : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset AtOffset(DateTime time, TimeSpan? offset, TimeZoneInfo local) => offset is { } known
        ? TimeZoneInfo.ConvertTime(new DateTimeOffset(time, known), local)
        : new DateTimeOffset(time, local.GetUtcOffset(time));
}
