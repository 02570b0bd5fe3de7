using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Who did what.</summary>
internal static class AuditApi
{
    private const int Most = 1000;

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/api/audit", List)
        .RequireAuthorization(Policies.Admin).WithSummary("Log-ins and what administrators and carers changed, newest first");

    /// <param name="audit">The log.</param>
    /// <param name="limit">Entries at most, 1 to 1000.</param>
    private static Results<Ok<AuditPage>, ValidationProblem> List(AuditTrail audit, int limit = 100) =>
        Words.Wrong(("limit", limit is >= 1 and <= Most ? null : $"must be 1 to {Most}")) is { } wrong
            ? wrong
            : TypedResults.Ok(new AuditPage("success", audit.Read(limit)));

    internal sealed record AuditPage(string Status, IReadOnlyList<AuditEntry> Audit);
}
