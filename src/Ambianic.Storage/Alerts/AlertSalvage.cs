using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>Takes over what can be read of a damaged database.</summary>
internal static class AlertSalvage
{
    private static readonly string[] Tables = ["secrets", "subscriptions", "settings", "snoozes", "alerts", "deliveries", "alert_events"];

    /// <summary>Opens a damaged database; null when that is not possible.</summary>
    public static SqliteConnection? TryOpen(SqliteFile file)
    {
        try
        {
            return file.Open("");
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    /// <summary>Copies each table up to the first row that cannot be read.</summary>
    /// <exception cref="SqliteException">The new one cannot be written.</exception>
    public static void Copy(SqliteConnection from, SqliteConnection to)
    {
        using var transaction = to.BeginTransaction();
        foreach (var table in Tables)
        {
            using var insert = to.CreateCommand();
            foreach (var row in Readable(from, table))
            {
                insert.CommandText = $"INSERT OR IGNORE INTO {table} ({string.Join(", ", row.Select(column => column.Name))}) VALUES ({string.Join(", ", row.Select(column => "$" + column.Name))});";
                insert.Bind([.. row.Select(column => ("$" + column.Name, column.Value))]);
                insert.ExecuteNonQuery();
            }
        }

        AlertSequence.Continue(to);
        transaction.Commit();
    }

    private static IEnumerable<(string Name, object Value)[]> Readable(SqliteConnection from, string table)
    {
        using var select = from.Command($"SELECT * FROM {table} ORDER BY rowid;");
        using var reader = Try(select.ExecuteReader);
        while (reader is not null && Try(reader.Read))
        {
            var row = Enumerable.Range(0, reader.FieldCount).Select(i => (Name: reader.GetName(i), Value: reader.GetValue(i))).ToArray();
            if (IsValid(table, row))
            {
                yield return row;
            }
        }
    }

    private static bool IsValid(string table, (string Name, object Value)[] row)
    {
        var document = row.FirstOrDefault(column => column.Name == "document").Value as string ?? "";
        try
        {
            _ = table switch
            {
                "alerts" => AlertReader.Read(document, AlertJson.Default.Alert).Id,
                "deliveries" => AlertReader.Read(document, AlertJson.Default.Delivery).Id,
                "subscriptions" => AlertReader.Read(document, AlertJson.Default.PushSubscription).Id,
                _ => "",
            };
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException error) when (StorageFailure.IsCorruption(error))
        {
            return default;
        }
    }
}
