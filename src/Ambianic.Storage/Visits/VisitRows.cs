using System.Text;
using System.Text.Json;
using Ambianic.Core.Visits;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Visits;

/// <summary>Rows of the database of visits.</summary>
internal static class VisitRows
{
    /// <summary>Stores visits, those that are there already again.</summary>
    public static void Put(SqliteConnection connection, IEnumerable<Visit> visits)
    {
        using var transaction = connection.BeginTransaction();
        using var row = connection.Command(
            """
            INSERT INTO visits (id, started_at, ended_at, is_open, pipeline, label, document)
            VALUES ($id, $started, $ended, $open, $pipeline, $label, $document)
            ON CONFLICT (id) DO UPDATE SET ended_at = $ended, is_open = $open, label = $label, document = $document;
            """);
        using var picture = connection.Command("INSERT OR IGNORE INTO visit_pictures (event_id, visit_id) VALUES ($event, $visit);");
        (row.Transaction, picture.Transaction) = (transaction, transaction);
        foreach (var visit in visits)
        {
            row.Bind(
                ("$id", visit.Id),
                ("$started", Number(visit.Start)),
                ("$ended", Number(visit.End)),
                ("$open", visit.IsOpen ? 1 : 0),
                ("$pipeline", visit.Pipeline),
                ("$label", visit.Label),
                ("$document", VisitJson.Write(visit)));
            row.ExecuteNonQuery();
            foreach (var shown in visit.Pictures)
            {
                picture.Bind(("$event", shown.EventId), ("$visit", visit.Id));
                picture.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    /// <summary>Ends the visits of a run that was cut off, each with its last sample.</summary>
    public static void EndOpen(SqliteConnection connection) => connection.Run("UPDATE visits SET is_open = 0 WHERE is_open = 1;");

    /// <summary>Removes visits that ended before a time.</summary>
    public static void RemoveBefore(SqliteConnection connection, DateTimeOffset time)
    {
        using var command = connection.Command(
            """
            DELETE FROM visit_pictures WHERE visit_id IN (SELECT id FROM visits WHERE started_at < $time AND ended_at < $time);
            DELETE FROM visits WHERE started_at < $time AND ended_at < $time;
            """);
        command.Bind(("$time", Number(time)));
        command.ExecuteNonQuery();
    }

    /// <summary>See <see cref="IVisitStore.Find"/>.</summary>
    public static Visit? Find(SqliteConnection connection, string id)
    {
        using var command = connection.Command("SELECT document, is_open FROM visits WHERE id = $id;");
        command.Bind(("$id", id));
        return Read(command).FirstOrDefault();
    }

    /// <summary>See <see cref="IVisitStore.Query"/>.</summary>
    public static IReadOnlyList<Visit> Query(SqliteConnection connection, VisitQuery query)
    {
        var where = new StringBuilder("1");
        using var command = connection.CreateCommand();
        Add(query.From is { } from ? Number(from) : null, " AND ended_at >= $from", "$from");
        Add(query.To is { } to ? Number(to) : null, " AND started_at < $to", "$to");
        Add(query.Pipeline, " AND pipeline = $pipeline", "$pipeline");
        Add(query.Label, " AND label = $label", "$label");
        Add(query.LeastDwell?.Ticks / TimeSpan.TicksPerMicrosecond, " AND ended_at - started_at >= $least", "$least");
        Add(query.MostDwell?.Ticks / TimeSpan.TicksPerMicrosecond, " AND ended_at - started_at <= $most", "$most");
        if (query.After is { } after)
        {
            Add(Number(after.Start), " AND (started_at, id) < ($start, $id)", "$start");
            command.Bind(("$id", after.Id));
        }

        command.Bind(("$limit", query.Limit));
        command.CommandText = $"SELECT document, is_open FROM visits WHERE {where} ORDER BY started_at DESC, id DESC LIMIT $limit;";
        return Read(command);

        void Add(object? value, string condition, string name)
        {
            if (value is not null)
            {
                where.Append(condition);
                command.Bind((name, value));
            }
        }
    }

    /// <summary>See <see cref="IVisitStore.PicturesAmong"/>.</summary>
    public static IReadOnlySet<string> PicturesAmong(SqliteConnection connection, IReadOnlyCollection<string> eventIds)
    {
        using var command = connection.Command("SELECT DISTINCT event_id FROM visit_pictures WHERE event_id IN (SELECT value FROM json_each($ids));");
        command.Bind(("$ids", JsonSerializer.Serialize(eventIds)));
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static List<Visit> Read(SqliteCommand command)
    {
        var visits = new List<Visit>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            visits.Add(VisitJson.Read(reader.GetString(0)) with { IsOpen = reader.GetInt64(1) != 0 });
        }

        return visits;
    }

    private static long Number(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
