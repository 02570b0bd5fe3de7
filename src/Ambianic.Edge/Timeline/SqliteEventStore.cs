using System.Runtime.CompilerServices;
using Ambianic.Frames;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Timeline;

/// <summary>
/// Remembers events as files and as rows of a database that can be rebuilt from the files. Pictures are encoded by the
/// caller; writing is done by one thread.
/// </summary>
/// <remarks>The order of writes and what it promises: docs/design/durability.md.</remarks>
public sealed partial class SqliteEventStore : IEventStore, IAsyncDisposable
{
    private const int CatchUpBatch = 256;
    private static readonly TimeSpan CatchUpPause = TimeSpan.FromSeconds(30);
    private static readonly RetentionOptions KeepEverything = new();

    private readonly DataDirLock _dataDirLock;
    private readonly EventFolders _folders;
    private readonly EventDatabase _database;
    private readonly EventWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _startingFolder = new();
    private readonly HashSet<string> _foldersAtStart;
    private string? _notStored;
    private bool _isCatchingUpFailing;

    private SqliteEventStore(
        DataDirLock dataDirLock,
        string dataDir,
        EventDatabase database,
        string eventLog,
        EventFeed feed,
        Func<RetentionOptions> retention,
        TimeProvider time,
        ILogger logger)
    {
        _dataDirLock = dataDirLock;
        _folders = new EventFolders(dataDir);
        _database = database;
        _time = time;
        _logger = logger;
        _writer = new EventWriter(
            _folders,
            database,
            new WriterConnection(database, dataDirLock, time, logger, BeginCatchUp),
            new TimelineLog(eventLog),
            feed,
            logger,
            new Retention(retention, _folders, dataDir, time, logger),
            dataDirLock);
        _foldersAtStart = [.. _folders.All()];
        BeginCatchUp();
    }

