using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Api;

/// <summary>The table of the API's calls, from its OpenAPI document.</summary>
internal static class CallTable
{
    /// <summary>The lines of the table, its head included, in the order of the document.</summary>
    public static IEnumerable<string> Of(JsonNode document) =>
    [
        "| call | parameters | status | answer |",
        "|---|---|---|---|",
        .. from path in document["paths"]!.AsObject()
           from call in path.Value!.AsObject()
           select $"| `{call.Key.ToUpperInvariant()} {path.Key}` | {Parameters(call.Value!)} | {Statuses(call.Value!)} | {call.Value!["summary"]} |",
    ];

    private static string Parameters(JsonNode call) => string.Join("; ", (call["parameters"]?.AsArray() ?? []).Select(parameter =>
    {
        var name = $"`{parameter!["name"]}`";
        var initial = parameter["schema"]?["default"] is { } value ? $", default {value}" : "";
        return parameter["description"] is { } description ? $"{name}: {((string)description!).TrimEnd('.')}{initial}" : $"{name}{initial}";
    }));

    private static string Statuses(JsonNode call) => string.Join(", ", call["responses"]!.AsObject().Select(response => response.Key));
}
