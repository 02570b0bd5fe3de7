using Ambianic.Core.Timeline;
using Ambianic.Core.Visits;

namespace Ambianic.Server.Visits;

/// <summary>Visits and, as visits of one picture, events that belong to none: those of earlier versions, and those that nobody follows.</summary>
internal sealed class VisitPages(IVisitStore visits, IEventStore events, TimeProvider time)
{
    private const int Chunk = 100;

    /// <summary>An event is stored before the visit that it is a picture of: one of a followed object that is so young is not shown alone.</summary>
    private static readonly TimeSpan BeforeItsVisit = TimeSpan.FromSeconds(10);

    /// <summary>A page, the visit that began last first, and where the next one begins; null at the end.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public async Task<(IReadOnlyList<Visit> Visits, VisitCursor? Next)> ReadAsync(VisitQuery query, CancellationToken cancellation)
    {
        var followed = visits.Query(query with { Limit = query.Limit + 1 });
        var until = followed.Count > query.Limit ? followed[^1].Start : DateTimeOffset.MinValue;
        var alone = query.LeastDwell > TimeSpan.Zero ? [] : await AloneAsync(query, until, cancellation);
        var all = followed.Concat(alone)
            .OrderByDescending(visit => visit.Start)
            .ThenByDescending(visit => visit.Id, StringComparer.Ordinal)
            .Take(query.Limit + 1)
            .ToList();
        return all.Count > query.Limit
            ? (all[..query.Limit], new VisitCursor(all[query.Limit - 1].Start, all[query.Limit - 1].Id))
            : (all, null);
    }

    /// <summary>One visit, or one event as a visit; null when there is none of this id.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<Visit?> FindAsync(string id, CancellationToken cancellation)
    {
        if (visits.Find(id) is { } visit)
        {
            return visit;
        }

        await foreach (var seen in events.QueryAsync(new EventQuery { Id = id, Limit = 1 }, cancellation))
        {
            return seen.Detections.Count > 0 ? Of(seen) : null;
        }

        return null;
    }

    private async Task<List<Visit>> AloneAsync(VisitQuery query, DateTimeOffset until, CancellationToken cancellation)
    {
        var last = query.After?.Start.AddMicroseconds(1);
        var wanted = new EventQuery
        {
            From = query.From > until ? query.From : until > DateTimeOffset.MinValue ? until : query.From,
            To = last is { } end && !(query.To < end) ? end : query.To,
            Pipeline = query.Pipeline,
            Label = query.Label,
        };
        var alone = new List<Visit>();
        var chunk = new List<DetectionEvent>(Chunk);
        await foreach (var seen in events.QueryAsync(wanted, cancellation))
        {
            if (seen.Detections.Count > 0 && IsAfter(seen, query.After) && !IsYoung(seen))
            {
                chunk.Add(seen);
            }

            if (chunk.Count == Chunk)
            {
                Take();
                if (alone.Count > query.Limit)
                {
                    return alone;
                }
            }
        }

        Take();
        return alone;

        void Take()
        {
            var pictures = visits.PicturesAmong([.. chunk.Select(seen => seen.Id)]);
            alone.AddRange(chunk.Where(seen => !pictures.Contains(seen.Id)).Select(Of));
            chunk.Clear();
        }
    }

    private bool IsYoung(DetectionEvent seen) =>
        seen.Detections.All(detection => detection.TrackId is not null) && time.GetUtcNow() - seen.At < BeforeItsVisit;

    private static bool IsAfter(DetectionEvent seen, VisitCursor? cursor) => cursor is null
        || seen.At < cursor.Start
        || (seen.At == cursor.Start && string.CompareOrdinal(seen.Id, cursor.Id) < 0);

    private static Visit Of(DetectionEvent seen)
    {
        var best = seen.Detections.MaxBy(detection => detection.Confidence)!;
        return new Visit
        {
            Id = seen.Id,
            Pipeline = seen.Pipeline,
            Source = seen.Source,
            TrackId = best.TrackId,
            Start = seen.At,
            End = seen.At,
            Label = best.Label,
            Confidence = best.Confidence,
            Path = [new PathPoint(0, (best.Box.XMin + best.Box.XMax) / 2, best.Box.YMax)],
            Pictures = [new VisitPicture(seen.Id, seen.At, best.Box, 1)],
        };
    }
}
