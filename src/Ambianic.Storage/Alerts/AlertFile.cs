using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Alerts;

/// <summary>The file of <see cref="AlertDatabase"/> and its one connection. One that is damaged is kept under another name and begun again. For one thread at a time.</summary>
/// <param name="dataDir">Absolute.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives what was lost.</param>
internal sealed class AlertFile(string dataDir, TimeProvider time, ILogger logger)
{
    private const string Lost = "open alerts, messages that waited and subscriptions of devices may be lost, and links in messages may no longer work; no event is";

    /// <summary>Each replacement keeps the damaged database: a dying disk must not fill itself with them.</summary>
    private static readonly TimeSpan BetweenReplacements = TimeSpan.FromMinutes(10);

    private readonly SqliteFile _file = new(System.IO.Path.Combine(dataDir, AlertDatabase.FileName));
    private SqliteConnection? _connection;
    private bool _wasOpen;
    private string? _damage;
    private long? _replacedAt;
    private volatile string? _replaced;

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>Why the file is another one than before, for people, until somebody sets it to null; null when it is the same. For any thread.</summary>
    public string? Replaced
    {
        get => _replaced;
        set => _replaced = value;
    }

    /// <summary>The one connection, opened if need be. To be called again for each use.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">A newer program has written it, or the data directory is not there.</exception>
    public SqliteConnection Open()
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
            if (Replaced is not null)
            {
                AlertRows.PutIfNone(_connection, new EventCursor(0, "", time.GetUtcNow())); // events of the last hour are read again
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>It holds keys and addresses that are as good as passwords.</summary>
    private void Protect()
    {
        try
        {
            PrivateFile.EnsureFolder(dataDir);
            if (_file.Protect() is { } problem)
            {
                logger.AlertsNotProtected(_file.Path, problem); // a file system without permissions, as of a memory stick
            }
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
        Replaced = $"{_file.Path} was deleted while it was in use";
        Begin(deleted);
        logger.AlertsDeletedInUse(_file.Path, Lost);
    }

    /// <summary>Keeps the damaged database and begins a new one with what can be read of it.</summary>
    private void Replace(string damage)
    {
        _replacedAt = time.GetTimestamp();
        _wasOpen = true;
        Close();
        var aside = new SqliteFile(_file.MoveAside($"broken-{EventNames.For(time.GetLocalNow())}"));
        _damage = null;
        Replaced = $"{_file.Path} was damaged: {damage}";
        using (var damaged = AlertSalvage.TryOpen(aside))
        {
            Begin(damaged);
        }

        aside.Release();
        logger.AlertsReplaced(_file.Path, damage, aside.Path, Lost);
    }

    /// <summary>Closes the connection; <see cref="Open"/> opens it again.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _file.Release();
    }

    /// <summary>Says what went wrong; what is damaged is replaced by the next <see cref="Open"/>.</summary>
    public IOException Failure(Exception error)
    {
        if (!IsDamage(error))
        {
            return StorageFailure.At(_file.Path, error);
        }

        _damage = error.Message;
        return new IOException(
            $"{_file.Path}: {error.Message.TrimEnd('.')}; it is kept under another name and begun again with the next use, but not twice within ten minutes", error);
    }

    /// <summary>True when the database cannot be read as one.</summary>
    public static bool IsDamage(Exception error) =>
        error is InvalidDataException || (error is SqliteException failure && StorageFailure.IsCorruption(failure));

    private bool MayReplace => _replacedAt is not { } at || time.GetElapsedTime(at) >= BetweenReplacements;

    /// <summary>Begins a new one with what can be read of the old one.</summary>
    private void Begin(SqliteConnection? old)
    {
        Prepare();
        if (old is not null)
        {
            AlertSalvage.Copy(old, _connection!);
        }
    }
}
