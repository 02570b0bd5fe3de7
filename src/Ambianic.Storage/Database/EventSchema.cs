using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>The tables of the database and how they came to be.</summary>
internal static class EventSchema
{
    /// <summary>
    /// Step n takes a database of version n to n + 1; steps are only ever added. <c>at</c> is in microseconds since 1970 (UTC).
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
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Upgrade(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version;";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
        {
            throw new IOException(
                $"{path}: written by a newer Ambianic (version {version}, this one knows {Migrations.Length}); "
                + "install that version again, or move the file away: it is rebuilt from the event files");
        }

        for (; version < Migrations.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            command.CommandText = $"{Migrations[version]} PRAGMA user_version = {version + 1};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }
}
