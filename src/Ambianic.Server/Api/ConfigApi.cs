using System.Text.Json.Nodes;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>The configuration that is in force.</summary>
internal static class ConfigApi
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/config", (CurrentConfiguration configuration) => TypedResults.Ok(WithUpperCaseKeys(configuration.Result.Effective)))
            .WithSummary("The effective configuration, secrets masked; each top-level key also in upper case, as Ambianic Edge has it");

    private static JsonObject WithUpperCaseKeys(JsonObject effective)
    {
        var both = effective.DeepClone().AsObject();
        foreach (var (key, value) in effective)
        {
            both[key.ToUpperInvariant()] = value?.DeepClone();
        }

        return both;
    }
}
