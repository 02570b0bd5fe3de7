using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visits;
using Ambianic.Core.Vision;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Api;

/// <summary>A visit as the API shows it.</summary>
/// <param name="Id">The visit's own; of an event that belongs to none, the event's.</param>
/// <param name="Pipeline">Where it was seen.</param>
/// <param name="Source">Source of the pipeline.</param>
/// <param name="TrackId">What the detections call the object; null when nobody followed it.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When the object was last seen.</param>
/// <param name="Open">True while it goes on.</param>
/// <param name="Label">What the object was taken for most.</param>
/// <param name="Confidence">Of the most certain detection, 0 to 1.</param>
/// <param name="DwellSeconds">From start to end.</param>
/// <param name="StationarySeconds">Of these, standing still.</param>
/// <param name="Speed">How fast it moved: <c>still</c>, <c>slow</c>, <c>medium</c> or <c>fast</c>.</param>
/// <param name="Path">Where it was, oldest first.</param>
/// <param name="BestPicture">The one that shows it best; null when it was removed or is not stored yet.</param>
/// <param name="Pictures">All of them, oldest first; some may have been removed since.</param>
internal sealed record VisitReport(
    string Id,
    string Pipeline,
    string Source,
    int? TrackId,
    DateTimeOffset Start,
    DateTimeOffset End,
    bool Open,
    string Label,
    float Confidence,
    double DwellSeconds,
    double StationarySeconds,
    string Speed,
    IReadOnlyList<PathPoint> Path,
    BestPictureReport? BestPicture,
    IReadOnlyList<PictureReport> Pictures)
{
    /// <summary>Shows a visit.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="best">The event of its best picture; null when there is none.</param>
    public static VisitReport Of(Visit visit, DetectionEvent? best) => new(
        visit.Id,
        visit.Pipeline,
        Credentials.Mask(visit.Source),
        visit.TrackId,
        visit.Start,
        visit.End,
        visit.IsOpen,
        visit.Label,
        visit.Confidence,
        Math.Round(visit.Dwell.TotalSeconds, 3),
        visit.StationarySeconds,
        visit.Speed.ToString().ToLowerInvariant(),
        visit.Path,
        best is null ? null : new BestPictureReport(best.Id, best.At, best.RelDir, best.ImageFileName, best.ThumbnailFileName, Document(visit.BestPicture!.Box)),
        [.. visit.Pictures.Select(picture => new PictureReport(picture.EventId, picture.At))]);

    private static BoxDocument Document(Box box) => new(box.XMin, box.YMin, box.XMax, box.YMax);
}

/// <summary>A picture of a visit.</summary>
/// <param name="EventId">The event that it is; it may show other objects too.</param>
/// <param name="At">When it was seen.</param>
internal sealed record PictureReport(string EventId, DateTimeOffset At);

/// <summary>The best picture of a visit, with its files below <c>/api/data/</c>.</summary>
/// <param name="EventId">The event that it is.</param>
/// <param name="At">When it was seen.</param>
/// <param name="RelDir">Folder of the files.</param>
/// <param name="ImageFileName">The picture.</param>
/// <param name="ThumbnailFileName">The small picture.</param>
/// <param name="Box">Where the object is, 0 to 1 within the picture.</param>
internal sealed record BestPictureReport(string EventId, DateTimeOffset At, string RelDir, string ImageFileName, string ThumbnailFileName, BoxDocument Box);
