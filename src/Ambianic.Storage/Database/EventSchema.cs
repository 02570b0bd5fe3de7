using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>The tables of the database and how they came to be.</summary>
internal static class EventSchema
{
    /// <summary>
    /// Step n takes a database of version n to n + 1; steps are only ever added. <c>at</c> is in microseconds since 1970 (UTC).
    /// <c>numbering</c> has one row: <c>id</c> is that of this database alone, <c>last</c> the greatest <c>seq</c> that was ever given, so
    /// that none is given twice, <c>last_recovered</c> the greatest of an event that was read from its file.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            pipeline TEXT NOT NULL,
            rel_dir TEXT NOT NULL,
            json_file_name TEXT NOT NULL,
            document TEXT NOT NULL,
            UNIQUE (rel_dir, json_file_name));
        CREATE INDEX events_by_time ON events (at);
        CREATE INDEX events_by_pipeline ON events (pipeline, at);
        CREATE TABLE event_labels (
            label TEXT NOT NULL,
            at INTEGER NOT NULL,
            seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
            PRIMARY KEY (label, at, seq)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE numbering (id TEXT NOT NULL, last INTEGER NOT NULL, last_recovered INTEGER NOT NULL);
        INSERT INTO numbering SELECT lower(hex(randomblob(16))), coalesce(max(seq), 0), 0 FROM events;
        """,
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Upgrade(SqliteConnection connection, string path) =>
        SchemaMigrations.Apply(connection, path, Migrations, "it is rebuilt from the event files");
}
