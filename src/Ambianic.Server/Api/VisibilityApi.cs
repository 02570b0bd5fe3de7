using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Server.Access;
using Ambianic.Server.Visibility;

namespace Ambianic.Server.Api;

/// <summary>When the picture of each pipeline could be used.</summary>
internal static class VisibilityApi
{
    public static void MapVisibility(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/visibility", (VisibilityService visibility, string? pipeline = null, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
            TimeRange.Problem(from, to) is { } wrong
                ? (IResult)wrong
                : TypedResults.Ok(new VisibilityPage("success", [.. visibility.Log.Query(pipeline, from, to).Select(Now)])))
            .Produces<VisibilityPage>().ProducesValidationProblem()
            .RequireAuthorization(Policies.Viewer).WithSummary("Intervals in which the picture of each pipeline could be used or not, and why, the oldest first");
        routes.MapGet("/api/coverage", (VisibilityService visibility, string? pipeline = null, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
            TimeRange.Problem(from, to) is { } wrong
                ? (IResult)wrong
                : TypedResults.Ok(new CoveragePage("success", [.. visibility.Log.Query(pipeline, from, to).Select(Former)])))
            .Produces<CoveragePage>().ProducesValidationProblem()
            .RequireAuthorization(Policies.Viewer).WithSummary("The same as /api/visibility with older words; stays for programs that call it");
    }

    private static Interval Now(VisibilityInterval one) => new(one.Pipeline, one.Source, one.Visibility, one.Reason, one.From, one.To);

    private static FormerInterval Former(VisibilityInterval one) =>
        new(one.Pipeline, one.Source, VisibilityWords.Stored(one.Visibility), one.Reason, one.From, one.To);

    internal sealed record VisibilityPage(string Status, IReadOnlyList<Interval> Visibility);

    internal sealed record Interval(string Pipeline, string Source, VisibilityState Visibility, string? Reason, DateTimeOffset From, DateTimeOffset? To);

    internal sealed record CoveragePage(string Status, IReadOnlyList<FormerInterval> Coverage);

    internal sealed record FormerInterval(string Pipeline, string Source, string Sight, string? Reason, DateTimeOffset From, DateTimeOffset? To);
}
