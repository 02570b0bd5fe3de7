using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Bytes of the files of all events, counted a part at a time: with many events that takes long, and who has seen a fall must not
/// wait for it. For the thread that writes.
/// </summary>
internal sealed class EventSizes(OldEvents events, EventFolders folders, TimeProvider time)
{
    private static readonly TimeSpan Part = TimeSpan.FromSeconds(0.2);

    private (long At, long Seq) _counted = OldEvents.Begin;
    private long _bytes;

    /// <summary>The sum; null until it is counted.</summary>
    public long? Sum { get; private set; }

    /// <summary>An event was stored; while the counting is under way it comes to it later.</summary>
    public void Add(long bytes) => Sum += bytes;

    /// <summary>What was counted is not true any more.</summary>
    public void CountAnew() => (Sum, _counted, _bytes) = (null, OldEvents.Begin, 0);

    /// <summary>Removes files, which counts only when it succeeds.</summary>
    /// <param name="remove">Gives the bytes that are free then.</param>
    public void Subtract(Func<long> remove)
    {
        var sum = Sum;
        CountAnew();
        Sum = sum - remove();
    }

    /// <summary>Counts on, unless all is counted.</summary>
    public void Count(SqliteConnection connection)
    {
        var begun = time.GetTimestamp();
        while (Sum is null && time.GetElapsedTime(begun) < Part)
        {
            var page = events.Page(connection, _counted, DateTimeOffset.MaxValue);
            _bytes += page.Sum(row => folders.SizeOf(row.Event));
            _counted = page.Count > 0 ? page[^1].Key : _counted;
            Sum = page.Count < OldEvents.PageSize ? _bytes : null;
        }
    }
}
