using System.Collections.Concurrent;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Retention;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Writing;

/// <summary>
/// The one thread that writes: files, then rows, then the log, and only then is anybody told. Events that wait for it share
/// one transaction.
/// </summary>
internal sealed partial class EventWriter : IAsyncDisposable
{
    private const int LargestBatch = 256;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private readonly EventFolders _folders;
    private readonly EventDatabase _database;
    private readonly WriterConnection _connection;
    private readonly TimelineLog _log;
    private readonly EventFeed _feed;
    private readonly ILogger _logger;
    private readonly EventRetention _retention;
    private readonly DataDirLock _dataDir;
    private readonly WriterPulse _pulse;
    private readonly BlockingCollection<WriterJob> _queue = [];
    private readonly Task _thread;
    private bool _logFailed;
    private volatile string? _defect;
    private volatile string? _notForgotten;

    /// <param name="folders">Where files go.</param>
    /// <param name="database">Where rows go.</param>
    /// <param name="connection">Its connection, which it closes.</param>
    /// <param name="log">The YAML log.</param>
    /// <param name="feed">Where events are announced.</param>
    /// <param name="logger">Told what went wrong.</param>
    /// <param name="retention">What is forgotten.</param>
    /// <param name="dataDir">Held while it is there.</param>
    /// <param name="pulse">Told that this thread gets on.</param>
    public EventWriter(
        EventFolders folders,
        EventDatabase database,
        WriterConnection connection,
        TimelineLog log,
        EventFeed feed,
        ILogger logger,
        EventRetention retention,
        DataDirLock dataDir,
        WriterPulse pulse)
    {
        _pulse = pulse;
        _dataDir = dataDir;
        _connection = connection;
        _retention = retention;
        _folders = folders;
        _database = database;
        _log = log;
        _feed = feed;
        _logger = logger;
        _thread = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What went wrong in the last turn, or why old events could not be forgotten; null otherwise. May be asked from any thread.</summary>
    public string? Trouble => _defect ?? _notForgotten;

    /// <summary>Stores and announces an event.</summary>
    /// <param name="detectionEvent">The event.</param>
    /// <param name="files">Its files; none for an event whose files an earlier run wrote, which is not announced.</param>
    /// <returns>
    /// False when the database had it already; true also when an earlier attempt, which its caller has given up, has stored it meanwhile.
    /// </returns>
    /// <exception cref="IOException">It could not be stored.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed.</exception>
    public Task<bool> AddAsync(DetectionEvent detectionEvent, NewFile[] files)
    {
        return Enqueue(new EventWrite(detectionEvent, files));
    }

    /// <summary>Makes a folder that nobody has, named after a moment.</summary>
    /// <returns>Relative to the data directory.</returns>
    /// <exception cref="IOException">It could not be made.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed.</exception>
    public async Task<string> StartFolderAsync(DateTimeOffset at)
    {
        var relDir = "";
        await Enqueue(new WriterCall(_folders.PathOf(EventNames.Root), () => (relDir = _folders.Start(at)).Length > 0));
        return relDir;
    }

    /// <summary>Keeps an event or lets it go; done here so that it does not race with its removal.</summary>
    /// <returns>False when the event is gone.</returns>
    /// <exception cref="IOException">It could not be stored.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed.</exception>
    public Task<bool> PinAsync(DetectionEvent detectionEvent, bool isPinned) =>
        Enqueue(new WriterCall(_folders.PathOf(detectionEvent.RelDir), () => _folders.SetPin(detectionEvent, isPinned)));

    /// <summary>Writes what still waits, unless the disk hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        try
        {
            await _pulse.WaitAsync(_thread, _database.Path, CancellationToken.None);
            _queue.Dispose();
        }
        catch (IOException error)
        {
            LogAbandoned(_queue.Count, error.Message); // its thread ends with the program
        }
    }

    private void WriteAll()
    {
        while (!_queue.IsCompleted)
        {
            _pulse.Rest();
            var jobs = Take();
            _pulse.Beat();
            try
            {
                jobs.OfType<WriterCall>().ToList().ForEach(Do);
                Do([.. jobs.OfType<EventWrite>()]);
                Forget();
                _defect = null;
            }
            catch (Exception error)
            {
                // Nobody starts this thread anew: a defect may cost a turn, and no more.
                _defect = $"{_database.Path}: {error.Message}; this is a defect of Ambianic, please report it with its log";
                LogDefect(error);
                jobs.ForEach(job => job.Done.TrySetException(error));
            }
        }

        _connection.Dispose();
        _pulse.Rest();
    }