    /// <summary>Completes when every event file that was there at the start, or when the database was lost, is in the database; never fails.</summary>
    public Task CaughtUp { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Opens the store of a data directory, which is made when it is missing. A database that cannot be read is kept aside
    /// and rebuilt from the files in the background.
    /// </summary>
    /// <param name="dataDir">Absolute.</param>
    /// <param name="eventLog">Where the YAML log is kept, absolute.</param>
    /// <param name="feed">Where events are announced.</param>
    /// <param name="time">Clock and time zone.</param>
    /// <param name="logger">Told of repairs and of what could not be repaired.</param>
    /// <param name="retention">What is forgotten, also when that changes; the default is nothing.</param>
    /// <exception cref="IOException">The directory cannot be used; the message says what to do.</exception>
    public static SqliteEventStore Open(
        string dataDir,
        string eventLog,
        EventFeed feed,
        TimeProvider time,
        ILogger<SqliteEventStore> logger,
        Func<RetentionOptions>? retention = null)
    {
        var dataDirLock = DataDirLock.Take(dataDir);
        try
        {
            var database = new EventDatabase(Path.Combine(dataDir, EventDatabase.FileName));
            Prepare(database, time, logger);
            return new SqliteEventStore(dataDirLock, dataDir, database, eventLog, feed, retention ?? (static () => KeepEverything), time, logger);
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
    public string? Trouble => _notStored ?? _writer.Trouble;

    /// <inheritdoc/>
    public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            lock (_startingFolder)
            {
                _dataDirLock.Require();
                return ValueTask.FromResult(_folders.Start(startedAt));
            }
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            var failure = StorageFailure.At(_folders.PathOf(EventNames.Root), error);
            _notStored = failure.Message;
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await AddAsync(detectionEvent, picture, cancellation);
            _notStored = null;
        }
        catch (IOException error)
        {
            _notStored = error.Message;
            throw;
        }
    }

    private async Task AddAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        if (!await _writer.AddAsync(detectionEvent, Files(detectionEvent, picture)).WaitAsync(cancellation))
        {
            throw new IOException($"{_database.Path}: has an event {detectionEvent.Id} already; the new one is only in its files");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var found = Read(() => _database.Query(new EventQuery { Id = id, Limit = 1 }).FirstOrDefault());
        return found is not null && await _writer.PinAsync(found, isPinned).WaitAsync(cancellation);
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
        await _closing.CancelAsync();
        await CaughtUp;
        await _writer.DisposeAsync();
        _database.ReleaseFile();
        _closing.Dispose();
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

    private static NewFile[] Files(DetectionEvent detectionEvent, EventPicture? described)
    {
        var json = new NewFile(detectionEvent.JsonFileName, EventJson.ForFile(detectionEvent));
        if (described is not { } picture)
        {
            return [json];
        }

        using var image = EventImage.Of(picture.Frame, picture.Region);
        return
        [
            .. detectionEvent.BeforeFileNames.Zip(picture.Before ?? [], File),
            new NewFile(detectionEvent.ImageFileName, image.Jpeg()),
            new NewFile(detectionEvent.ThumbnailFileName, image.ThumbnailJpeg(picture.DrawBoxes ? detectionEvent.Detections : [])),
            json,
        ];
    }

    private static NewFile File(string name, Frame frame)
    {
        using var image = EventImage.Of(frame, null);
        return new NewFile(name, image.Jpeg());
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw _database.Failure(error);
        }
    }

    private void BeginCatchUp()
    {
        var (before, folders) = (CaughtUp, _folders.All());
        CaughtUp = Task.Run(async () =>
        {
            await before;
            while (!_closing.IsCancellationRequested && !await CatchUpAsync(folders, _closing.Token))
            {
                await Task.Delay(CatchUpPause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    /// <summary>
    /// Takes in event files that have no row: those that a crash left between file and row, all of them when the database
    /// was lost, and those of folders that somebody put there. They are not announced.
    /// </summary>
    /// <returns>False when the disk failed and it is worth another try.</returns>
    private async Task<bool> CatchUpAsync(IReadOnlyList<string> folders, CancellationToken cancellation)
    {
        var scan = new EventFileScan(_folders, _time.LocalTimeZone, _foldersAtStart.Contains); // nobody writes to those any more
        var added = 0;
        try
        {
            foreach (var batch in scan.Read(folders, _database.Unknown, cancellation).Chunk(CatchUpBatch))
            {
                var isNew = await Task.WhenAll(batch.Select(found => _writer.AddAsync(found, [])));
                added += isNew.Count(yes => yes);
            }
        }
        catch (OperationCanceledException)
        {
            return true; // the next start goes on
        }
        catch (Exception error)
        {
            if (!_isCatchingUpFailing)
            {
                LogNotCaughtUp(_logger, error is SqliteException ? _database.Failure(error) : error);
            }

            _isCatchingUpFailing = StorageFailure.IsOne(error);
            return !_isCatchingUpFailing;
        }

        _isCatchingUpFailing = false;
        if (added > 0)
        {
            LogCaughtUp(_logger, added);
        }

        if (scan.Unreadable is [var first, ..] unreadable)
        {
            LogUnreadable(_logger, unreadable.Count, first.Path, first.Reason);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Warning, "{Database} is damaged ({Reason}): it is kept as {Aside} and rebuilt from the event files")]
    private static partial void LogRebuilding(ILogger logger, string database, string reason, string aside);

    [LoggerMessage(LogLevel.Information, "{Count} event(s) that had files but were not in the database are on the timeline again")]
    private static partial void LogCaughtUp(ILogger logger, int count);

    [LoggerMessage(LogLevel.Warning, "Not every event file could be compared with the database; it is tried again")]
    private static partial void LogNotCaughtUp(ILogger logger, Exception error);

    [LoggerMessage(LogLevel.Warning, "{Count} event file(s) cannot be read and are left as they are, first {Path}: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, int count, string path, string reason);
}
