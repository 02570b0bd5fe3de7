namespace Ambianic.Server.Streams;

/// <summary>How far one listener has come in one store. For one thread at a time.</summary>
/// <param name="recent">The newest messages of the store.</param>
/// <param name="topic"><c>events</c> or <c>alerts</c>.</param>
/// <param name="isResumed">True when the place is the listener's word, and has to be looked at.</param>
/// <param name="start">Where it begins; null when that is not known.</param>
internal sealed class StreamTrack(RecentMessages recent, string topic, bool isResumed, StreamCursor? start)
{
    /// <summary>Who has missed more reads pages instead.</summary>
    public const int MostMissed = 10_000;

    private const int BatchOfStore = 64;

    /// <summary>Listeners that read a store at once: many come back together after a restart.</summary>
    private static readonly SemaphoreSlim Gate = new(2);

    private bool _mustLook = isResumed;
    private string _lost = "the id is none of this stream";

    /// <summary>Behind what was sent; null while the store cannot be read.</summary>
    public StreamCursor? Cursor { get; private set; } = isResumed ? start : start ?? recent.End;

    /// <summary>What has to be told of after <see cref="StreamBatch.IsLost"/>.</summary>
    public StreamReset Reset => new(topic, $"{_lost}: what happened since cannot be told; read the {topic} again");

    /// <summary>What comes next.</summary>
    /// <returns>Null when there is nothing now, or the store cannot be read now.</returns>
    public async ValueTask<StreamBatch?> NextAsync(CancellationToken cancellation)
    {
        if (recent.End is not { } end)
        {
            return null;
        }

        if (_mustLook)
        {
            return await LookAsync(end, cancellation);
        }

        Cursor ??= recent.Begin!;
        return recent.After(Cursor) ?? await ReadAsync(Cursor, cancellation);
    }

    /// <summary>A message was sent.</summary>
    public void Advance(StreamCursor cursor) => Cursor = cursor;

    private async ValueTask<StreamBatch?> LookAsync(StreamCursor end, CancellationToken cancellation)
    {
        StreamBatch? batch;
        if (Cursor is not { } cursor)
        {
            batch = new StreamBatch([], end, IsLost: true);
        }
        else if (cursor.Numbering == end.Numbering && end.Number - cursor.Number > MostMissed)
        {
            _lost = $"the id is too old, with more than {MostMissed} numbers since";
            batch = new StreamBatch([], end, IsLost: true);
        }
        else
        {
            batch = (cursor.Numbering, cursor.Number, cursor.Key) == (end.Numbering, end.Number, end.Key)
                ? new StreamBatch([], cursor)
                : await ReadAsync(cursor, cancellation);
        }

        _mustLook = batch is null;
        return batch;
    }

    private async ValueTask<StreamBatch?> ReadAsync(StreamCursor cursor, CancellationToken cancellation)
    {
        await Gate.WaitAsync(cancellation);
        try
        {
            _lost = "the id is of another database";
            return await Task.Run(() => recent.Store.ReadAfter(cursor, BatchOfStore), cancellation);
        }
        catch (IOException)
        {
            return null; // tried again with the next sign of life; the health says that it cannot be read
        }
        finally
        {
            Gate.Release();
        }
    }
}
