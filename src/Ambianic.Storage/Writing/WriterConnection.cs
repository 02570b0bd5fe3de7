using System.Diagnostics.CodeAnalysis;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Writing;

/// <summary>
/// The connection of the one thread that writes. A database that was deleted or damaged while in use is made anew when it
/// is next used. Not safe for other threads.
/// </summary>
/// <param name="database">Where rows go.</param>
/// <param name="dataDir">Held while it is there.</param>
/// <param name="time">Paces what is made anew.</param>
/// <param name="logger">Told of it.</param>
/// <param name="onRenewed">Called when an empty database was made, which the event files can fill.</param>
internal sealed partial class WriterConnection(
    EventDatabase database, DataDirLock dataDir, TimeProvider time, ILogger logger, Action onRenewed) : IDisposable
{
    /// <summary>Each rebuilding keeps the damaged database: a dying disk must not fill itself with them.</summary>
    private static readonly TimeSpan BetweenRebuildings = TimeSpan.FromMinutes(10);

    private long? _rebuiltAt;
    private int _takes = dataDir.Takes;

    /// <summary>Open since the last use; null when that failed. Not for the caller to dispose.</summary>
    public SqliteConnection? Current { get; private set; }

    /// <summary>Writes; when that meets damage, the database is rebuilt and it is done once more.</summary>
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
        if (_takes != dataDir.Takes)
        {
            _takes = dataDir.Takes;
            Close();
            Follow();
        }

        if (!database.Exists)
        {
            dataDir.Require(); // taken away since the files were written: a new database would be beneath the mount
            Close();
            Renew();
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
            onRenewed();
        }
    }

    private void Renew()
    {
        database.Delete();
        database.Prepare();
        LogRenewed(database.Path);
        onRenewed();
    }

    private void Rebuild()
    {
        _rebuiltAt = time.GetTimestamp();
        LogRebuilt(database.Path, database.Replace(time.GetLocalNow()));
        onRenewed();
    }

    [LoggerMessage(LogLevel.Warning, "{Database} was deleted while it was in use: it is filled again from the event files")]
    private partial void LogRenewed(string database);

    [LoggerMessage(LogLevel.Warning, "{Database} was damaged while it was in use: it is kept as {Aside} and filled again from the event files")]
    private partial void LogRebuilt(string database, string aside);
}
