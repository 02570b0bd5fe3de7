using Ambianic.Core.Alerts;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>The numbers of changes of alerts in <see cref="AlertDatabase"/>. In one database each is given once and they only grow.</summary>
internal static class AlertSequence
{
    /// <summary>Takes the next number, within the transaction of the caller.</summary>
    public static long Next(SqliteConnection connection)
    {
        using var command = connection.Command("UPDATE numbering SET last = last + 1 RETURNING last;");
        return command.ExecuteScalar() is long next ? next : throw Missing();
    }

    /// <summary>Numbers that were copied from another database are taken, within the transaction of the caller.</summary>
    public static void Continue(SqliteConnection connection) =>
        connection.Run("UPDATE numbering SET last = (SELECT coalesce(max(changed), 0) FROM alerts);");

    /// <summary>Behind the last change.</summary>
    public static AlertCursor End(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT id, last FROM numbering;");
        using var reader = command.ExecuteReader();
        return reader.Read() ? new AlertCursor(reader.GetInt64(1), reader.GetString(0)) : throw Missing();
    }

    /// <summary>Alerts that changed after a position, as they are now.</summary>
    /// <param name="connection">It can read.</param>
    /// <param name="cursor">The position.</param>
    /// <param name="limit">Alerts at most, from 1.</param>
    public static AlertBatch ReadAfter(SqliteConnection connection, AlertCursor cursor, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var snapshot = connection.BeginTransaction(deferred: true);
        var end = End(connection);
        if (cursor.Numbering != end.Numbering || cursor.Change > end.Change)
        {
            return new AlertBatch([], end, IsOfAnother: true);
        }

        using var command = connection.Command("SELECT changed, document FROM alerts WHERE changed > $changed ORDER BY changed LIMIT $limit;");
        command.Bind(("$changed", cursor.Change), ("$limit", limit));
        List<(long, Alert)> alerts = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            alerts.Add((reader.GetInt64(0), AlertReader.Read(reader.GetString(1), AlertJson.Default.Alert)));
        }

        return new AlertBatch(alerts, alerts.Count < limit ? end : end with { Change = alerts[^1].Item1 }, IsOfAnother: false);
    }

    private static InvalidDataException Missing() => new("the table numbering is empty");
}
