using System.Security.Claims;
using Ambianic.Server.Access;
using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;

namespace Ambianic.Server.Api;

/// <summary>Tells the latest <see cref="HealthSnapshot"/>.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/health", (HealthReports reports) => reports.Now())
            .RequireAuthorization(Policies.Viewer).WithSummary("State of every pipeline and element, the disabled ones with their reasons");
        routes.MapGet("/healthz", (PipelineSupervisor supervisor, IAlertDesk alerts, ClaimsPrincipal caller) => (Fault(supervisor) ?? (alerts.IsAlive ? null : alerts.Fault)) is { } fault
            ? Results.Text(caller.NameOf() is null ? "a person has to help; log in to see why" : fault, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"))
            .AllowAnonymous().WithSummary("200, or 503 with the reason when a person has to help. For Docker and systemd");
    }

    private static string? Fault(PipelineSupervisor supervisor)
    {
        if (!supervisor.IsAlive)
        {
            return "the supervisor does not run: nobody is looked after; restart Ambianic";
        }

        var pipelines = supervisor.Health.Latest.Pipelines;
        var terminal = pipelines.Where(pipeline => pipeline.State == PipelineState.Terminal).Select(pipeline => pipeline.Name).ToList();
        return terminal.Count > 0 ? $"cannot be healed: {string.Join(", ", terminal)}; see /api/health"
            : pipelines.FirstOrDefault(pipeline => pipeline.NeedsPerson) is { } failing ? $"{failing.Name} fails: {failing.LastError}"
            : null;
    }
}
