using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Bytes of the files of all events, counted a part at a time: with many events that takes long, and the report of a fall must
/// not wait for it. For the thread that writes.
/// </summary>
internal sealed class EventSizes(OldestEventReader events, EventFolders folders, TimeProvider time)
{
    private static readonly TimeSpan Part = TimeSpan.FromSeconds(0.2);

    private long _counted = OldestEventReader.Begin;
    private long _bytes;

    /// <summary>The sum; null until it is counted.</summary>
    public long? Sum { get; private set; }

    /// <summary>Adds a stored event; without effect while counting, which reaches it later.</summary>
    public void Add(long bytes) => Sum += bytes;

    /// <summary>Discards the count, which begins again.</summary>
    public void Recount() => (Sum, _counted, _bytes) = (null, OldestEventReader.Begin, 0);

    /// <summary>Removes files, which counts only when it succeeds.</summary>
    /// <param name="remove">Gives the bytes that are free then.</param>
    public void Subtract(Func<long> remove)
    {
        var sum = Sum;
        Recount();
        Sum = sum - remove();
    }

    /// <summary>Continues to count, for 0.2 s at most.</summary>
    public void Count(SqliteConnection connection)
    {
        var begun = time.GetTimestamp();
        while (Sum is null && time.GetElapsedTime(begun) < Part)
        {
            var page = events.Page(connection, _counted, DateTimeOffset.MaxValue);
            _bytes += page.Sum(row => folders.SizeOf(row.Event));
            _counted = page.Count > 0 ? page[^1].Place : _counted;
            Sum = page.Count < OldestEventReader.PageSize ? _bytes : null;
        }
    }
}
