using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>A call as the program's own description has it.</summary>
/// <param name="Method">GET, say.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Parameters">Those of the path and the query.</param>
/// <param name="Body">Schema of the body; null when it takes none.</param>
/// <param name="Statuses">What it says that it answers.</param>
internal sealed record Operation(string Method, string Path, IReadOnlyList<OperationParameter> Parameters, JsonNode? Body, IReadOnlySet<int> Statuses)
{
    /// <summary>All that a description has.</summary>
    public static List<Operation> Read(JsonObject description) =>
    [
        .. from path in description["paths"]!.AsObject()
           from call in path.Value!.AsObject()
           where call.Value is JsonObject
           select new Operation(
               call.Key.ToUpperInvariant(),
               path.Key,
               [.. Array(call.Value!["parameters"]).Select(one => new OperationParameter((string)one!["name"]!, (string?)one["in"] == "path", Resolve(one["schema"], description)))],
               Resolve(call.Value["requestBody"]?["content"]?["application/json"]?["schema"], description),
               call.Value["responses"]!.AsObject().Select(response => int.TryParse(response.Key, out var status) ? status : 0).ToHashSet()),
    ];

    /// <summary>The schema itself, when it names another one.</summary>
    public static JsonNode? Resolve(JsonNode? schema, JsonObject description)
    {
        for (var i = 0; i < 10 && schema is JsonObject; i++)
        {
            if (Array(schema["oneOf"]).Concat(Array(schema["anyOf"])).LastOrDefault() is { } one)
            {
                schema = one;
            }
            else if ((string?)schema["$ref"] is { } name)
            {
                schema = name.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode?)description, (at, part) => at?[part]);
            }
            else
            {
                return schema;
            }
        }

        return schema;
    }

    public override string ToString() => $"{Method} {Path}";

    private static JsonArray Array(JsonNode? node) => node as JsonArray ?? [];
}

/// <summary>A parameter of a call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOfPath">False for one of the query.</param>
/// <param name="Schema">Its type.</param>
internal sealed record OperationParameter(string Name, bool IsOfPath, JsonNode? Schema);
