using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visits;
using Ambianic.Server.Access;
using Ambianic.Server.Visits;
using Ambianic.Storage.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Who and what was there, from entry to exit.</summary>
internal static class VisitsApi
{
    private const int DefaultLimit = 20;
    private const int LargestLimit = 100;
    private const double LongestDwell = 1e9;

    public static void MapVisits(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/visits", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("A page of visits, the one that began last first; next leads to the one after it");
        routes.MapGet("/api/visits/{id}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("A visit with the events that are its pictures");
    }

    /// <param name="pages">The visits.</param>
    /// <param name="events">The pictures.</param>
    /// <param name="label">Only visits of this.</param>
    /// <param name="pipeline">Only visits of this pipeline.</param>
    /// <param name="from">Only visits that ended at or after this time, ISO 8601.</param>
    /// <param name="to">Only visits that began before this time, ISO 8601.</param>
    /// <param name="min_dwell">Only visits of so many seconds at least.</param>
    /// <param name="max_dwell">Only visits of so many seconds at most.</param>
    /// <param name="cursor">What the page before has under <c>next</c>.</param>
    /// <param name="limit">Visits a page, 1 to 100.</param>
    /// <param name="cancellation">The request was given up.</param>
    private static async Task<Results<Ok<VisitPage>, ValidationProblem>> ListAsync(
        VisitPages pages,
        IEventStore events,
        string? label = null,
        string? pipeline = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        double? min_dwell = null,
        double? max_dwell = null,
        string? cursor = null,
        int limit = DefaultLimit,
        CancellationToken cancellation = default)
    {
        VisitCursor? after = null;
        if (Words.Wrong(
            ("limit", limit is >= 1 and <= LargestLimit ? null : $"must be 1 to {LargestLimit}"),
            ("from", from > to ? "is later than to" : null),
            ("min_dwell", DwellProblem(min_dwell)),
            ("max_dwell", DwellProblem(max_dwell)),
            ("cursor", cursor is null || TryRead(cursor, out after) ? null : "is not one of an earlier page")) is { } wrong)
        {
            return wrong;
        }

        var (visits, next) = await pages.ReadAsync(
            new VisitQuery
            {
                Label = label,
                Pipeline = pipeline,
                From = from,
                To = to,
                LeastDwell = min_dwell is { } least ? TimeSpan.FromSeconds(least) : null,
                MostDwell = max_dwell is { } most ? TimeSpan.FromSeconds(most) : null,
                After = after,
                Limit = limit,
            },
            cancellation);
        var reports = new List<VisitReport>(visits.Count);
        foreach (var visit in visits)
        {
            reports.Add(VisitReport.Of(visit, visit.BestPicture is { } best ? await EventAsync(events, best.EventId, cancellation) : null));
        }

        return TypedResults.Ok(new VisitPage("success", reports, next is { } place ? Write(place) : null));
    }

    private static async Task<Results<Ok<VisitDetails>, ProblemHttpResult>> FindAsync(
        string id, VisitPages pages, IEventStore events, CancellationToken cancellation)
    {
        if (await pages.FindAsync(id, cancellation) is not { } visit)
        {
            return TypedResults.Problem("there is no such visit", statusCode: StatusCodes.Status404NotFound);
        }

        var seen = new List<DetectionEvent>(visit.Pictures.Count);
        foreach (var picture in visit.Pictures)
        {
            if (await EventAsync(events, picture.EventId, cancellation) is { } one)
            {
                seen.Add(one);
            }
        }

        var best = seen.Find(one => one.Id == visit.BestPicture?.EventId);
        return TypedResults.Ok(new VisitDetails(VisitReport.Of(visit, best), [.. seen.Select(TimelineEntry.For)]));
    }

    private static async Task<DetectionEvent?> EventAsync(IEventStore events, string id, CancellationToken cancellation)
    {
        await foreach (var seen in events.QueryAsync(new EventQuery { Id = id, Limit = 1 }, cancellation))
        {
            return seen;
        }

        return null;
    }

    private static string? DwellProblem(double? seconds) =>
        seconds is null or (>= 0 and <= LongestDwell) ? null : $"must be 0 to {LongestDwell:0} seconds";

    private static string Write(VisitCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.Start.UtcTicks}-{cursor.Id}");

    private static bool TryRead(string text, out VisitCursor? cursor)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        cursor = dash > 0
            && long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay
                ? new VisitCursor(new DateTimeOffset(ticks, TimeSpan.Zero), text[(dash + 1)..])
                : null;
        return cursor is not null;
    }

    internal sealed record VisitPage(string Status, IReadOnlyList<VisitReport> Visits, string? Next);

    internal sealed record VisitDetails(VisitReport Visit, IReadOnlyList<TimelineEntry> Events);
}
