using Ambianic.Health;
using Ambianic.Pipelines;

namespace Ambianic.Api;

/// <summary>Whether it truly watches.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/health", (PipelineSupervisor supervisor) => new Report(supervisor.Statuses))
            .WithSummary("State of every pipeline, the disabled ones with their reasons");
        routes.MapGet("/healthz", (PipelineSupervisor supervisor) =>
            supervisor.Statuses.Any(pipeline => pipeline.Health == HealthState.Terminal)
                ? Results.Text("a pipeline cannot be healed; see /api/health", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ok"))
            .WithSummary("200 while the program can help itself, 503 when it should be restarted");
    }

    internal sealed record Report(IReadOnlyList<PipelineStatus> Pipelines);
}
