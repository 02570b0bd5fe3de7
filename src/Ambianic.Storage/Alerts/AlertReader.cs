using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ambianic.Core.Alerts;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>Reads rows of <see cref="AlertDatabase"/>.</summary>
internal static class AlertReader
{
    /// <summary>Two queries, because each is answered by an index.</summary>
    private const string WaitingDeliveries =
        """
        SELECT document, seq FROM deliveries WHERE state = 'Waiting' UNION
        SELECT document, seq FROM deliveries WHERE has_receipt = 1 AND alert_id IN (SELECT id FROM alerts WHERE ended_at IS NULL)
        ORDER BY seq;
        """;

    /// <summary>What an earlier run left.</summary>
    public static AlertJournal Journal(SqliteConnection connection)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        return new AlertJournal(
            Setting(connection, AlertRows.Settings.Cursor) is string cursor ? Read(cursor, AlertJson.Default.EventCursor) : null,
            All(connection.Command("SELECT document FROM alerts WHERE ended_at IS NULL ORDER BY raised_at, seq;"), AlertJson.Default.Alert),
            All(connection.Command(WaitingDeliveries), AlertJson.Default.Delivery),
            Snoozes(connection),
            EndedCleanly: Setting(connection, AlertRows.Settings.IsRunning) is not 1L,
            IsEnabled: Setting(connection, AlertRows.Settings.IsEnabled) is not 0L);
    }

    /// <summary>Alerts that match, newest first.</summary>
    public static IReadOnlyList<Alert> Alerts(SqliteConnection connection, AlertQuery query)
    {
        (string Condition, string Name, object? Value)[] filters =
        [
            ("id = $id", "$id", query.Id),
            ("state = $state", "$state", query.State?.ToString()),
            ("severity = $severity", "$severity", query.Severity?.ToString()),
            ("pipeline = $pipeline", "$pipeline", query.Pipeline),
            ("raised_at >= $from", "$from", query.From is { } from ? EventDatabase.Microseconds(from) : null),
            ("raised_at < $to", "$to", query.To is { } to ? EventDatabase.Microseconds(to) : null),
        ];
        var given = filters.Where(filter => filter.Value is not null).ToList();
        var open = query.IsOpen switch { true => "ended_at IS NULL", false => "ended_at IS NOT NULL", null => "1" };
        var command = connection.Command(
            $"SELECT document FROM alerts WHERE {string.Join(" AND ", given.Select(filter => filter.Condition).Prepend(open))} "
            + "ORDER BY raised_at DESC, seq DESC LIMIT $limit OFFSET $offset;");
        command.Bind([.. given.Select(filter => (filter.Name, filter.Value!)), ("$limit", Math.Max(0, query.Limit)), ("$offset", Math.Max(0, query.Offset))]);
        return All(command, AlertJson.Default.Alert);
    }

    /// <summary>Deliveries of one alert, or of all, newest first.</summary>
    public static IReadOnlyList<Delivery> Deliveries(SqliteConnection connection, string? alertId, int limit)
    {
        var command = connection.Command(
            $"SELECT document FROM deliveries {(alertId is null ? "" : "WHERE alert_id = $alertId")} ORDER BY created_at DESC, seq DESC LIMIT $limit;");
        command.Bind(("$limit", Math.Max(0, limit)), ("$alertId", alertId ?? ""));
        return All(command, AlertJson.Default.Delivery);
    }

    /// <summary>Events of one alert, oldest first.</summary>
    public static IReadOnlyList<string> EventsOf(SqliteConnection connection, string alertId)
    {
        var command = connection.Command("SELECT event_id FROM alert_events WHERE alert_id = $alertId ORDER BY seq;");
        command.Bind(("$alertId", alertId));
        return Rows(command, row => row.GetString(0));
    }

    /// <summary>True when an event belongs to an alert.</summary>
    public static bool IsAlerted(SqliteConnection connection, string eventId)
    {
        using var command = connection.Command("SELECT 1 FROM alert_events WHERE event_id = $eventId LIMIT 1;");
        command.Bind(("$eventId", eventId));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>What people said of alerts, by pipeline and kind.</summary>
    public static IReadOnlyList<FeedbackCount> Feedback(SqliteConnection connection) => Rows(
        connection.Command(
            $"""
            SELECT pipeline, kind, sum(feedback = '{AlertFeedback.Correct}'), sum(feedback = '{AlertFeedback.FalseAlarm}') FROM alerts
            WHERE feedback IS NOT NULL GROUP BY pipeline, kind ORDER BY pipeline, kind;
            """),
        row => new FeedbackCount(row.GetString(0), Enum.Parse<AlertKind>(row.GetString(1)), row.GetInt32(2), row.GetInt32(3)));

    /// <summary>Devices that subscribed to Web Push, in the order in which they did.</summary>
    public static IReadOnlyList<PushSubscription> Subscriptions(SqliteConnection connection) =>
        All(connection.Command("SELECT document FROM subscriptions ORDER BY rowid;"), AlertJson.Default.PushSubscription);

    /// <summary>A secret; null when there is none of this name.</summary>
    public static byte[]? Secret(SqliteConnection connection, string name)
    {
        using var command = connection.Command("SELECT value FROM secrets WHERE name = $name;");
        command.Bind(("$name", name));
        return command.ExecuteScalar() as byte[];
    }

    private static object? Setting(SqliteConnection connection, string name)
    {
        using var command = connection.Command("SELECT value FROM settings WHERE name = $name;");
        command.Bind(("$name", name));
        return command.ExecuteScalar();
    }

    private static Dictionary<string, DateTimeOffset> Snoozes(SqliteConnection connection) => Rows(
        connection.Command("SELECT pipeline, until FROM snoozes;"),
        row => (Pipeline: row.GetString(0), Until: DateTimeOffset.Parse(row.GetString(1), CultureInfo.InvariantCulture)))
        .ToDictionary(snooze => snooze.Pipeline, snooze => snooze.Until);

    private static List<T> All<T>(SqliteCommand command, JsonTypeInfo<T> type) => Rows(command, row => Read(row.GetString(0), type));

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static T Read<T>(string document, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(document, type) ?? throw new InvalidDataException("a document is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"a document cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads all rows and disposes the command.</summary>
    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        using (command)
        {
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }
}
