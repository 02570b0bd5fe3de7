using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Retention;

/// <summary>Reads the timeline from its oldest event on, a page at a time. For the thread that writes.</summary>
internal sealed class OldestEventReader(EventFolders folders, WriterPulse pulse)
{
    /// <summary>Events of a page.</summary>
    public const int PageSize = 256;

    /// <summary>Before the first event.</summary>
    public const long Begin = long.MinValue;

    /// <summary>Events behind a place and before a moment. Whether they are pinned is read from their files.</summary>
    public List<StoredEvent> Page(SqliteConnection connection, long after, DateTimeOffset before)
    {
        pulse.Beat();
        return [.. EventRows.Oldest(connection, after, before, PageSize).Select(row => row with { Event = folders.WithPin(row.Event) })];
    }

    /// <summary>All events.</summary>
    public IEnumerable<StoredEvent> All(SqliteConnection connection)
    {
        var last = Begin;
        while (Page(connection, last, DateTimeOffset.MaxValue) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                pulse.Beat(); // a caller that sums the sizes of many files makes progress
                yield return row;
            }

            last = page[^1].Place;
        }
    }
}
