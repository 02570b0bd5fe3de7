using System.Globalization;
using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>Writes rows of <see cref="AlertDatabase"/>, within the transaction of the caller. Doing it again changes nothing.</summary>
internal static class AlertRows
{
    /// <summary>Stores changes.</summary>
    /// <param name="connection">Within a transaction.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="now">The time.</param>
    public static void Put(SqliteConnection connection, AlertChanges changes, DateTimeOffset now)
    {
        Put(connection, changes.Alerts);
        Put(connection, changes.Deliveries);
        Put(connection, changes.Events, now);
        Put(connection, changes.Snoozes, now);
        Put(connection, Settings.IsRunning, changes.IsRunning);
        Put(connection, Settings.IsEnabled, changes.IsEnabled);
        if (changes.Cursor is { } cursor)
        {
            Put(connection, cursor);
        }
    }

    /// <summary>Adds or changes alerts.</summary>
    private static void Put(SqliteConnection connection, IEnumerable<Alert> alerts)
    {
        using var command = connection.Command(
            """
            INSERT INTO alerts (id, raised_at, ended_at, state, kind, severity, pipeline, feedback, document, changed)
            VALUES ($id, $raisedAt, $endedAt, $state, $kind, $severity, $pipeline, $feedback, $document, $changed)
            ON CONFLICT (id) DO UPDATE SET
                raised_at = excluded.raised_at, ended_at = excluded.ended_at, state = excluded.state, kind = excluded.kind,
                severity = excluded.severity, pipeline = excluded.pipeline, feedback = excluded.feedback, document = excluded.document,
                changed = excluded.changed
            WHERE document <> excluded.document;
            """);
        foreach (var alert in alerts)
        {
            command.Bind(
                ("$changed", AlertSequence.Next(connection)),
                ("$id", alert.Id),
                ("$raisedAt", EventDatabase.Microseconds(alert.RaisedAt)),
                ("$endedAt", alert.HasEnded ? EventDatabase.Microseconds(alert.EndedAt ?? alert.TriggeredAt) : DBNull.Value),
                ("$state", alert.State.ToString()),
                ("$kind", alert.Kind.ToString()),
                ("$severity", alert.Severity.ToString()),
                ("$pipeline", alert.Pipeline),
                ("$feedback", alert is { Feedback: { } feedback, IsTest: false } ? feedback.ToString() : DBNull.Value), // a rehearsal does not count
                ("$document", JsonSerializer.Serialize(alert, AlertJson.Default.Alert)));
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Adds or changes deliveries.</summary>
    private static void Put(SqliteConnection connection, IEnumerable<Delivery> deliveries)
    {
        using var command = connection.Command(
            """
            INSERT INTO deliveries (id, alert_id, created_at, state, has_receipt, document)
            VALUES ($id, $alertId, $createdAt, $state, $hasReceipt, $document)
            ON CONFLICT (id) DO UPDATE SET
                alert_id = excluded.alert_id, created_at = excluded.created_at, state = excluded.state,
                has_receipt = excluded.has_receipt, document = excluded.document;
            """);
        foreach (var delivery in deliveries)
        {
            command.Bind(
                ("$id", delivery.Id),
                ("$alertId", delivery.AlertId),
                ("$createdAt", EventDatabase.Microseconds(delivery.CreatedAt)),
                ("$state", delivery.State.ToString()),
                ("$hasReceipt", delivery.Receipt is null ? 0 : 1),
                ("$document", JsonSerializer.Serialize(delivery, AlertJson.Default.Delivery)));
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Adds events of alerts.</summary>
    private static void Put(SqliteConnection connection, IEnumerable<(string AlertId, string EventId)> events, DateTimeOffset now)
    {
        using var command = connection.Command("INSERT OR IGNORE INTO alert_events (alert_id, event_id, stored_at) VALUES ($alertId, $eventId, $now);");
        foreach (var (alertId, eventId) in events)
        {
            command.Bind(("$alertId", alertId), ("$eventId", eventId), ("$now", EventDatabase.Microseconds(now)));
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Adds or changes snoozes; one that has passed is removed.</summary>
    private static void Put(SqliteConnection connection, IReadOnlyDictionary<string, DateTimeOffset> snoozes, DateTimeOffset now)
    {
        using var put = connection.Command("INSERT OR REPLACE INTO snoozes (pipeline, until) VALUES ($pipeline, $until);");
        using var remove = connection.Command("DELETE FROM snoozes WHERE pipeline = $pipeline;");
        foreach (var (pipeline, until) in snoozes)
        {
            var command = until > now ? put : remove;
            command.Bind(("$pipeline", pipeline));
            if (command == put)
            {
                command.Bind(("$until", until.ToString("O", CultureInfo.InvariantCulture)));
            }

            command.ExecuteNonQuery();
        }
    }

    /// <summary>Stores the position in the timeline, unless there is one.</summary>
    public static void PutIfNone(SqliteConnection connection, EventCursor cursor)
    {
        using var command = connection.Command("INSERT OR IGNORE INTO settings (name, value) VALUES ($name, $value);");
        command.Bind(("$name", Settings.Cursor), ("$value", JsonSerializer.Serialize(cursor, AlertJson.Default.EventCursor)));
        command.ExecuteNonQuery();
    }

    private static void Put(SqliteConnection connection, EventCursor cursor) =>
        Set(connection, Settings.Cursor, JsonSerializer.Serialize(cursor, AlertJson.Default.EventCursor));

    /// <summary>Stores a flag; null leaves it.</summary>
    private static void Put(SqliteConnection connection, string name, bool? value)
    {
        if (value is { } flag)
        {
            Set(connection, name, flag ? 1 : 0);
        }
    }

    /// <summary>Adds a subscription in the place of those with its id or its endpoint.</summary>
    public static void Put(SqliteConnection connection, PushSubscription subscription)
    {
        using var command = connection.Command("INSERT OR REPLACE INTO subscriptions (id, endpoint, document) VALUES ($id, $endpoint, $document);");
        command.Bind(
            ("$id", subscription.Id),
            ("$endpoint", subscription.Endpoint),
            ("$document", JsonSerializer.Serialize(subscription, AlertJson.Default.PushSubscription)));
        command.ExecuteNonQuery();
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>False when there is none of this id.</returns>
    public static bool RemoveSubscription(SqliteConnection connection, string id)
    {
        using var command = connection.Command("DELETE FROM subscriptions WHERE id = $id;");
        command.Bind(("$id", id));
        return command.ExecuteNonQuery() > 0;
    }

    /// <summary>Adds a secret.</summary>
    /// <returns>The secret.</returns>
    public static byte[] AddSecret(SqliteConnection connection, string name, byte[] secret)
    {
        using var command = connection.Command("INSERT INTO secrets (name, value) VALUES ($name, $value);");
        command.Bind(("$name", name), ("$value", secret));
        command.ExecuteNonQuery();
        return secret;
    }

    private static void Set(SqliteConnection connection, string name, object value)
    {
        using var command = connection.Command("INSERT OR REPLACE INTO settings (name, value) VALUES ($name, $value);");
        command.Bind(("$name", name), ("$value", value));
        command.ExecuteNonQuery();
    }

    /// <summary>Names of what is stored once.</summary>
    internal static class Settings
    {
        /// <summary>How far the timeline was read.</summary>
        public const string Cursor = "cursor";

        /// <summary>1 while the program runs.</summary>
        public const string IsRunning = "is_running";

        /// <summary>0 when a person has switched notifications off.</summary>
        public const string IsEnabled = "is_enabled";
    }
}
