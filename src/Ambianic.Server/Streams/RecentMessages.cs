namespace Ambianic.Server.Streams;

/// <summary>
/// The newest messages of a store, in memory once for all listeners; who is further behind reads the store. Brought up to date by one
/// thread, read by any.
/// </summary>
internal sealed class RecentMessages(IFollowedStore store)
{
    /// <summary>Messages that are kept.</summary>
    public const int Kept = 256;

    private volatile Window? _window;

    /// <summary>Where they are stored.</summary>
    public IFollowedStore Store => store;

    /// <summary>Before the oldest; null until the store could be read.</summary>
    public StreamCursor? Begin => _window?.Begin;

    /// <summary>Behind the newest; null until the store could be read.</summary>
    public StreamCursor? End => _window?.End;

    /// <summary>Reads what is new.</summary>
    /// <returns>True when there is something for listeners.</returns>
    /// <exception cref="IOException">It cannot be read; what was read before is kept.</exception>
    public bool Update()
    {
        if (_window is not { } before)
        {
            var end = store.End();
            _window = new Window(end, [], end);
            return true;
        }

        var batch = store.ReadAfter(before.End, Kept);
        for (var window = before; ; batch = store.ReadAfter(window.End, Kept))
        {
            _window = window = batch.IsLost ? new Window(batch.Cursor, [], batch.Cursor) : window.With(batch);
            if (!batch.IsMore)
            {
                return window.End != before.End;
            }
        }
    }

    /// <summary>What follows a place; null when that is not known here any more, or not of this database.</summary>
    public StreamBatch? After(StreamCursor cursor)
    {
        if (_window is not { } window || cursor.Numbering != window.Begin.Numbering || cursor.Number < window.Begin.Number)
        {
            return null;
        }

        return cursor.Number >= window.End.Number
            ? new StreamBatch([], cursor)
            : new StreamBatch([.. window.Messages.Where(message => message.Cursor.Number > cursor.Number)], window.End);
    }

    private sealed record Window(StreamCursor Begin, IReadOnlyList<StreamMessage> Messages, StreamCursor End)
    {
        public Window With(StreamBatch next)
        {
            List<StreamMessage> all = [.. Messages, .. next.Messages];
            var tooMany = Math.Max(0, all.Count - Kept);
            return new Window(tooMany > 0 ? all[tooMany - 1].Cursor : Begin, tooMany > 0 ? all[tooMany..] : all, next.Cursor);
        }
    }
}
