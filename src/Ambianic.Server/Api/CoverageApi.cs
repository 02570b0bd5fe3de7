using Ambianic.Core.Visibility;
using Ambianic.Server.Visibility;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>When it truly watched.</summary>
internal static class CoverageApi
{
    public static void MapCoverage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/coverage", Page).WithSummary("When each pipeline had a usable picture, when not and why; the oldest interval first");

    private static Results<Ok<CoveragePage>, ValidationProblem> Page(
        CoverageService coverage, string? pipeline = null, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        if (TimeRange.Problem(from, to) is { } wrong)
        {
            return wrong;
        }

        return TypedResults.Ok(new CoveragePage("success", coverage.Ledger.Query(pipeline, from, to)));
    }

    internal sealed record CoveragePage(string Status, IReadOnlyList<CoverageInterval> Coverage);
}
