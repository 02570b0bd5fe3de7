using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Retention;

/// <summary>Walks over the timeline from its oldest event on, a page at a time, however long it is. For the thread that writes.</summary>
internal sealed class OldEvents(EventFolders folders, WriterPulse pulse)
{
    /// <summary>Events of a page.</summary>
    public const int PageSize = 256;

    /// <summary>Before the first event.</summary>
    public static readonly (long At, long Seq) Begin = (long.MinValue, 0);

    /// <summary>Events behind one and before a moment. What the files say of being kept counts, whatever the database knows.</summary>
    public List<StoredEvent> Page(SqliteConnection connection, (long At, long Seq) after, DateTimeOffset before)
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
                pulse.Beat(); // who is asked for the sizes of many files gets on
                yield return row;
            }

            last = page[^1].Key;
        }
    }
}
