using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Ambianic.Server.Sources;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Cameras and other sources: what is set, and whether it works.</summary>
internal static class SourcesApi
{
    /// <summary>Names a source that is tested before it has an id.</summary>
    private const string Unnamed = "test";

    public static void MapSources(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/sources", (SavedSources sources) => new SourcePage("success", sources.All))
            .RequireAuthorization(Policies.Admin).WithSummary("All sources, secrets masked");
        routes.MapGet("/api/sources/{id}", Results<Ok<SourceResource>, ProblemHttpResult> (string id, SavedSources sources) =>
            sources.Find(id) is { } source ? TypedResults.Ok(source) : NoSource())
            .RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("A source, secrets masked");
        routes.MapPut("/api/sources/{id}", SaveAsync)
            .RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Adds a source, or changes the settings of it that are given");
        routes.MapDelete("/api/sources/{id}", RemoveAsync)
            .RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Removes a source that was added through the API");
        routes.MapPost("/api/sources/test", TestAsync)
            .RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Connects to a source, saved or not, and says what it gives, with a picture; or why it cannot be read. Takes 15 s at most");
    }

    private static async Task<Results<Ok<SourceResource>, ProblemHttpResult>> SaveAsync(string id, SourceSettings body, SavedSources sources, CancellationToken cancellation)
    {
        if (body.Id is { } other && other != id)
        {
            return SettingsProblems.Wrong("id differs from that of the path; it may be left out");
        }

        var (result, problem) = await sources.SaveAsync(body with { Id = id }, cancellation);
        return problem is not null ? problem : TypedResults.Ok(SourceResource.Of(result!.Configuration.Sources[id]));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(string id, SavedSources sources, CancellationToken cancellation) =>
        sources.Find(id) is null ? NoSource()
        : await sources.RemoveAsync(id, cancellation) is { } problem ? problem
        : TypedResults.NoContent();

    private static async Task<Results<Ok<SourceReport>, ValidationProblem, ProblemHttpResult>> TestAsync(
        SourceSettings body, SourceTest test, CurrentConfiguration current, CancellationToken cancellation)
    {
        var known = current.Result.Configuration;
        if (body.Uri is null && body.Id is { } id && !known.Sources.ContainsKey(id))
        {
            return NoSource();
        }

        var wish = body with { Id = body.Id ?? Unnamed, Uri = body.Uri ?? (body.Id is null ? null : Credentials.Mask(known.Sources[body.Id].Uri)) };
        if (wish.Problem(known) is { } problem)
        {
            return problem;
        }

        if (wish.TryResolve(known, out var options) is { } wrong)
        {
            return wrong;
        }

        Credentials.Remember(options!.Uri, onlyAddress: true);
        return await test.RunAsync(options, cancellation) is { } finding
            ? TypedResults.Ok(SourceReport.Of(finding))
            : SettingsProblems.Conflict("another source is being tested; it takes 15 s at most");
    }

    private static ProblemHttpResult NoSource() => TypedResults.Problem("there is no such source; GET /api/sources lists them", statusCode: StatusCodes.Status404NotFound);

    internal sealed record SourcePage(string Status, IReadOnlyList<SourceResource> Sources);

    /// <summary>What a test has found.</summary>
    internal sealed record SourceReport(
        string Status,
        string? Fault,
        string? Remark,
        string? Codec,
        int? Width,
        int? Height,
        double? Fps,
        double? KeyFrameSeconds,
        double? FirstPictureSeconds,
        string? Snapshot)
    {
        public static SourceReport Of(SourceFinding finding) => new(
            finding.Fault is null ? "success" : "error",
            finding.Fault,
            finding.Remark,
            finding.Stream?.Codec,
            finding.Stream is { Width: > 0 } wide ? wide.Width : null,
            finding.Stream is { Height: > 0 } high ? high.Height : null,
            finding.Stream?.Fps,
            finding.Stream?.KeyFrameSeconds,
            finding.FirstPictureAfter is { } after ? Math.Round(after.TotalSeconds, 2) : null,
            finding.Jpeg is { } jpeg ? $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}" : null);
    }
}
