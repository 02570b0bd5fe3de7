using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Access;

/// <summary>The audit log as rows.</summary>
internal static class AuditRows
{
    /// <summary>Adds an entry, and removes the oldest of its kind when there are too many.</summary>
    public static void Add(SqliteConnection connection, AuditEntry entry)
    {
        var kind = Word(entry.Kind);
        AccessRows.Run(
            connection,
            "INSERT INTO audit (at, who, what, subject, address, kind, count) VALUES ($at, $who, $what, $subject, $from, $kind, $count)",
            ("$at", AccessRows.Value(entry.At)), ("$who", entry.Who), ("$what", entry.What), ("$subject", entry.Subject), ("$from", entry.From), ("$kind", kind), ("$count", entry.Count));
        AccessRows.Run(
            connection,
            "DELETE FROM audit WHERE kind = $kind AND seq <= (SELECT seq FROM audit WHERE kind = $kind ORDER BY seq DESC LIMIT 1 OFFSET $most)",
            ("$kind", kind), ("$most", Most(entry.Kind)));
    }

    /// <summary>The newest entries, the newest first.</summary>
    public static IReadOnlyList<AuditEntry> Read(SqliteConnection connection, int limit) => AccessRows.Read(
        connection, $"SELECT at, who, what, subject, address, kind, count FROM audit ORDER BY seq DESC LIMIT {limit.ToString(CultureInfo.InvariantCulture)}", row => new AuditEntry(
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), Kind(row.GetString(5)), row.GetInt32(6)));

    private static int Most(AuditKind kind) => kind == AuditKind.Change ? 10_000 : 5_000;

    private static string Word(AuditKind kind) => kind switch
    {
        AuditKind.Care => "care",
        AuditKind.LogIn => "log_in",
        AuditKind.Refusal => "refusal",
        _ => "change",
    };

    private static AuditKind Kind(string word) => Enum.GetValues<AuditKind>().FirstOrDefault(kind => Word(kind) == word);
}
