using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>What the program has logged lately.</summary>
internal static class LogsApi
{
    private const int Most = 1000;

    public static void MapLogs(this IEndpointRouteBuilder routes) => routes.MapGet("/api/logs", List)
        .RequireAuthorization(Policies.Admin).WithSummary("The newest lines of the log, secrets masked, oldest first; about 1 MB of them is kept in memory");

    /// <param name="log">The lines.</param>
    /// <param name="level">Not less grave: debug, info, warning or error.</param>
    /// <param name="text">Only lines that hold this, in any case of letters.</param>
    /// <param name="after">Only lines with a greater number: what last said before.</param>
    /// <param name="limit">Lines at most, 1 to 1000.</param>
    private static Results<Ok<LogPage>, ValidationProblem> List(RecentLog log, string? level = null, string? text = null, long? after = null, int limit = 200)
    {
        if (Words.Wrong(
            ("level", Words.Problem<LoggingLevel>(level)),
            ("limit", limit is >= 1 and <= Most ? null : $"must be 1 to {Most}")) is { } wrong)
        {
            return wrong;
        }

        var last = log.Last; // before the lines, so that none is missed the next time
        var lines = log.Find(Words.Parse<LoggingLevel>(level) ?? LoggingLevel.Debug, text, after, limit);
        return TypedResults.Ok(new LogPage("success", lines, lines.Count == limit && after is not null ? lines[^1].Number : Math.Max(last, lines.Count > 0 ? lines[^1].Number : 0)));
    }

    internal sealed record LogPage(string Status, IReadOnlyList<LogLine> Lines, long Last);
}
