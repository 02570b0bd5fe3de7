using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Retention;
using Ambianic.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>
/// Remembers events as files and as rows of a database that can be rebuilt from the files. Pictures are encoded by the
/// caller; writing is done by one thread.
/// </summary>
/// <remarks>The order of writes and what it promises: docs/design/durability.md.</remarks>
public sealed partial class SqliteEventStore : IEventStore, IAsyncDisposable
{
    private static readonly RetentionOptions KeepEverything = new();

    /// <summary>Whoever still has something to save has tried again by then; that of a pipeline that was taken away is over.</summary>
    private static readonly TimeSpan TroubleLasts = TimeSpan.FromMinutes(20);

    private readonly DataDirLock _dataDirLock;
    private readonly EventFolders _folders;
    private readonly EventDatabase _database;
    private readonly WriterPulse _pulse;
    private readonly EventWriter _writer;
    private readonly CatchUp _catchUp;
    private readonly IEventPictureEncoder _pictures;
    private readonly TimeProvider _time;
    private volatile FailedAttempt? _notStored;

    private SqliteEventStore(
        DataDirLock dataDirLock,
        string dataDir,
        EventDatabase database,
        string eventLog,
        EventFeed feed,
        IEventPictureEncoder pictures,
        Func<RetentionOptions> retention,
        TimeProvider time,
        ILogger logger)
    {
        _dataDirLock = dataDirLock;
        _folders = new EventFolders(dataDir);
        _database = database;
        _pictures = pictures;
        _time = time;
        _pulse = new WriterPulse(time);
        var forgetting = new EventRetention(retention, () => _catchUp is { IsTakingIn: false }, _folders, _pulse, time, logger);
        _writer = new EventWriter(
            _folders,
            database,
            new WriterConnection(database, dataDirLock, time, logger, Renewed),
            new TimelineLog(eventLog),
            feed,
            logger,
            forgetting,
            dataDirLock,
            _pulse);
        _catchUp = new CatchUp(_folders, database, _writer, time, logger);
        _catchUp.Begin();

        void Renewed()
        {
            forgetting.CountAnew();
            _catchUp!.Begin();
        }
    }

    /// <summary>Completes when every event file that was there at the start, or when the database was lost, is in the database; never fails.</summary>
    public Task CaughtUp => _catchUp.Completed;

    /// <summary>
    /// Opens the store of a data directory, which is made when it is missing. A database that cannot be read is kept aside
    /// and rebuilt from the files in the background.
    /// </summary>
    /// <param name="dataDir">Absolute.</param>
    /// <param name="eventLog">Where the YAML log is kept, absolute.</param>
    /// <param name="feed">Where events are announced.</param>
    /// <param name="pictures">Encodes the pictures, on the thread of the caller.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <param name="logger">Told of repairs and of what could not be repaired.</param>
    /// <param name="retention">What is forgotten, also when that changes; the default is nothing.</param>
    /// <exception cref="IOException">The directory cannot be used; the message says what to do.</exception>
    public static SqliteEventStore Open(
        string dataDir,
        string eventLog,
        EventFeed feed,
        IEventPictureEncoder pictures,
        TimeProvider time,
        ILogger<SqliteEventStore> logger,
        Func<RetentionOptions>? retention = null)
    {
        var dataDirLock = DataDirLock.Take(dataDir);
        try
        {
            var database = new EventDatabase(Path.Combine(dataDir, EventDatabase.FileName));
            Prepare(database, time, logger);
            return new SqliteEventStore(dataDirLock, dataDir, database, eventLog, feed, pictures, retention ?? (static () => KeepEverything), time, logger);
        }
        catch (Exception error)
        {
            dataDirLock.Dispose();
            if (error is SqliteException or UnauthorizedAccessException)
            {
                throw StorageFailure.At(Path.Combine(dataDir, EventDatabase.FileName), error);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public string? Trouble =>
        _notStored is { } failed && _time.GetElapsedTime(failed.At) < TroubleLasts ? failed.Reason : _database.Damage ?? _writer.Trouble;

    /// <inheritdoc/>
    public async ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await StoreAsync(_folders.PathOf(EventNames.Root), () => _writer.StartFolderAsync(startedAt), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var isNew = await StoreAsync(
            _folders.PathOf(detectionEvent.RelDir), () => _writer.AddAsync(detectionEvent, Files(detectionEvent, picture)), cancellation);
        if (!isNew)
        {
            throw new IOException($"{_database.Path}: has an event {detectionEvent.Id} already; the new one is only in its files");
        }

        _notStored = null;
    }

    /// <summary>While the disk hangs nobody encodes pictures for it, and no queue grows.</summary>
    private async Task<T> StoreAsync<T>(string path, Func<Task<T>> store, CancellationToken cancellation)
    {
        try
        {
            _pulse.Require(path);
            return await _pulse.WaitAsync(store(), path, cancellation);
        }
        catch (IOException error)
        {
            _notStored = new FailedAttempt(error.Message, _time.GetTimestamp());
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var found = Read(() => _database.Query(new EventQuery { Id = id, Limit = 1 }).FirstOrDefault());
        return found is not null && await _pulse.WaitAsync(_writer.PinAsync(found, isPinned), _folders.PathOf(found.RelDir), cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DetectionEvent> QueryAsync(
        EventQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask; // read where the caller is: a page takes less time than handing it to another thread is worth
        using var events = _database.Query(query).GetEnumerator();
        while (Read(events.MoveNext))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return _folders.WithPin(events.Current);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(() => _database.Count(query)));
    }

    /// <summary>Writes what still waits and closes; no call may follow.</summary>
    public async ValueTask DisposeAsync()
    {
        await _catchUp.DisposeAsync();
        await _writer.DisposeAsync();
        _database.ReleaseFile();
        _dataDirLock.Dispose();
    }

    private static void Prepare(EventDatabase database, TimeProvider time, ILogger logger)
    {
        try
        {
            database.Prepare();
        }
        catch (SqliteException error) when (StorageFailure.IsCorruption(error))
        {
            LogRebuilding(logger, database.Path, error.Message, database.Replace(time.GetLocalNow()));
        }
    }

    private NewFile[] Files(DetectionEvent detectionEvent, EventPicture? described)
    {
        var json = new NewFile(detectionEvent.JsonFileName, EventJson.ForFile(detectionEvent));
        if (described is not { } picture)
        {
            return [json];
        }

        var (image, thumbnail) = _pictures.Encode(picture.Frame, picture.Region, picture.DrawBoxes ? detectionEvent.Detections : []);
        return
        [
            .. detectionEvent.BeforeFileNames.Zip(picture.Before ?? [], (name, frame) => new NewFile(name, _pictures.Encode(frame))),
            new NewFile(detectionEvent.ImageFileName, image),
            new NewFile(detectionEvent.ThumbnailFileName, thumbnail),
            json,
        ];
    }

    private sealed record FailedAttempt(string Reason, long At);

    private T Read<T>(Func<T> read)
    {
        _pulse.Require(_database.Path); // a reader that waits for the disk takes a thread from those who watch
        try
        {
            return read();
        }
        catch (SqliteException error) when (StorageFailure.MayBeInTheMaking(error))
        {
            throw StorageFailure.At(_database.Path, error); // the thread that writes knows better
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw _database.Failure(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Database} is damaged ({Reason}): it is kept as {Aside} and rebuilt from the event files")]
    private static partial void LogRebuilding(ILogger logger, string database, string reason, string aside);
}
