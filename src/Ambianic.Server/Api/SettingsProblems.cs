using Ambianic.Configuration.Saving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Answers to a setting that was not saved.</summary>
internal static class SettingsProblems
{
    /// <summary>The value is wrong.</summary>
    public static ProblemHttpResult Wrong(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity);

    /// <summary>True for a text that the configuration would read as an instruction, for example <c>@format</c>, which could take in a secret.</summary>
    public static bool IsDirective(string? text) => text?.TrimStart() is ['@', ..];

    /// <summary>True for a text that takes in variables of the environment, or files of secrets.</summary>
    public static bool HasVariables(string text) => text.Contains("${", StringComparison.Ordinal) || text.Contains("{FRIGATE_", StringComparison.Ordinal);

    /// <summary>The value may be set, but not here.</summary>
    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>The configuration would have errors; they are in <c>problems</c>.</summary>
    public static ProblemHttpResult Refused(SaveResult saved) => TypedResults.Problem(
        $"nothing was saved: {string.Join("; ", saved.Problems.Select(problem => problem.ToString()))}",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?> { ["problems"] = saved.Problems.Select(problem => problem.ToString()).ToList() });
}
