using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Visits;

/// <summary>The tables of the database of visits and how they came to be.</summary>
internal static class VisitSchema
{
    /// <summary>
    /// Step n takes a database of version n to n + 1; steps are only ever added. Times are in microseconds since 1970 (UTC), lengths of time in
    /// microseconds. A document is the whole visit; other columns repeat what is searched.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE visits (
            id TEXT PRIMARY KEY,
            started_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            is_open INTEGER NOT NULL,
            pipeline TEXT NOT NULL,
            label TEXT NOT NULL,
            document TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX visits_by_start ON visits (started_at, id);
        CREATE INDEX visits_by_pipeline ON visits (pipeline, started_at, id);
        CREATE INDEX visits_by_label ON visits (label, started_at, id);
        CREATE INDEX visits_open ON visits (id) WHERE is_open = 1;
        CREATE TABLE visit_pictures (
            event_id TEXT NOT NULL,
            visit_id TEXT NOT NULL,
            PRIMARY KEY (event_id, visit_id)) WITHOUT ROWID;
        CREATE INDEX pictures_by_visit ON visit_pictures (visit_id);
        """,
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Upgrade(SqliteConnection connection, string path) =>
        SchemaMigrations.Apply(connection, path, Migrations, "visits before that are then shown as single events");
}
