using Ambianic.Core.Alerts;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Pipelines as they are now, and what people can do about them.</summary>
internal static class PipelinesApi
{
    public static void MapPipelines(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/pipelines", (PipelineSupervisor supervisor, Scenes scenes, IAlertDesk alerts) =>
            new PipelinePage("success", [.. supervisor.Health.Latest.Pipelines.Select(pipeline => Describe(pipeline, supervisor, scenes, alerts))]))
            .RequireAuthorization(Policies.Viewer).WithSummary("Every pipeline: state, reason, counters, elements, and the labels that it sees now");
        routes.MapGet("/api/pipelines/{name}", Results<Ok<PipelineResource>, ProblemHttpResult> (string name, PipelineSupervisor supervisor, Scenes scenes, IAlertDesk alerts) =>
            supervisor.Find(name) is { } pipeline ? TypedResults.Ok(Describe(pipeline, supervisor, scenes, alerts)) : PipelineLookup.NotFound())
            .RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("One pipeline");
        routes.MapPost("/api/pipelines/{name}/start", (string name, HttpContext context, PipelineSupervisor supervisor, CancellationToken cancellation) => SwitchAsync(name, true, context, supervisor, cancellation))
            .RequireAuthorization(Policies.Admin).Changes().WithSummary("Switches a pipeline on again");
        routes.MapPost("/api/pipelines/{name}/stop", (string name, HttpContext context, PipelineSupervisor supervisor, CancellationToken cancellation) => SwitchAsync(name, false, context, supervisor, cancellation))
            .RequireAuthorization(Policies.Admin).Changes().WithSummary("Switches a pipeline off until it is switched on, or Ambianic starts again");
        routes.MapPost("/api/pipelines/{name}/heal", Heal)
            .RequireAuthorization(Policies.Carer).Changes().WithSummary("Recreates a pipeline: it connects anew, and its elements are made anew");
        routes.MapPost("/api/pipelines/{name}/snooze", SnoozeAsync)
            .RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Holds back its alerts for some minutes; they are told then");
        routes.MapDelete("/api/pipelines/{name}/snooze", WakeAsync)
            .RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Ends its snooze");
    }

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder call) => call
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static PipelineResource Describe(PipelineHealth pipeline, PipelineSupervisor supervisor, Scenes scenes, IAlertDesk alerts) => new(PipelineReport.Of(pipeline))
    {
        IsOn = !supervisor.IsOff(pipeline.Name),
        Labels = scenes.Of(pipeline.Name).Counts,
        Motion = MotionReport.Of(scenes.Of(pipeline.Name)),
        SnoozedUntil = alerts.SnoozedUntil(pipeline.Name),
    };

    private static async Task<Results<NoContent, ProblemHttpResult>> SwitchAsync(
        string name, bool isOn, HttpContext context, PipelineSupervisor supervisor, CancellationToken cancellation) =>
        supervisor.Find(name) is not { } pipeline ? PipelineLookup.NotFound()
        : await supervisor.SwitchAsync(pipeline.Name, isOn, By(context), cancellation) ? TypedResults.NoContent()
        : CannotRun(pipeline);

    private static Results<NoContent, ProblemHttpResult> Heal(string name, HttpContext context, PipelineSupervisor supervisor) =>
        supervisor.Find(name) is not { } pipeline ? PipelineLookup.NotFound()
        : supervisor.TryRecreate(pipeline.Name, By(context)) ? TypedResults.NoContent()
        : CannotRun(pipeline);

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> SnoozeAsync(
        string name, SnoozeTime body, PipelineSupervisor supervisor, IAlertDesk desk, TimeProvider time, CancellationToken cancellation)
    {
        if (supervisor.Find(name) is not { } pipeline)
        {
            return PipelineLookup.NotFound();
        }

        if (Words.Wrong(("minutes", body.Minutes is > 0 and <= AlertsApi.LongestSnooze ? null : $"must be more than 0 and at most {AlertsApi.LongestSnooze}")) is { } wrong)
        {
            return wrong;
        }

        await desk.SnoozeAsync(pipeline.Name, time.GetUtcNow() + TimeSpan.FromMinutes(body.Minutes!.Value), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WakeAsync(
        string name, PipelineSupervisor supervisor, IAlertDesk desk, TimeProvider time, CancellationToken cancellation)
    {
        if (supervisor.Find(name) is not { } pipeline)
        {
            return PipelineLookup.NotFound();
        }

        await desk.SnoozeAsync(pipeline.Name, time.GetUtcNow(), cancellation);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult CannotRun(PipelineHealth pipeline) => TypedResults.Problem(
        pipeline.State switch
        {
            PipelineState.Starting => "it is being prepared; what has come of its models so far would be lost",
            _ => $"it does not run: {pipeline.Reason ?? pipeline.LastError ?? "it is being stopped"}",
        },
        statusCode: StatusCodes.Status409Conflict);

    private static string By(HttpContext context) => context.User.NameOf() ?? "the API";

    internal sealed record PipelinePage(string Status, IReadOnlyList<PipelineResource> Pipelines);

    internal sealed record SnoozeTime(double? Minutes);
}
