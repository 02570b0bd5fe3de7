using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>The tables of the database and how they came to be.</summary>
internal static class EventSchema
{
    /// <summary>The step after which <see cref="EventMigration"/> fills the tables anew.</summary>
    private const int StepOfPlaces = 2;

    /// <summary>
    /// Step n takes a database of version n to n + 1; steps are only ever added. <c>at</c> is in microseconds since 1970 (UTC), <c>place</c>
    /// is that of <see cref="EventPlace"/>: it is the row id, so each index has the order of time in it. <c>confidence</c> is in hundredths.
    /// <c>numbering</c> has one row: <c>id</c> is that of this database alone, <c>last</c> the greatest <c>seq</c> that was ever given, so
    /// that none is given twice, <c>last_recovered</c> the greatest of an event that was read from its file. Nothing refers to events by a
    /// foreign key: SQLite would look through all labels for each event that is removed.
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
        """
        DROP TABLE event_labels;
        ALTER TABLE events RENAME TO events_before;
        DROP INDEX events_by_pipeline;
        CREATE TABLE events (
            place INTEGER PRIMARY KEY,
            seq INTEGER NOT NULL UNIQUE,
            id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            pipeline TEXT NOT NULL,
            rel_dir TEXT NOT NULL,
            json_file_name TEXT NOT NULL,
            confidence INTEGER,
            feedback TEXT,
            note TEXT,
            document TEXT NOT NULL,
            UNIQUE (rel_dir, json_file_name));
        CREATE INDEX events_by_pipeline ON events (pipeline);
        CREATE INDEX events_by_confidence ON events (confidence);
        CREATE INDEX events_by_tenth ON events (confidence / 10);
        CREATE INDEX events_by_feedback ON events (feedback) WHERE feedback IS NOT NULL;
        CREATE TABLE event_labels (
            label TEXT NOT NULL,
            place INTEGER NOT NULL,
            confidence INTEGER NOT NULL,
            PRIMARY KEY (label, place)) WITHOUT ROWID;
        CREATE TABLE event_states (
            state TEXT NOT NULL,
            place INTEGER NOT NULL,
            PRIMARY KEY (state, place)) WITHOUT ROWID;
        CREATE TABLE event_zones (
            zone TEXT NOT NULL,
            place INTEGER NOT NULL,
            PRIMARY KEY (zone, place)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE event_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
        """,
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    /// <exception cref="SqliteException">It cannot be written, or is damaged.</exception>
    public static void Upgrade(SqliteConnection connection, string path) => SchemaMigrations.Apply(
        connection,
        path,
        Migrations,
        "it is rebuilt from the event files",
        step =>
        {
            if (step == StepOfPlaces)
            {
                EventMigration.Fill(connection);
            }
        });
}
