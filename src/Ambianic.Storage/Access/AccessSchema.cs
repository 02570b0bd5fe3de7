using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Access;

/// <summary>The tables of the database of access and how they came to be.</summary>
internal static class AccessSchema
{
    /// <summary>Step n takes a database of version n to n + 1; steps are only ever added. Times are in milliseconds since 1970 (UTC).</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE users (
            name TEXT PRIMARY KEY,
            password_hash TEXT NOT NULL,
            role TEXT NOT NULL,
            created_at INTEGER NOT NULL);
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            hash TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            used_at INTEGER);
        CREATE TABLE sessions (
            hash TEXT PRIMARY KEY,
            user TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            used_at INTEGER NOT NULL);
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            address TEXT NOT NULL);
        """,
        """
        ALTER TABLE tokens ADD COLUMN owner TEXT;
        CREATE TABLE devices (
            hash TEXT NOT NULL,
            user TEXT NOT NULL,
            used_at INTEGER NOT NULL,
            PRIMARY KEY (hash, user));
        ALTER TABLE audit ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN kind TEXT NOT NULL DEFAULT 'change';
        ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
        UPDATE audit SET kind = 'refusal' WHERE what = 'log-in refused';
        UPDATE audit SET kind = 'log_in' WHERE what IN ('log-in', 'log-out');
        CREATE INDEX audit_by_kind ON audit (kind, seq);
        """,
    ];

    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Upgrade(SqliteConnection connection, string path) =>
        SchemaMigrations.Apply(connection, path, Migrations, "all users and tokens have to be added again");
}