    private List<WriterJob> Take()
    {
        List<WriterJob> jobs = _queue.TryTake(out var first, LongestRest) ? [first] : [];
        while (jobs.Count is > 0 and < LargestBatch && _queue.TryTake(out var more))
        {
            jobs.Add(more);
        }

        return jobs;
    }

    private void Do(List<EventWrite> batch)
    {
        try
        {
            _dataDir.Require();
            batch.RemoveAll(write => IsStored(write) || !HasFiles(write));
            _pulse.Beat();
            _connection.Use(connection => Commit(connection, batch));
        }
        catch (Exception error)
        {
            var reported = StorageFailure.IsOne(error) ? _database.Failure(error) : error;
            batch.ForEach(write => write.Done.TrySetException(reported));
            _connection.Close(); // opened anew for the next batch: what failed may be gone by then
        }
    }

    private Task<bool> Enqueue(WriterJob job)
    {
        try
        {
            _queue.Add(job);
        }
        catch (InvalidOperationException error)
        {
            throw new ObjectDisposedException("the event store is closed", error);
        }

        return job.Done.Task;
    }

    private void Do(WriterCall call)
    {
        try
        {
            _pulse.Beat();
            _dataDir.Require();
            call.Done.TrySetResult(call.Work());
        }
        catch (Exception error)
        {
            call.Done.TrySetException(StorageFailure.IsOne(error) ? StorageFailure.At(call.Path, error) : error);
        }
    }

    private void Forget()
    {
        try
        {
            _pulse.Beat();
            if (_connection.Current is { } connection && _retention.Run(connection))
            {
                _notForgotten = _retention.Trouble;
            }
        }
        catch (Exception error) when (StorageFailure.IsOne(error) || error is InvalidDataException)
        {
            _notForgotten = _database.Failure(error).Message;
            LogNotForgotten(_notForgotten);
        }
    }

    /// <summary>By an earlier attempt that its caller did not wait for.</summary>
    private bool IsStored(EventWrite write)
    {
        try
        {
            return write.IsNew && _connection.Current is { } connection && EventRows.Has(connection, write.Event.Id) && write.Done.TrySetResult(true);
        }
        catch (SqliteException)
        {
            return false; // what is wrong is met again, and mended, when the row is inserted
        }
    }

    private bool HasFiles(EventWrite write)
    {
        var folder = _folders.PathOf(write.Event.RelDir);
        try
        {
            if (write.IsNew)
            {
                _pulse.Beat();
                DurableFiles.Write(folder, write.Files);
            }

            return true;
        }
        catch (Exception error)
        {
            write.Done.TrySetException(StorageFailure.IsOne(error) ? StorageFailure.At(folder, error) : error);
            return false;
        }
    }

    private void Commit(SqliteConnection connection, List<EventWrite> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var isNew = EventRows.Insert(connection, [.. batch.Select(write => write.Event)]);
        foreach (var (write, isAdded) in batch.Zip(isNew))
        {
            if (isAdded && write.IsNew)
            {
                _retention.Stored(write.Files.Sum(file => (long)file.Content.Length));
                Log(write.Event);
                _feed.Announce(write.Event);
            }
            else if (isAdded)
            {
                _retention.CountAnew();
            }

            write.Done.TrySetResult(isAdded);
        }
    }

    /// <summary>The log is a courtesy: the event is safe without it.</summary>
    private void Log(DetectionEvent detectionEvent)
    {
        try
        {
            _log.Append(detectionEvent);
            _logFailed = false;
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            if (!_logFailed)
            {
                LogNotLogged(error.Message);
            }

            _logFailed = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Events are stored but the timeline log is not written: {Reason}")]
    private partial void LogNotLogged(string reason);

    [LoggerMessage(LogLevel.Warning, "Old events could not be forgotten; it is tried again: {Reason}")]
    private partial void LogNotForgotten(string reason);

    [LoggerMessage(LogLevel.Error, "The thread that stores events met a defect of Ambianic and goes on; please report it")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(LogLevel.Error, "The program ends while its disk hangs; {Count} event(s) that waited are not stored: {Reason}")]
    private partial void LogAbandoned(int count, string reason);
}
