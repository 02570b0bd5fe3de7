using System.ComponentModel;
using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Events: found by any of what they hold, in pages that stay stable while events come and go, and what people do with them.</summary>
internal static class EventsApi
{
    private const int DefaultPageSize = 50;
    private const int LargestPage = 200;
    private const int LongestText = 200;
    private const int LongestNote = 2000;
    private const string NoFeedback = "none";

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/events", ListAsync).RequireAuthorization(Policies.Viewer)
            .WithSummary("A page of events, newest or oldest first")
            .WithAnswers((200, "The page, and the cursor of the next one"), (304, "The page is the one whose entity tag was sent"), (400, "A parameter is wrong, or the cursor is damaged or of another query"));
        routes.MapGet("/api/events/{id}", FindAsync).RequireAuthorization(Policies.Viewer)
            .WithSummary("An event")
            .WithAnswers((200, "The event"), (304, "The event is as it was when its entity tag was sent"), (404, "There is no such event"));
        routes.MapDelete("/api/events/{id}", DeleteAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Removes an event with its pictures for good, also a pinned one")
            .WithAnswers((204, "It is gone, also after a loss of power"), (404, "There is no such event"));
        routes.MapPut("/api/events/{id}/note", NoteAsync).RequireAuthorization(Policies.Carer)
            .WithSummary("Writes a note of an event, in place of the one before")
            .WithAnswers((200, "The event as it is now"), (400, "The note is too long"), (404, "There is no such event"));
        routes.MapPut("/api/events/{id}/feedback", FeedbackAsync).RequireAuthorization(Policies.Carer)
            .WithSummary("Says whether an event is correct or a false alarm, or takes that back")
            .WithAnswers((200, "The event as it is now"), (400, "The feedback is none of these words"), (404, "There is no such event"));
        routes.MapPut("/api/events/{id}/pin", (string id, IEventStore store, CancellationToken cancellation) => PinAsync(id, true, store, cancellation))
            .RequireAuthorization(Policies.Carer).WithSummary("Pins an event: it does not age, and is among the last to be removed");
        routes.MapDelete("/api/events/{id}/pin", (string id, IEventStore store, CancellationToken cancellation) => PinAsync(id, false, store, cancellation))
            .RequireAuthorization(Policies.Carer).WithSummary("Unpins an event");
    }

    private static async Task<Results<TaggedJson<EventList>, ValidationProblem>> ListAsync(
        IEventArchive events,
        [Description("Only events at or after this time, ISO 8601")] DateTimeOffset? from = null,
        [Description("Only events before this time, ISO 8601")] DateTimeOffset? to = null,
        [Description("Only events of this pipeline")] string? pipeline = null,
        [Description("Only events that show this")] string? label = null,
        [Description("Only events with a detection at least this certain, 0 to 1, of `label` when that is given; compared in whole hundredths")] double? confidence = null,
        [Description("Only events with this fall state or visibility, as long_lie or no_video")] string? state = null,
        [Description("Only events with a detection in this zone")] string? zone = null,
        [Description("Only events with all these whole words in pipeline, source, labels, states, zones, reason or note")] string? text = null,
        [Description("Only events of which a person said this: correct or false_alarm")] string? feedback = null,
        [Description("newest or oldest, which comes first")] string order = "newest",
        [Description("Events a page, 1 to 200")] int limit = DefaultPageSize,
        [Description("`next` of the page before, with the same filters and order")] string? cursor = null,
        CancellationToken cancellation = default)
    {
        if (Words.Wrong(
            ("from", from > to ? "is later than to" : null),
            ("confidence", confidence is null or (>= 0 and <= 1) ? null : "must be 0 to 1"),
            ("state", state is null || EventStates.All.Contains(state) ? null : $"must be one of {string.Join(", ", EventStates.All)}"),
            ("text", text is null || (text.Length <= LongestText && !string.IsNullOrWhiteSpace(text)) ? null : $"must have 1 to {LongestText} characters, not all of them blank"),
            ("feedback", Words.Problem<EventFeedback>(feedback)),
            ("order", Words.Problem<EventOrder>(order)),
            ("limit", limit is >= 1 and <= LargestPage ? null : $"must be 1 to {LargestPage}")) is { } wrong)
        {
            return wrong;
        }

        var query = new EventQuery
        {
            From = from,
            To = to,
            Pipeline = pipeline,
            Label = label,
            MinConfidence = confidence,
            State = state,
            Zone = zone,
            Text = text,
            Feedback = Words.Parse<EventFeedback>(feedback),
            Limit = limit,
        };
        var pages = new EventPageCursor(query, Words.Parse<EventOrder>(order)!.Value);
        long? after = null;
        if (cursor is not null && (after = pages.Parse(cursor)) is null)
        {
            return Words.Wrong(("cursor", "is damaged, or of another query: send the next of a page as it is, with the same filters and order"))!;
        }

        var page = await events.PageAsync(query, pages.Order, after, cancellation);
        return new TaggedJson<EventList>(new EventList([.. page.Events.Select(EventReport.Of)], page.Next is { } next ? pages.Text(next) : null));
    }

