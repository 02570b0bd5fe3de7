using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Storage.Retention;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Writing;

/// <summary>
/// The one thread that writes: files, then rows, then the log; only then is the event announced. Events that wait share one
/// transaction.
/// </summary>
/// <param name="queue">What is to be written; closed and disposed with this.</param>
/// <param name="folders">Where files go.</param>
/// <param name="database">Where rows go.</param>
/// <param name="connection">Its connection, which this closes.</param>
/// <param name="log">The YAML log.</param>
/// <param name="feed">Where events are announced.</param>
/// <param name="retention">Removes old events between two writes.</param>
/// <param name="dataDir">The lock on the data directory.</param>
/// <param name="pulse">Learns from this thread that the disk answers.</param>
/// <param name="logger">Receives failures.</param>
internal sealed class EventWriter(
    WriterQueue queue,
    EventFolders folders,
    EventDatabase database,
    WriterConnection connection,
    TimelineLog log,
    EventFeed feed,
    EventRetention retention,
    DataDirLock dataDir,
    WriterPulse pulse,
    ILogger logger) : IAsyncDisposable
{
    private const int LargestBatch = 256;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private Task _thread = Task.CompletedTask;
    private bool _logFailed;
    private volatile string? _defect;
    private volatile string? _retentionFault;

    /// <summary>What failed in the last turn, or why old events could not be removed; null otherwise. May be read from any thread.</summary>
    public string? Fault => _defect ?? _retentionFault;

    /// <summary>Bytes of the files of all events; null while that is not known. May be read from any thread.</summary>
    public long? Bytes => retention.Bytes;

    /// <summary>Starts the thread; to be called once.</summary>
    public void Start() =>
        _thread = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Writes what still waits, unless the disk hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        try
        {
            await pulse.WaitAsync(_thread, database.Path, CancellationToken.None);
            queue.Dispose();
        }
        catch (IOException error)
        {
            logger.EventsAbandoned(queue.Count, error.Message); // its thread ends with the program
        }
    }

    private void WriteAll()
    {
        while (!queue.IsCompleted)
        {
            pulse.Rest();
            var jobs = queue.Take(LargestBatch, LongestRest);
            pulse.Beat();
            try
            {
                jobs.OfType<WriterCall>().ToList().ForEach(Do);
                Store([.. jobs.OfType<EventWrite>()]);
                jobs.OfType<RowCall>().ToList().ForEach(Do);
                RemoveOld();
                _defect = null;
            }
            catch (Exception error)
            {
                // Nobody restarts this thread: a defect may cost a turn, and no more.
                _defect = $"{database.Path}: {error.Message}; this is a defect of Ambianic, please report it with its log";
                logger.WriterMetDefect(error);
                jobs.ForEach(job => job.Done.TrySetException(error));
            }
        }

        connection.Dispose();
        pulse.Rest();
    }

    private void Do(WriterCall call)
    {
        try
        {
            pulse.Beat();
            dataDir.EnsureHeld();
            call.Done.TrySetResult(call.Work());
        }
        catch (Exception error)
        {
            call.Done.TrySetException(StorageFailure.IsOne(error) ? StorageFailure.At(call.Path, error) : error);
        }
    }

    private void Do(RowCall call)
    {
        try
        {
            pulse.Beat();
            dataDir.EnsureHeld();
            connection.Use(open => call.Done.TrySetResult(call.Work(open)));
        }
        catch (SqliteException error)
        {
            call.Done.TrySetException(database.Failure(error));
            connection.Close(); // as after a batch
        }
        catch (Exception error)
        {
            call.Done.TrySetException(StorageFailure.IsOne(error) ? StorageFailure.At(call.Path, error) : error);
        }
    }

    private void Store(IReadOnlyList<EventWrite> batch)
    {
        List<EventWrite> written = [];
        try
        {
            dataDir.EnsureHeld();
            foreach (var write in batch)
            {
                if (IsStored(write))
                {
                    write.Done.TrySetResult(true);
                }
                else if (TryWriteFiles(write))
                {
                    written.Add(write);
                }
            }

            pulse.Beat();
            connection.Use(open => Commit(open, written));
        }
        catch (Exception error)
        {
            var reported = StorageFailure.IsOne(error) ? database.Failure(error) : error;
            foreach (var write in batch)
            {
                write.Done.TrySetException(reported); // those that are done already stay as they are
            }

            connection.Close(); // opened again for the next batch: what failed may be gone by then
        }
    }

    /// <summary>True when an earlier attempt, for which its caller did not wait, has stored the event.</summary>
    private bool IsStored(EventWrite write)
    {
        try
        {
            return write.IsNew && connection.Current is { } open && EventRows.Has(open, write.Event.Id);
        }
        catch (SqliteException)
        {
            return false; // inserting the row meets the same failure, and repairs it
        }
    }

    /// <summary>Writes the files of an event, if it brings any; a failure completes the job with it.</summary>
    private bool TryWriteFiles(EventWrite write)
    {
        var folder = folders.PathOf(write.Event.RelDir);
        try
        {
            if (write.IsNew)
            {
                pulse.Beat();
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

    private void Commit(SqliteConnection open, List<EventWrite> written)
    {
        if (written.Count == 0)
        {
            return;
        }

        var isNew = EventRows.Insert(open, [.. written.Select(write => (write.Event, !write.IsNew))]);
        foreach (var (write, isAdded) in written.Zip(isNew))
        {
            if (isAdded && write.IsNew)
            {
                retention.AddStored(write.Files.Sum(file => (long)file.Content.Length));
                Log(write.Event);
                feed.Announce(write.Event);
            }
            else if (isAdded)
            {
                retention.Recount();
            }

            write.Done.TrySetResult(isAdded);
        }
    }

    /// <summary>The event is safe without the log, so a failure here fails nothing else.</summary>
    private void Log(DetectionEvent detectionEvent)
    {
        try
        {
            log.Append(detectionEvent);
            _logFailed = false;
        }
        catch (Exception error) when (StorageFailure.IsOne(error))
        {
            if (!_logFailed)
            {
                logger.TimelineLogNotWritten(error.Message);
            }

            _logFailed = true;
        }
    }

    private void RemoveOld()
    {
        try
        {
            pulse.Beat();
            if (connection.Current is { } open && retention.Run(open))
            {
                _retentionFault = retention.Fault;
            }
        }
        catch (Exception error) when (StorageFailure.IsOne(error) || error is InvalidDataException)
        {
            _retentionFault = database.Failure(error).Message;
            logger.OldEventsNotRemoved(_retentionFault);
        }
    }
}
