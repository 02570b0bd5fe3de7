using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Ambianic.Server.Alerts;
using Ambianic.Server.Hosting;
using Ambianic.Storage.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>What people have to react to, and how they do.</summary>
internal static class AlertsApi
{
    private const int DefaultPageSize = 20;
    private const int LargestPage = 100;
    private const int MostEvents = 100;
    private const int MostDeliveries = 1000;
    private const int LongestName = 100;
    internal const double LongestSnooze = 24 * 60; // minutes

    /// <summary>Who answers when nobody is logged in and the caller does not say. A program may say for whom it calls.</summary>
    private const string Somebody = "somebody at this device";

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/alerts", List).RequireAuthorization(Policies.Viewer).WithSummary("A page of alerts, newest first; empty past the end");
        routes.MapGet("/api/alerts/feedback", (IAlertStore store) => new FeedbackPage("success", store.Feedback()))
            .RequireAuthorization(Policies.Viewer).WithSummary("How many alerts people called correct or false alarms, by pipeline and kind");
        routes.MapPost("/api/alerts/snooze", SnoozeAsync).RequireAuthorization(Policies.Carer).WithSummary("Holds back the alerts of a pipeline for some minutes; they are told then");
        routes.MapDelete("/api/alerts/snooze", WakeAsync).RequireAuthorization(Policies.Carer).WithSummary("Ends a snooze");
        routes.MapPost("/api/alerts/drill", DrillAsync).RequireAuthorization(Policies.Carer).WithSummary("Rehearses an alert of a pipeline, marked TEST: everything is real except that nothing has happened");
        routes.MapGet("/api/alerts/{id}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("An alert with its events and deliveries");
        routes.MapPost("/api/alerts/{id}/acknowledge", (string id, HttpContext context, IAlertDesk desk, CancellationToken cancellation, By? body = null) =>
            ChangeAsync(body, context, by => desk.AnswerAsync(id, AlertAnswer.TakingCare, by, cancellation)))
            .RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Says that somebody takes care: ends the escalation, and tells the others");
        routes.MapPost("/api/alerts/{id}/resolve", (string id, HttpContext context, IAlertDesk desk, CancellationToken cancellation, By? body = null) =>
            ChangeAsync(body, context, by => desk.ResolveAsync(id, by, cancellation)))
            .RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Says that an alert is over");
        routes.MapPost("/api/alerts/{id}/feedback", FeedbackAsync).RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Says whether an alert was correct or a false alarm");
        routes.MapGet("/api/deliveries", Deliveries).RequireAuthorization(Policies.Viewer).WithSummary("Deliveries of one alert, or of all, newest first");
    }

    /// <param name="alerts">The alerts.</param>
    /// <param name="state">Only alerts in this state.</param>
    /// <param name="open">True for alerts that have not ended, false for those that have.</param>
    /// <param name="severity">Only alerts of this severity.</param>
    /// <param name="pipeline">Only alerts of this pipeline.</param>
    /// <param name="from">Only alerts raised at or after this time, ISO 8601.</param>
    /// <param name="to">Only alerts raised before this time, ISO 8601.</param>
    /// <param name="page">From 1.</param>
    /// <param name="page_size">Alerts a page, 1 to 100.</param>
    private static Results<Ok<AlertPage>, ValidationProblem> List(
        AlertReader alerts,
        string? state = null,
        bool? open = null,
        string? severity = null,
        string? pipeline = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        int page = 1,
        int page_size = DefaultPageSize)
    {
        var isPage = page >= 1 && page_size is >= 1 and <= LargestPage && (long)page * page_size <= int.MaxValue;
        if (Words.Wrong(
            ("page", isPage ? null : $"counts from 1, page_size from 1 to {LargestPage}"),
            ("state", Words.Problem<AlertState>(state)),
            ("severity", Words.Problem<AlertSeverity>(severity)),
            ("from", from > to ? "is later than to" : null)) is { } wrong)
        {
            return wrong;
        }

        var query = new AlertQuery
        {
            State = Words.Parse<AlertState>(state),
            IsOpen = open,
            Severity = Words.Parse<AlertSeverity>(severity),
            Pipeline = pipeline,
            From = from,
            To = to,
            Offset = (page - 1) * page_size,
            Limit = page_size,
        };
        return TypedResults.Ok(new AlertPage("success", [.. alerts.List(query).Select(AlertReport.Of)]));
    }

    private static async Task<Results<Ok<AlertDetails>, ProblemHttpResult>> FindAsync(
        string id, AlertReader alerts, IAlertStore store, IEventStore events, CancellationToken cancellation)
    {
        if (alerts.Find(id) is not { } alert)
        {
            return NoAlert();
        }

        var seen = new List<TimelineEntry>();
        foreach (var eventId in store.EventsOf(id).TakeLast(MostEvents))
        {
            await foreach (var one in events.QueryAsync(new EventQuery { Id = eventId, Limit = 1 }, cancellation))
            {
                seen.Add(TimelineEntry.For(one));
            }
        }

        return TypedResults.Ok(new AlertDetails(AlertReport.Of(alert), seen, [.. store.Deliveries(id, MostDeliveries).Select(DeliveryReport.Of)]));
    }

