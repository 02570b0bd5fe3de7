using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Falls;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Retention;
using Ambianic.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>
/// Stores events as files and as rows of a database that can be rebuilt from the files. Pictures are encoded by the
/// caller; writing is done by one thread.
/// </summary>
/// <remarks>The order of writes and what it promises: docs/design/durability.md.</remarks>
public sealed partial class SqliteEventStore : IEventStore, IEventFollower, IEventArchive, IAsyncDisposable
{
    private static readonly RetentionOptions KeepEverything = new();

    /// <summary>A pipeline that still has something to save has tried again by then; the failure of one that was removed expires.</summary>
    private static readonly TimeSpan FaultLasts = TimeSpan.FromMinutes(20);

    private readonly DataDirLock _dataDirLock;
    private readonly EventFolders _folders;
    private readonly DiskCall _disk;
    private readonly EventDatabase _database;
    private readonly WriterPulse _pulse;
    private readonly WriterQueue _queue;
    private readonly EventRetention _retention;
    private readonly EventWriter _writer;
    private readonly IndexRecovery _recovery;
    private readonly IEventPictureEncoder _pictures;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
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
        _disk = new DiskCall(database.Path);
        _pictures = pictures;
        _time = time;
        _logger = logger;
        _pulse = new WriterPulse(time);
        _queue = new WriterQueue(_folders);
        var recovery = new IndexRecovery(_folders, database, _queue, time, logger);
        _retention = new EventRetention(retention, () => !recovery.IsRunning, _folders, _pulse, time, logger);
        var connection = new WriterConnection(database, dataDirLock, time, logger, onReplaced: () =>
        {
            _retention.Recount();
            recovery.Start();
        });
        _recovery = recovery;
        _writer = new EventWriter(
            _queue, _folders, database, connection, new TimelineLog(eventLog), feed, _retention, dataDirLock, _pulse, logger);
    }

    /// <summary>Completes when every event file that was there at the start, or when the database was lost, has its row; never fails.</summary>
    public Task IndexRecovered => _recovery.Completed;

    /// <summary>
    /// Opens the store of a data directory, which is created when it is missing. A database that cannot be read is kept under another name
    /// and rebuilt from the files in the background.
    /// </summary>
    /// <param name="dataDir">Absolute.</param>
    /// <param name="eventLog">Where the YAML log is kept, absolute.</param>
    /// <param name="feed">Where events are announced.</param>
    /// <param name="pictures">Encodes the pictures, on the thread of the caller.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <param name="logger">Receives repairs and what could not be repaired.</param>
    /// <param name="retention">Which events are removed, read before each round; the default is none.</param>
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
            var store = new SqliteEventStore(
                dataDirLock, dataDir, database, eventLog, feed, pictures, retention ?? (static () => KeepEverything), time, logger);
            store.Start();
            return store;
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

    /// <summary>Jobs that wait for the thread that writes.</summary>
    internal int Waiting => _queue.Count;

    /// <summary>Bytes of the files of all events; null while that is not known.</summary>
    internal long? Bytes => _writer.Bytes;

    /// <inheritdoc/>
    public string? Fault =>
        _notStored is { } failed && _time.GetElapsedTime(failed.At) < FaultLasts ? failed.Reason : _database.Damage ?? _writer.Fault;

    /// <inheritdoc/>
    public async ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await StoreAsync(_folders.PathOf(EventNames.Root), () => _queue.StartFolderAsync(startedAt), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var isNew = await StoreAsync(
            _folders.PathOf(detectionEvent.RelDir), () => AddAsync(detectionEvent, picture), cancellation);
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
            _pulse.EnsureAnswers(path);
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
        return found is not null && await _pulse.WaitAsync(_queue.PinAsync(found, isPinned), _folders.PathOf(found.RelDir), cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DetectionEvent> QueryAsync(
        EventQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask; // read on the caller's thread: a page takes less time than a change of threads
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

    /// <inheritdoc/>
    public EventCursor End() => Follow(connection => EventSequence.End(connection, _time.GetUtcNow()));

    /// <inheritdoc/>
    public EventBatch ReadAfter(EventCursor cursor, int limit) =>
        Follow(connection => EventSequence.ReadAfter(connection, cursor, limit, _time.GetUtcNow()));

    /// <summary>How much is stored. Sizes of many events are reckoned from some of them.</summary>
    /// <exception cref="IOException">The database cannot be read, or the disk does not answer; the message says what to do.</exception>
    public StorageUsage Usage() => Follow(connection => EventUsage.Of(connection, _folders, _time.GetUtcNow()));

    /// <summary>Number of events before a moment.</summary>
    /// <exception cref="IOException"><inheritdoc cref="Usage"/></exception>
    public long CountBefore(DateTimeOffset moment) => Follow(connection => EventUsage.CountBefore(connection, moment));

    /// <summary>Writes what still waits and closes; no call may follow.</summary>
    public async ValueTask DisposeAsync()
    {
        await _recovery.DisposeAsync();
        await _writer.DisposeAsync();
        _database.ReleaseFile();
        _dataDirLock.Dispose();
    }

    private void Start()
    {
        _recovery.Start(); // first, so that retention waits for it
        _writer.Start();
    }

    private static void Prepare(EventDatabase database, TimeProvider time, ILogger logger)
    {
        try
        {
            database.Prepare();
        }
        catch (SqliteException error) when (StorageFailure.IsCorruption(error))
        {
            logger.DatabaseRebuilt(database.Path, error.Message, database.Replace(time.GetLocalNow()));
        }
    }

    private Task<bool> AddAsync(DetectionEvent seen, EventPicture? described)
    {
        if (described is not { } picture)
        {
            return AddCardAsync(seen);
        }

        var (image, thumbnail) = _pictures.Encode(picture.Frame, picture.Region, picture.DrawBoxes ? seen.Detections : []);
        if (seen.Detections.Any(detection => detection.Fall is not null))
        {
            seen = seen with { ThumbnailSize = JpegSize.Find(thumbnail) };
        }

        return _queue.AddAsync(
            seen,
            [
                .. seen.BeforeFileNames.Zip(picture.Before ?? [], (name, frame) => new NewFile(name, _pictures.Encode(frame))),
                new NewFile(seen.ImageFileName, image),
                new NewFile(seen.ThumbnailFileName, thumbnail),
                Json(seen),
            ]);
    }

    /// <summary>An outage gets a small picture, for programs that show events by their pictures alone. It is told also where none can be drawn.</summary>
    private Task<bool> AddCardAsync(DetectionEvent seen)
    {
        NewFile? card = null;
        try
        {
            card = seen is { Outage: { } outage, ThumbnailFileName.Length: > 0 } ? new NewFile(seen.ThumbnailFileName, _pictures.Card(outage)) : null;
        }
        catch (Exception error)
        {
            _logger.CardNotDrawn(error);
            seen = seen with { ThumbnailFileName = "" };
        }

        return _queue.AddAsync(seen, card is { } drawn ? [drawn, Json(seen)] : [Json(seen)]);
    }

    private static NewFile Json(DetectionEvent seen) => new(seen.JsonFileName, EventJson.ForFile(seen));

    private sealed record FailedAttempt(string Reason, long At);

    /// <summary>Who follows the timeline sends alerts, and must not wait for a disk that hangs.</summary>
    private T Follow<T>(Func<SqliteConnection, T> read) => _disk.Run(() => Read(() =>
    {
        using var connection = _database.OpenToRead();
        return read(connection);
    }));

    private T Read<T>(Func<T> read)
    {
        _pulse.EnsureAnswers(_database.Path); // a reader that waits for the disk would block a thread of the pool
        try
        {
            return read();
        }
        catch (SqliteException error) when (StorageFailure.MayBeUnderConstruction(error))
        {
            throw StorageFailure.At(_database.Path, error); // the thread that writes decides whether it is damage
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw _database.Failure(error);
        }
    }
}
