using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>The tables of the database of alerts and how they came to be.</summary>
internal static class AlertSchema
{
    /// <summary>
    /// Step n takes a database of version n to n + 1; steps are only ever added. Times are in microseconds since 1970 (UTC), except for
    /// <c>until</c>, which is ISO 8601. A document is the whole record; other columns repeat what is searched. A record that gets a
    /// required property, or an enumeration that gets a word, needs a step, so that an earlier program does not meet it.
    /// <c>changed</c> numbers the changes of alerts; <c>numbering</c> has one row: <c>id</c> is that of this database alone, <c>last</c> the
    /// greatest number that was ever given.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE alerts (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            raised_at INTEGER NOT NULL,
            ended_at INTEGER,
            state TEXT NOT NULL,
            kind TEXT NOT NULL,
            severity TEXT NOT NULL,
            pipeline TEXT NOT NULL,
            feedback TEXT,
            document TEXT NOT NULL);
        CREATE INDEX alerts_by_time ON alerts (raised_at);
        CREATE INDEX alerts_open ON alerts (raised_at) WHERE ended_at IS NULL;
        CREATE INDEX alerts_by_end ON alerts (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX alerts_with_feedback ON alerts (pipeline, kind, feedback) WHERE feedback IS NOT NULL;
        CREATE TABLE deliveries (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            alert_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            state TEXT NOT NULL,
            has_receipt INTEGER NOT NULL,
            document TEXT NOT NULL);
        CREATE INDEX deliveries_by_time ON deliveries (created_at);
        CREATE INDEX deliveries_by_alert ON deliveries (alert_id, created_at);
        CREATE INDEX deliveries_waiting ON deliveries (created_at) WHERE state = 'Waiting';
        CREATE INDEX deliveries_with_receipt ON deliveries (alert_id) WHERE has_receipt = 1;
        CREATE TABLE alert_events (
            seq INTEGER PRIMARY KEY,
            alert_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            stored_at INTEGER NOT NULL,
            UNIQUE (event_id, alert_id));
        CREATE INDEX alert_events_by_alert ON alert_events (alert_id);
        CREATE TABLE snoozes (pipeline TEXT PRIMARY KEY, until TEXT NOT NULL);
        CREATE TABLE subscriptions (id TEXT PRIMARY KEY, endpoint TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
        CREATE TABLE settings (name TEXT PRIMARY KEY, value NOT NULL);
        CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
        """,
        """
        ALTER TABLE alerts ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
        UPDATE alerts SET changed = seq;
        CREATE INDEX alerts_by_change ON alerts (changed);
        CREATE TABLE numbering (id TEXT NOT NULL, last INTEGER NOT NULL);
        INSERT INTO numbering SELECT lower(hex(randomblob(16))), coalesce(max(changed), 0) FROM alerts;
        """,
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Upgrade(SqliteConnection connection, string path) =>
        SchemaMigrations.Apply(connection, path, Migrations, "open alerts, messages that wait, links in messages and subscriptions are lost then");
}
