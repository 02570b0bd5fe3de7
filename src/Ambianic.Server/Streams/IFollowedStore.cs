namespace Ambianic.Server.Streams;

/// <summary>A durable store as a sequence of messages.</summary>
internal interface IFollowedStore
{
    /// <summary>Behind what is stored now.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    StreamCursor End();

    /// <summary>What was stored after a place.</summary>
    /// <param name="cursor">Where the last read ended.</param>
    /// <param name="limit">Messages at most, from 1.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    StreamBatch ReadAfter(StreamCursor cursor, int limit);
}

/// <summary>Messages that follow a place.</summary>
/// <param name="Messages">In the order in which they were stored.</param>
/// <param name="Cursor">Behind the last of them.</param>
/// <param name="IsMore">True when others may follow.</param>
/// <param name="IsLost">True when the place does not belong to this database; then the cursor is its end.</param>
internal sealed record StreamBatch(IReadOnlyList<StreamMessage> Messages, StreamCursor Cursor, bool IsMore = false, bool IsLost = false);

/// <summary>A message of a store, written once for all listeners.</summary>
/// <param name="Type"><c>event</c> or <c>alert</c>.</param>
/// <param name="Data">JSON in UTF-8, one line.</param>
/// <param name="Cursor">Its place.</param>
internal sealed record StreamMessage(string Type, ReadOnlyMemory<byte> Data, StreamCursor Cursor);
