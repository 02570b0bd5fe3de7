using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Metrics;

/// <summary>Lets anybody read <c>/metrics</c> while the configuration says so.</summary>
internal sealed class OpenMetrics(CurrentConfiguration current) : IAuthorizationHandler
{
    /// <inheritdoc/>
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is HttpContext request && request.GetEndpoint()?.Metadata.GetMetadata<Route>() is not null && current.Result.Configuration.Metrics.Anonymous)
        {
            context.PendingRequirements.ToList().ForEach(context.Succeed);
        }

        return Task.CompletedTask;
    }

    /// <summary>Marks the route.</summary>
    internal sealed class Route;
}
