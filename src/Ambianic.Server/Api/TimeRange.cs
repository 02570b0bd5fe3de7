using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>The parameters <c>from</c> and <c>to</c> of a call.</summary>
internal static class TimeRange
{
    /// <summary>What is wrong with them; null when nothing is.</summary>
    public static ValidationProblem? Problem(DateTimeOffset? from, DateTimeOffset? to) =>
        from > to ? TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["from"] = ["from is later than to"] }) : null;
}
