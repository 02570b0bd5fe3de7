using Ambianic.Core.Alerts;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Alerts;

/// <summary>
/// Alerts, deliveries and all else that alerting remembers, in a database of their own: that of events may be rebuilt at any time, this one
/// cannot be. It is opened with its first use, and again after a failure. A damaged one is kept under another name and begun again.
/// </summary>
/// <remarks>What it promises: docs/design/durability.md.</remarks>
/// <param name="dataDir">Absolute; the caller sees to it that no other program uses it.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives what was lost.</param>
public sealed class AlertDatabase(string dataDir, TimeProvider time, ILogger<AlertDatabase> logger) : IAlertStore, IAlertFollower, IDisposable
{
    /// <summary>Its name within the data directory.</summary>
    public const string FileName = "alerts.db";

    private readonly Lock _gate = new();
    private readonly AlertFile _file = new(dataDir, time, logger);
    private readonly AlertCleanup _cleanup = new(time);
    private readonly DiskCall _disk = new(System.IO.Path.Combine(dataDir, FileName));

    /// <inheritdoc/>
    public event Action? AlertsStored;

    /// <inheritdoc/>
    public AlertJournal Load()
    {
        var journal = Access(connection =>
        {
            try
            {
                return AlertReader.Journal(connection);
            }
            catch (Exception error) when (AlertFile.IsDamage(error))
            {
                _ = _file.Failure(error);
                return AlertReader.Journal(_file.Open()); // the new one
            }
        });
        _file.Replaced = null; // the caller remembered nothing before
        return journal;
    }

    /// <inheritdoc/>
    public void Commit(AlertChanges changes)
    {
        var replaced = Access(connection => _file.Replaced ?? Store(connection, changes));
        if (replaced is not null)
        {
            _file.Replaced = null;
            throw new AlertStoreReplacedException(replaced);
        }

        if (changes.Alerts.Count > 0)
        {
            AlertsStored?.Invoke();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Alerts(AlertQuery query) => Access(connection => AlertReader.Alerts(connection, query));

    /// <inheritdoc/>
    public AlertCursor End() => Access(AlertSequence.End);

    /// <inheritdoc/>
    public AlertBatch ReadAfter(AlertCursor cursor, int limit) => Access(connection => AlertSequence.ReadAfter(connection, cursor, limit));

    /// <inheritdoc/>
    public IReadOnlyList<Delivery> Deliveries(string? alertId, int limit) => Access(connection => AlertReader.Deliveries(connection, alertId, limit));

    /// <inheritdoc/>
    public IReadOnlyList<string> EventsOf(string alertId) => Access(connection => AlertReader.EventsOf(connection, alertId));

    /// <inheritdoc/>
    public bool IsAlerted(string eventId) => Access(connection => AlertReader.IsAlerted(connection, eventId));

    /// <inheritdoc/>
    public IReadOnlyList<FeedbackCount> Feedback() => Access(AlertReader.Feedback);

    /// <inheritdoc/>
    public IReadOnlyList<PushSubscription> Subscriptions() => Access(AlertReader.Subscriptions);

    /// <inheritdoc/>
    public byte[] Secret(string name, Func<byte[]> make) => Access(connection =>
    {
        using var transaction = connection.BeginTransaction();
        var secret = AlertReader.Secret(connection, name) ?? AlertRows.AddSecret(connection, name, make());
        transaction.Commit();
        return secret;
    });

    /// <inheritdoc/>
    public void Subscribe(PushSubscription subscription) => Access(connection =>
    {
        AlertRows.Put(connection, subscription);
        return true;
    });

    /// <inheritdoc/>
    public bool Unsubscribe(string id) => Access(connection => AlertRows.RemoveSubscription(connection, id));

    /// <summary>Closes the file, unless its disk hangs; no call may follow.</summary>
    public void Dispose()
    {
        if (_gate.TryEnter(WriterPulse.Limit))
        {
            _file.Close();
            _gate.Exit();
        }
    }

    /// <summary>
    /// Uses the one connection. Alerts have to be sent also while the disk hangs: what was handed over is stored when it answers; until
    /// then all other calls fail at once.
    /// </summary>
    private T Access<T>(Func<SqliteConnection, T> use) => _disk.Run(() => Locked(use));

    private T Locked<T>(Func<SqliteConnection, T> use)
    {
        lock (_gate)
        {
            try
            {
                return use(_file.Open());
            }
            catch (Exception error) when (error is SqliteException or InvalidDataException or UnauthorizedAccessException)
            {
                _file.Close(); // opened again for the next call: what failed may be gone by then
                throw _file.Failure(error);
            }
        }
    }

    private string? Store(SqliteConnection connection, AlertChanges changes)
    {
        using (var transaction = connection.BeginTransaction())
        {
            AlertRows.Put(connection, changes, time.GetUtcNow());
            transaction.Commit();
        }

        CleanUp(connection);
        return null;
    }

    private void CleanUp(SqliteConnection connection)
    {
        try
        {
            _cleanup.RunIfDue(connection);
        }
        catch (SqliteException error)
        {
            logger.OldAlertsNotRemoved(_file.Failure(error).Message); // what was to be stored is stored
        }
    }
}
