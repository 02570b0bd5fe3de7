using System.Text.Json;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Streams;

/// <summary>Events as messages, as the timeline shows them.</summary>
internal sealed class FollowedEvents(IEventFollower events, JsonSerializerOptions json, TimeProvider time) : IFollowedStore
{
    /// <inheritdoc/>
    public StreamCursor End() => Of(events.End());

    /// <inheritdoc/>
    public StreamBatch ReadAfter(StreamCursor cursor, int limit)
    {
        var batch = events.ReadAfter(new EventCursor(cursor.Number, cursor.Key, cursor.At, cursor.Numbering), limit);
        if (batch.IsOfAnother)
        {
            return new StreamBatch([], End(), IsLost: true);
        }

        var (messages, at, now) = (new List<StreamMessage>(batch.Events.Count), cursor.At, time.GetUtcNow());
        foreach (var (seen, number) in batch.Events.Zip(batch.Sequences))
        {
            if (number <= batch.LastRecovered && seen.At < cursor.At - EventCursor.Overlap)
            {
                continue; // copied here or recovered from its file, and older than what was sent: no news
            }

            at = seen.At > at && seen.At <= now ? seen.At : at;
            messages.Add(new StreamMessage(
                StreamTypes.Event,
                JsonSerializer.SerializeToUtf8Bytes(TimelineEntry.For(seen), json),
                new StreamCursor(batch.Cursor.Numbering, number, seen.Id, at)));
        }

        return new StreamBatch(messages, Of(batch.Cursor), IsMore: batch.Events.Count == limit);
    }

    private static StreamCursor Of(EventCursor cursor) => new(cursor.Numbering, cursor.Sequence, cursor.EventId, cursor.At);
}
