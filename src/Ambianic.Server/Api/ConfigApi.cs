using Ambianic.Configuration;

namespace Ambianic.Api;

/// <summary>The configuration that is in force.</summary>
internal static class ConfigApi
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/config", (ConfigurationResult configuration) => TypedResults.Ok(configuration.Effective))
            .WithSummary("The effective configuration, secrets masked");
}