    private static async Task<Results<Ok<AlertReport>, ValidationProblem, ProblemHttpResult>> FeedbackAsync(
        string id, Judgement body, HttpContext context, IAlertDesk desk, CancellationToken cancellation) =>
        Words.Wrong(("feedback", body.Feedback is null ? "is missing" : Words.Problem<AlertFeedback>(body.Feedback))) is { } wrong
            ? wrong
            : await ChangeAsync(new By(body.By), context, by => desk.FeedbackAsync(id, Words.Parse<AlertFeedback>(body.Feedback)!.Value, by, cancellation));

    private static async Task<Results<NoContent, ValidationProblem>> SnoozeAsync(
        Snooze body, HttpContext context, IAlertDesk desk, CurrentConfiguration configuration, TimeProvider time, CancellationToken cancellation)
    {
        if (Words.Wrong(
            ("pipeline", PipelineProblem(body.Pipeline, configuration)),
            ("minutes", body.Minutes is > 0 and <= LongestSnooze ? null : $"must be more than 0 and at most {LongestSnooze}")) is { } wrong)
        {
            return wrong;
        }

        context.SetAuditSubject(body.Pipeline!);
        await desk.SnoozeAsync(body.Pipeline!, time.GetUtcNow() + TimeSpan.FromMinutes(body.Minutes!.Value), cancellation);
        return TypedResults.NoContent();
    }

    /// <param name="pipeline">Its pipeline.</param>
    /// <param name="context">The call.</param>
    /// <param name="desk">Alerting.</param>
    /// <param name="configuration">The pipelines.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">The request was given up.</param>
    private static async Task<Results<NoContent, ValidationProblem>> WakeAsync(
        string pipeline, HttpContext context, IAlertDesk desk, CurrentConfiguration configuration, TimeProvider time, CancellationToken cancellation)
    {
        if (Words.Wrong(("pipeline", PipelineProblem(pipeline, configuration))) is { } wrong)
        {
            return wrong;
        }

        context.SetAuditSubject(pipeline);
        await desk.SnoozeAsync(pipeline, time.GetUtcNow(), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<AlertPage>, ValidationProblem>> DrillAsync(
        Drill body, IAlertDesk desk, CurrentConfiguration configuration, CancellationToken cancellation) =>
        Words.Wrong(("pipeline", PipelineProblem(body.Pipeline, configuration))) is { } wrong
            ? wrong
            : TypedResults.Ok(new AlertPage("success", [.. (await desk.DrillAsync(body.Pipeline!, cancellation)).Select(AlertReport.Of)]));

    /// <param name="store">The deliveries.</param>
    /// <param name="alert">Only deliveries of this alert.</param>
    /// <param name="limit">Deliveries at most, 1 to 1000.</param>
    private static Results<Ok<DeliveryPage>, ValidationProblem> Deliveries(IAlertStore store, string? alert = null, int limit = LargestPage) =>
        Words.Wrong(("limit", limit is >= 1 and <= MostDeliveries ? null : $"must be 1 to {MostDeliveries}")) is { } wrong
            ? wrong
            : TypedResults.Ok(new DeliveryPage("success", [.. store.Deliveries(alert, limit).Select(DeliveryReport.Of)]));

    private static async Task<Results<Ok<AlertReport>, ValidationProblem, ProblemHttpResult>> ChangeAsync(By? body, HttpContext context, Func<string, Task<Alert?>> change)
    {
        var by = context.PersonLoggedIn() ?? (string.IsNullOrWhiteSpace(body?.Name) ? Somebody : body.Name.Trim());
        return Words.Wrong(("by", by.Length > LongestName ? $"must not be longer than {LongestName} characters" : null)) is { } wrong ? wrong
            : await change(by) is { } alert ? TypedResults.Ok(AlertReport.Of(alert))
            : NoAlert();
    }

    private static string? PipelineProblem(string? name, CurrentConfiguration configuration)
    {
        var pipelines = configuration.Result.Configuration.Pipelines;
        return pipelines.Any(pipeline => pipeline.Name == name) ? null : $"must be one of {string.Join(", ", pipelines.Select(pipeline => Credentials.MaskName(pipeline.Name)))}";
    }

    private static ProblemHttpResult NoAlert() => TypedResults.Problem("there is no such alert", statusCode: StatusCodes.Status404NotFound);

    internal sealed record AlertPage(string Status, IReadOnlyList<AlertReport> Alerts);

    internal sealed record DeliveryPage(string Status, IReadOnlyList<DeliveryReport> Deliveries);

    internal sealed record FeedbackPage(string Status, IReadOnlyList<FeedbackCount> Feedback);

    internal sealed record By([property: System.Text.Json.Serialization.JsonPropertyName("by")] string? Name);

    internal sealed record Judgement(string? Feedback, string? By);

    internal sealed record Drill(string? Pipeline);

    internal sealed record Snooze(string? Pipeline, double? Minutes);
}
