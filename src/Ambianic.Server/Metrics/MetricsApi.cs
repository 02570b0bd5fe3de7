using Ambianic.Server.Access;

namespace Ambianic.Server.Metrics;

/// <summary>Tells Prometheus what was measured.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", (MetricsCollector collector) => collector.IsOn
        ? Results.Text(collector.Read(), PrometheusText.ContentType)
        : Results.Problem("metrics.enabled is false in the configuration", statusCode: StatusCodes.Status404NotFound))
        .RequireAuthorization(Policies.Viewer).WithMetadata(new OpenMetrics.Route())
        .WithSummary("Measurements in the text format of Prometheus. For anybody when metrics.anonymous is true");
}
