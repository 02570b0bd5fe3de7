using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Values of enumerations as the API writes them, for example <c>resolved_unacknowledged</c>.</summary>
internal static class Words
{
    /// <summary>Reads a parameter; null when it is not there or is wrong.</summary>
    public static T? Parse<T>(string? word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Of(value!.Value) == word);

    /// <summary>What is wrong with a parameter; null when nothing is.</summary>
    public static string? Problem<T>(string? word)
        where T : struct, Enum => word is null || Parse<T>(word) is not null ? null : $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(Of))}";

    /// <summary>The answer to wrong parameters; null when none is.</summary>
    public static ValidationProblem? Wrong(params ReadOnlySpan<(string Key, string? Problem)> parameters)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (key, problem) in parameters)
        {
            if (problem is not null)
            {
                errors[key] = [$"{key} {problem}"];
            }
        }

        return errors.Count == 0 ? null : TypedResults.ValidationProblem(errors);
    }

    private static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
