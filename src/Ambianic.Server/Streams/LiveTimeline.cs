using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Ambianic.Storage.Files;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Ambianic.Server.Streams;

/// <summary>New events alone, without ids and without what was missed: an older call, for programs that use it.</summary>
internal static class LiveTimeline
{
    public static void MapLiveTimeline(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/timeline/live", (EventFeed feed, IOptions<JsonOptions> json) =>
            new ServerSentEvents(cancellation => ListenAsync(feed, json.Value.SerializerOptions, cancellation), Write))
        .RequireAuthorization(Policies.Viewer)
        .Produces<TimelineEntry>(StatusCodes.Status200OK, "text/event-stream")
        .WithSummary("New events as they happen, as server-sent events");

    /// <summary>An empty event <c>ready</c> first, so that the listener knows at once that it listens; then one message per event.</summary>
    private static async IAsyncEnumerable<StreamFrame> ListenAsync(
        EventFeed feed, JsonSerializerOptions json, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var events = feed.Listen();
        yield return new StreamFrame(StreamTypes.Ready, default, "");
        while (true)
        {
            var seen = await events.NextAsync(cancellation);
            yield return new StreamFrame(StreamTypes.Event, JsonSerializer.SerializeToUtf8Bytes(TimelineEntry.For(seen), json), "");
        }
    }

    private static void Write(IBufferWriter<byte> writer, StreamFrame frame)
    {
        writer.Write(frame.Type == StreamTypes.Ready ? "event: ready\ndata: "u8 : "data: "u8);
        writer.Write(frame.Data.Span);
        writer.Write("\n\n"u8);
    }
}
