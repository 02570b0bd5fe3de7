using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Ambianic.Storage.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>What was seen, newest first.</summary>
internal static class TimelineApi
{
    private const int DefaultPageSize = 5;
    private const int LargestPage = 100;

    public static void MapTimeline(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/timeline", PageAsync).RequireAuthorization(Policies.Viewer).WithSummary("A page of events, newest first; empty past the end");
        routes.MapGet("/api/timeline.json", PageAsync).RequireAuthorization(Policies.Viewer).WithSummary("The same as /api/timeline");
    }

    /// <param name="store">The events.</param>
    /// <param name="page">From 1; a fraction is cut off.</param>
    /// <param name="page_size">Events a page, 1 to 100.</param>
    /// <param name="label">Only events that show this.</param>
    /// <param name="pipeline">Only events of this pipeline.</param>
    /// <param name="from">Only events at or after this time, ISO 8601.</param>
    /// <param name="to">Only events before this time, ISO 8601.</param>
    /// <param name="cancellation">The request was given up.</param>
    private static async Task<Results<Ok<TimelinePage>, ValidationProblem>> PageAsync(
        IEventStore store,
        double page = 1,
        int page_size = DefaultPageSize,
        string? label = null,
        string? pipeline = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        CancellationToken cancellation = default)
    {
        page = Math.Floor(page); // the reference's client asks for page=1.2
        if (!(page >= 1) || page_size is < 1 or > LargestPage || page * page_size > int.MaxValue)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                ["page"] = [$"page counts from 1, page_size from 1 to {LargestPage}"],
            });
        }

        if (TimeRange.Problem(from, to) is { } wrong)
        {
            return wrong;
        }

        var query = new EventQuery
        {
            Label = label,
            Pipeline = pipeline,
            From = from,
            To = to,
            Offset = ((int)page - 1) * page_size,
            Limit = page_size,
        };
        var events = new List<TimelineEntry>(page_size);
        await foreach (var detectionEvent in store.QueryAsync(query, cancellation))
        {
            events.Add(TimelineEntry.For(detectionEvent));
        }

        return TypedResults.Ok(new TimelinePage("success", events));
    }

    internal sealed record TimelinePage(string Status, IReadOnlyList<TimelineEntry> Timeline);
}
