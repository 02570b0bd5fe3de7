using Ambianic.Server.Access;
using Ambianic.Server.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Streams;

/// <summary>Tells what happens as it happens.</summary>
internal static class StreamApi
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/stream", Listen)
            .RequireAuthorization(Policies.Viewer)
            .Produces<StreamMessages>(StatusCodes.Status200OK, "text/event-stream")
            .WithSummary("Events, alerts and health as they change, as server-sent events; goes on behind the header Last-Event-ID");
        routes.MapGet("/api/stream/ws", ListenBySocket)
            .RequireAuthorization(Policies.Viewer).WithEffect() // a page of another site may not read it either
            .Produces<StreamMessages>(StatusCodes.Status101SwitchingProtocols)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status426UpgradeRequired)
            .WithSummary("The same messages by WebSocket, each as {type, id, data}");
    }

    /// <param name="context">The request.</param>
    /// <param name="hub">Tells.</param>
    /// <param name="types">What to tell: events, alerts, health, with commas; everything when it is not given.</param>
    /// <param name="after">The id of the message that the caller had last, for who cannot send the header Last-Event-ID.</param>
    private static Results<ServerSentEvents, ValidationProblem> Listen(HttpContext context, StreamHub hub, string? types = null, string? after = null) =>
        Problem(types) is { } wrong ? wrong : new ServerSentEvents(Messages(context, hub, types, after), ServerSentEvents.Write);

    /// <param name="context">The request.</param>
    /// <param name="hub">Tells.</param>
    /// <param name="types">What to tell: events, alerts, health, with commas; everything when it is not given.</param>
    /// <param name="after">The id of the message that the caller had last.</param>
    private static Results<StreamSocket, ValidationProblem, ProblemHttpResult> ListenBySocket(HttpContext context, StreamHub hub, string? types = null, string? after = null) =>
        Problem(types) is { } wrong ? wrong
        : context.WebSockets.IsWebSocketRequest ? new StreamSocket(Messages(context, hub, types, after))
        : TypedResults.Problem("this call is for WebSockets (RFC 6455); without one, call /api/stream", statusCode: StatusCodes.Status426UpgradeRequired);

    private static Func<CancellationToken, IAsyncEnumerable<StreamFrame>> Messages(HttpContext context, StreamHub hub, string? types, string? after) =>
        cancellation => hub.ListenAsync(StreamTypes.Parse(types), ResumeFrom(context, after), cancellation);

    private static ValidationProblem? Problem(string? types) =>
        Words.Wrong(("types", StreamTypes.Parse(types) == StreamTopics.None ? "must be one or more of events, alerts, health, with commas" : null));

    /// <summary>A browser that reconnects by itself sends the header, and the address as it was.</summary>
    private static string? ResumeFrom(HttpContext context, string? after) =>
        context.Request.Headers[LastEventId].FirstOrDefault() is { Length: > 0 } id ? id : string.IsNullOrEmpty(after) ? null : after;
}

/// <summary>A message of a stream, for the description of the calls.</summary>
/// <param name="Type">A word of <see cref="StreamTypes"/>: the name of a server-sent event.</param>
/// <param name="Id">What to send back to go on behind it.</param>
/// <param name="Data">An event as /api/timeline has it, an alert as /api/alerts, the health as /api/health, or what a reset is for.</param>
internal sealed record StreamMessages(string Type, string Id, object Data);