    private static async Task<Results<TaggedJson<EventReport>, ProblemHttpResult>> FindAsync(
        [Description("The event")] string id, IEventArchive events, CancellationToken cancellation) =>
        await events.FindAsync(id, cancellation) is { } seen ? new TaggedJson<EventReport>(EventReport.Of(seen)) : NoEvent();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The event")] string id, IEventArchive events, CancellationToken cancellation) =>
        await events.DeleteAsync(id, cancellation) ? TypedResults.NoContent() : NoEvent();

    private static async Task<Results<Ok<EventReport>, ValidationProblem, ProblemHttpResult>> NoteAsync(
        [Description("The event")] string id, EventNote body, IEventArchive events, CancellationToken cancellation)
    {
        var note = body.Note?.Trim();
        if (Words.Wrong(
            ("note", note is null || note.Length <= LongestNote ? null : $"must not be longer than {LongestNote} characters"),
            ("note", note is null || !note.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')) ? null : "must not have control characters")) is { } wrong)
        {
            return wrong;
        }

        return await RemarkAsync(id, events, remarks => remarks with { Note = string.IsNullOrEmpty(note) ? null : note }, cancellation) is { } changed
            ? TypedResults.Ok(changed)
            : NoEvent();
    }

    private static async Task<Results<Ok<EventReport>, ValidationProblem, ProblemHttpResult>> FeedbackAsync(
        [Description("The event")] string id, EventJudgement body, IEventArchive events, CancellationToken cancellation)
    {
        var problem = body.Feedback is null ? "is missing" : body.Feedback == NoFeedback ? null : Words.Problem<EventFeedback>(body.Feedback) is { } other ? $"{other}, {NoFeedback}" : null;
        if (Words.Wrong(("feedback", problem)) is { } wrong)
        {
            return wrong;
        }

        var feedback = Words.Parse<EventFeedback>(body.Feedback); // null for none
        return await RemarkAsync(id, events, remarks => remarks with { Feedback = feedback }, cancellation) is { } changed
            ? TypedResults.Ok(changed)
            : NoEvent();
    }

    private static async Task<EventReport?> RemarkAsync(string id, IEventArchive events, Func<EventRemarks, EventRemarks> change, CancellationToken cancellation) =>
        await events.RemarkAsync(id, change, cancellation) is { } seen ? EventReport.Of(seen) : null;

    private static async Task<Results<NoContent, NotFound<Fault>>> PinAsync(
        string id, bool isPinned, IEventStore store, CancellationToken cancellation) =>
        await store.PinAsync(id, isPinned, cancellation)
            ? TypedResults.NoContent()
            : TypedResults.NotFound(new Fault("there is no such event"));

    private static ProblemHttpResult NoEvent() => TypedResults.Problem("there is no such event", statusCode: StatusCodes.Status404NotFound);

    internal sealed record Fault(string Detail);
}
