using Ambianic.Storage.Database;
using Ambianic.Storage.Retention;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Alerts;

/// <summary>Removes what ended long ago, once a day. Not while the clock is in doubt. For one thread at a time.</summary>
internal sealed class AlertCleanup(TimeProvider time)
{
    /// <summary>More than a year, so that months can be compared with those of the year before.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private static readonly TimeSpan Rhythm = TimeSpan.FromDays(1);

    private readonly ClockDoubt _clock = new(time);
    private long? _ranAt;

    /// <summary>Removes alerts that ended before, their deliveries and which events belonged to them, unless that was done today.</summary>
    /// <exception cref="SqliteException">The database failed; nothing is removed.</exception>
    public void RunIfDue(SqliteConnection connection)
    {
        _clock.Observe();
        if (_clock.IsDoubted || (_ranAt is { } at && time.GetElapsedTime(at) < Rhythm))
        {
            return;
        }

        _ranAt = time.GetTimestamp();
        using var transaction = connection.BeginTransaction();
        using var command = connection.Command(
            """
            DELETE FROM alerts WHERE ended_at < $before;
            DELETE FROM deliveries WHERE created_at < $before AND NOT EXISTS (SELECT 1 FROM alerts WHERE id = alert_id);
            DELETE FROM alert_events WHERE stored_at < $before AND NOT EXISTS (SELECT 1 FROM alerts WHERE id = alert_id);
            """);
        command.Bind(("$before", EventDatabase.Microseconds(time.GetUtcNow() - Kept)));
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
