using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>The database of events: an index over their files that can be rebuilt from them. One writer, many readers.</summary>
internal sealed class EventDatabase(string path)
{
    /// <summary>Its name within the data directory.</summary>
    public const string FileName = "events.db";

    private const int PageOfReaders = 256;
    private const int SqliteCorrupt = 11;

    private readonly SqliteFile _file = new(path);
    private volatile string? _damage;

    /// <summary>Its file.</summary>
    public string Path => _file.Path;

    /// <inheritdoc cref="SqliteFile.Exists"/>
    public bool Exists => _file.Exists;

    /// <summary>The damage that was met, for people, until it is replaced; null when there is none. Asks no disk.</summary>
    public string? Damage => _damage;

    /// <summary>True after damage was met; it is to be replaced then.</summary>
    public bool IsDamaged => File.Exists(Path + SqliteFile.DamageMark);

    /// <summary>Makes the database or brings it up to date.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is damaged as far as the newest event shows or an earlier run has met.</exception>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public void Prepare()
    {
        if (IsDamaged)
        {
            throw new SqliteException("damage was met while it was in use", SqliteCorrupt);
        }

        using var connection = OpenToWrite();
        connection.Run("PRAGMA journal_mode = WAL;");
        EventSchema.Upgrade(connection, Path);
        using var newest = connection.Command("SELECT document FROM events ORDER BY place DESC LIMIT 1;");
        newest.ExecuteScalar();
        _damage = null;
    }

    /// <summary>Opens the one connection that writes: what is committed on it has reached the disk.</summary>
    public SqliteConnection OpenToWrite() => _file.Open("PRAGMA synchronous = FULL;");

    /// <summary>Those of <paramref name="jsonFiles"/>, all in one folder, that the database does not know.</summary>
    public IEnumerable<string> Unknown(string relDir, IEnumerable<string> jsonFiles)
    {
        using var connection = OpenToRead();
        using var command = connection.Command("SELECT 1 FROM events WHERE rel_dir = $relDir AND json_file_name = $name;");
        foreach (var name in jsonFiles)
        {
            command.Bind(("$relDir", relDir), ("$name", name));
            if (command.ExecuteScalar() is null)
            {
                yield return name;
            }
        }
    }

    /// <summary>
    /// Events that match, newest first, read in pages: a slow consumer holds no snapshot, which would keep the
    /// write-ahead log growing, and sees no event twice.
    /// </summary>
    public IEnumerable<DetectionEvent> Query(EventQuery query)
    {
        var left = Math.Max(0, query.Limit);
        var offset = Math.Max(0, query.Offset);
        long? last = null;
        while (left > 0)
        {
            var page = Page(query, EventOrder.Newest, last, offset, Math.Min(left, PageOfReaders));
            foreach (var (place, seen) in page)
            {
                yield return seen;
                last = place;
            }

            if (page.Count < PageOfReaders)
            {
                yield break;
            }

            left -= page.Count;
            offset = 0;
        }
    }

    /// <summary>Some of the events that match.</summary>
    /// <param name="query">Which.</param>
    /// <param name="order">In which order.</param>
    /// <param name="after">Only events behind this place; null begins.</param>
    /// <param name="offset">Events to pass over.</param>
    /// <param name="limit">At most so many.</param>
    public List<StoredEvent> Page(EventQuery query, EventOrder order, long? after, int offset, int limit)
    {
        using var connection = OpenToRead();
        using var command = connection.Command(EventSql.Select(query, order));
        EventSql.Bind(command, query, order, after);
        command.Bind(("$limit", limit), ("$offset", offset));
        using var reader = command.ExecuteReader();
        List<StoredEvent> page = [];
        while (reader.Read())
        {
            page.Add(EventRows.Read(reader));
        }

        return page;
    }

    /// <summary>The row of an event file; null when there is none.</summary>
    public StoredEvent? Find(string relDir, string jsonFile)
    {
        using var connection = OpenToRead();
        using var command = connection.Command($"SELECT {EventRows.Columns} FROM events AS e WHERE e.rel_dir = $relDir AND e.json_file_name = $name;");
        command.Bind(("$relDir", relDir), ("$name", jsonFile));
        using var reader = command.ExecuteReader();
        return reader.Read() ? EventRows.Read(reader) : null;
    }

    /// <summary>Number of events that match.</summary>
    public long Count(EventQuery query)
    {
        using var connection = OpenToRead();
        using var command = connection.Command(EventSql.Count(query));
        EventSql.Bind(command, query, EventOrder.Newest, after: null);
        return Convert.ToInt64(command.ExecuteScalar(), null);
    }

    /// <summary>Says what went wrong; damage is marked, so that the database is rebuilt.</summary>
    public IOException Failure(Exception error)
    {
        var reported = StorageFailure.At(Path, error);
        if (error is InvalidDataException || (error is SqliteException failure && StorageFailure.IsCorruption(failure)))
        {
            _damage = reported.Message;
            try
            {
                File.WriteAllBytes(Path + SqliteFile.DamageMark, []);
            }
            catch (Exception unmarked) when (StorageFailure.IsOne(unmarked))
            {
                // the disk fails too, which is what the caller is about to hear
            }
        }

        return reported;
    }

    /// <inheritdoc cref="SqliteFile.Release"/>
    public void ReleaseFile() => _file.Release();

    /// <summary>Writes everything back into the one file and leaves none beside it.</summary>
    public void Settle()
    {
        using (var connection = OpenToWrite())
        {
            connection.Run("PRAGMA journal_mode = DELETE;");
        }

        ReleaseFile();
    }

    /// <inheritdoc cref="SqliteFile.MoveAside"/>
    public string MoveAside(string suffix) => _file.MoveAside(suffix);

    /// <summary>Keeps a damaged database under another name and makes an empty one.</summary>
    /// <returns>The path of the damaged one.</returns>
    public string Replace(DateTimeOffset now)
    {
        ReleaseFile();
        var aside = MoveAside($"broken-{EventNames.For(now)}");
        Prepare();
        return aside;
    }

    /// <inheritdoc cref="SqliteFile.Delete"/>
    public void Delete() => _file.Delete();

    /// <summary>A moment as the database keeps it.</summary>
    internal static long Microseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Opens a connection that cannot write.</summary>
    internal SqliteConnection OpenToRead() => Exists
        ? _file.Open("PRAGMA query_only = ON;")
        : throw new FileNotFoundException($"{Path}: was deleted; it is rebuilt from the event files within a minute", Path);
}
