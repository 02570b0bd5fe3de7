using Ambianic.Server.Access;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>The configuration that is in force.</summary>
internal static class ConfigApi
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/config", (CurrentConfiguration configuration) => TypedResults.Ok(configuration.Result.Effective))
            .RequireAuthorization(Policies.Admin).WithSummary("The effective configuration, secrets masked");
}
