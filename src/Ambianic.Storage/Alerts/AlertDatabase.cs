using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
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
public sealed class AlertDatabase(string dataDir, TimeProvider time, ILogger<AlertDatabase> logger) : IAlertStore, IDisposable
{
    /// <summary>Its name within the data directory.</summary>
    public const string FileName = "alerts.db";

    private const string Lost = "open alerts, messages that waited and subscriptions of devices may be lost, and links in messages may no longer work; no event is";

    /// <summary>It holds keys and addresses that are as good as passwords.</summary>
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Each replacement keeps the damaged database: a dying disk must not fill itself with them.</summary>
    private static readonly TimeSpan BetweenReplacements = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly SqliteFile _file = new(Path.Combine(dataDir, FileName));
    private readonly AlertCleanup _cleanup = new(time);
    private SqliteConnection? _connection;
    private bool _wasOpen;
    private string? _damage;
    private long? _replacedAt;
    private string? _replaced; // what happened, until the caller of Commit has heard of it

    /// <inheritdoc/>
    public AlertJournal Load()
    {
        lock (_gate)
        {
            try
            {
                return Access(Read);
            }
            catch (IOException) when (_damage is not null && MayReplace)
            {
                return Access(Read);
            }
        }

        AlertJournal Read(SqliteConnection connection)
        {
            _replaced = null; // the caller remembers nothing yet
            return AlertReader.Journal(connection);
        }
    }

    /// <inheritdoc/>
    public void Commit(AlertChanges changes) => Access(connection =>
    {
        if (_replaced is { } message)
        {
            _replaced = null;
            throw new AlertStoreReplacedException(message);
        }

        using (var transaction = connection.BeginTransaction())
        {
            AlertRows.Put(connection, changes, time.GetUtcNow());
            transaction.Commit();
        }

        CleanUp(connection);
        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Alerts(AlertQuery query) => Access(connection => AlertReader.Alerts(connection, query));

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

    /// <summary>Closes the file; no call may follow.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private bool MayReplace => _replacedAt is not { } at || time.GetElapsedTime(at) >= BetweenReplacements;

    /// <summary>Uses the one connection. While a call into a disk that hangs does not return, others fail after a while.</summary>
    private T Access<T>(Func<SqliteConnection, T> use)
    {
        if (!_gate.TryEnter(WriterPulse.Limit))
        {
            throw StorageFailure.At(_file.Path, new TimeoutException($"the disk has not answered for {WriterPulse.Limit.TotalSeconds:0} s"));
        }

        try
        {
            return use(Open());
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException or UnauthorizedAccessException)
        {
            Close(); // opened again for the next call: what failed may be gone by then
            throw Failure(error);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private SqliteConnection Open()
    {
        if (_wasOpen && !_file.Exists)
        {
            Recreate();
        }
        else if (_damage is { } damage && MayReplace)
        {
            Replace(damage);
        }

        if (_connection is null)
        {
            try
            {
                Prepare();
            }
            catch (SqliteException error) when (StorageFailure.IsCorruption(error) && MayReplace)
            {
                Replace(error.Message);
            }
        }

        return _connection!;
    }

    private void Prepare()
    {
        Protect();
        _connection = _file.Open("PRAGMA synchronous = FULL;"); // what is committed has reached the disk
        try
        {
            _connection.Run("PRAGMA journal_mode = WAL;");
            AlertSchema.Upgrade(_connection, _file.Path);
            _wasOpen = true;
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Makes the file, if need be, such that its owner alone may read it. SQLite gives the files beside it the same permissions.</summary>
    private void Protect()
    {
        try
        {
            DurableFiles.EnsureFolder(dataDir);
            if (OperatingSystem.IsWindows())
            {
                return; // it has no such permissions
            }

            if (!_file.Exists)
            {
                new FileStream(_file.Path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }).Dispose();
                DurableFiles.SyncFolder(dataDir);
            }
            else if (File.GetUnixFileMode(_file.Path) != OwnerOnly)
            {
                File.SetUnixFileMode(_file.Path, OwnerOnly);
            }
        }
        catch (Exception error) when (StorageFailure.IsOne(error) && _file.Exists)
        {
            logger.AlertDatabaseNotProtected(_file.Path, error.Message); // a file system without permissions, as of a memory stick
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            throw StorageFailure.At(_file.Path, error);
        }
    }

    /// <summary>It was deleted while in use.</summary>
    private void Recreate()
    {
        if (!DataDirLock.IsIn(dataDir))
        {
            throw StorageFailure.At(_file.Path, new DirectoryNotFoundException("what was in its directory is not there any more"));
        }

        using var deleted = _connection; // still reads what is not there for others any more
        _connection = null;
        _file.Release(); // so that it does not go back to the pool
        _file.Delete();
        Begin(deleted);
        _replaced = $"{_file.Path} was deleted while it was in use";
        logger.AlertDatabaseDeletedInUse(_file.Path, Lost);
    }

    /// <summary>Keeps the damaged database and begins a new one with what can be read of it.</summary>
    private void Replace(string damage)
    {
        _replacedAt = time.GetTimestamp();
        _wasOpen = true;
        Close();
        var aside = new SqliteFile(_file.MoveAside($"broken-{EventNames.For(time.GetLocalNow())}"));
        _damage = null;
        using (var damaged = AlertSalvage.TryOpen(aside))
        {
            Begin(damaged);
        }

        aside.Release();
        _replaced = $"{_file.Path} was damaged: {damage}";
        logger.AlertDatabaseReplaced(_file.Path, damage, aside.Path, Lost);
    }

    /// <summary>Begins a new one with what can be read of the old one, and with the events of the last hour still to be read.</summary>
    private void Begin(SqliteConnection? old)
    {
        Prepare();
        if (old is not null)
        {
            AlertSalvage.Copy(old, _connection!);
        }

        AlertRows.Put(_connection!, new EventCursor(0, "", time.GetUtcNow()));
    }

    private void CleanUp(SqliteConnection connection)
    {
        try
        {
            _cleanup.RunIfDue(connection);
        }
        catch (SqliteException error)
        {
            logger.OldAlertsNotRemoved(Failure(error).Message); // what was to be stored is stored
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _file.Release();
    }

    private IOException Failure(Exception error)
    {
        if (error is not InvalidDataException && !(error is SqliteException failure && StorageFailure.IsCorruption(failure)))
        {
            return StorageFailure.At(_file.Path, error);
        }

        _damage = error.Message;
        return new IOException(
            $"{_file.Path}: {error.Message.TrimEnd('.')}; it is kept under another name and begun again with the next use, but not twice within ten minutes", error);
    }
}
