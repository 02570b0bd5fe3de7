using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>Whether it truly watches.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/health", (PipelineSupervisor supervisor, CurrentConfiguration configuration, IEventStore store) => new Report(
            supervisor.IsAlive,
            supervisor.SystemicTrouble,
            store.Fault,
            [.. configuration.Rejected.Select(problem => problem.ToString())],
            supervisor.Statuses))
            .WithSummary("State of every pipeline and element, the disabled ones with their reasons");
        routes.MapGet("/healthz", (PipelineSupervisor supervisor) => Trouble(supervisor) is { } trouble
            ? Results.Text(trouble, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"))
            .WithSummary("200, or 503 with the reason when a person has to help. For Docker and systemd");
    }

    private static string? Trouble(PipelineSupervisor supervisor)
    {
        if (!supervisor.IsAlive)
        {
            return "the supervisor does not run: nobody is looked after; restart Ambianic";
        }

        var terminal = supervisor.Statuses.Where(pipeline => pipeline.Health == HealthState.Terminal).Select(pipeline => pipeline.Name).ToList();
        return terminal.Count > 0 ? $"cannot be healed: {string.Join(", ", terminal)}; see /api/health"
            : supervisor.Statuses.FirstOrDefault(pipeline => pipeline.NeedsPerson) is { } failing ? $"{failing.Name} fails: {failing.LastError}"
            : null;
    }

    internal sealed record Report(
        bool SupervisorIsAlive,
        string? SystemicTrouble,
        string? StorageTrouble,
        IReadOnlyList<string> ConfigurationProblems,
        IReadOnlyList<PipelineStatus> Pipelines);
}
