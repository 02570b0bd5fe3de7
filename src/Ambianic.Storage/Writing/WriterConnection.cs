using System.Diagnostics.CodeAnalysis;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Writing;

/// <summary>
/// The connection of the one thread that writes. A database that was deleted or damaged while in use is replaced by an empty
/// one at the next use. Not safe for other threads.
/// </summary>
/// <param name="database">Where rows go.</param>
/// <param name="dataDir">The lock on the data directory.</param>
/// <param name="time">Paces the rebuilding.</param>
/// <param name="logger">Receives repairs.</param>
/// <param name="onReplaced">Called when the database is another one, to be filled from the event files.</param>
internal sealed class WriterConnection(
    EventDatabase database, DataDirLock dataDir, TimeProvider time, ILogger logger, Action onReplaced) : IDisposable
{
    /// <summary>Each rebuilding keeps the damaged database: a dying disk must not fill itself with them.</summary>
    private static readonly TimeSpan BetweenRebuildings = TimeSpan.FromMinutes(10);

    private long? _rebuiltAt;
    private int _generation = dataDir.Generation;

    /// <summary>Open since the last use; null when that failed. Not for the caller to dispose.</summary>
    public SqliteConnection? Current { get; private set; }

    /// <summary>Writes; when that meets damage, replaces the database and writes once more.</summary>
    /// <exception cref="SqliteException">It could not be written.</exception>
    /// <exception cref="IOException">The data directory is not there any more.</exception>
    public void Use(Action<SqliteConnection> write)
    {
        try
        {
            Open();
            write(Current);
        }
        catch (SqliteException error) when (StorageFailure.IsCorruption(error) && MayRebuild)
        {
            _ = database.Failure(error); // marks it as damaged
            Open();
            write(Current);
        }
    }

    /// <summary>Also closes the connections of the pool, which may belong to a file that is not there any more.</summary>
    public void Close()
    {
        Current?.Dispose();
        Current = null;
        database.ReleaseFile();
    }

    /// <inheritdoc/>
    public void Dispose() => Current?.Dispose();

    private bool MayRebuild => _rebuiltAt is not { } at || time.GetElapsedTime(at) >= BetweenRebuildings;

    [MemberNotNull(nameof(Current))]
    private void Open()
    {
        if (_generation != dataDir.Generation)
        {
            _generation = dataDir.Generation;
            Close();
            Follow();
        }

        if (!database.Exists)
        {
            dataDir.EnsureHeld(); // unmounted since the files were written: a new database would lie beneath the mount
            Close();
            Recreate();
        }
        else if (database.IsDamaged && MayRebuild)
        {
            Close();
            Rebuild();
        }

        Current ??= database.OpenToWrite();
    }

    /// <summary>The directory came back, or is that of a disk that was mounted over it.</summary>
    private void Follow()
    {
        if (database.Exists && !database.IsDamaged)
        {
            database.Prepare();
            onReplaced();
        }
    }

    private void Recreate()
    {
        database.Delete();
        database.Prepare();
        logger.DatabaseDeletedInUse(database.Path);
        onReplaced();
    }

    private void Rebuild()
    {
        _rebuiltAt = time.GetTimestamp();
        logger.DatabaseDamagedInUse(database.Path, database.Replace(time.GetLocalNow()));
        onReplaced();
    }
}
