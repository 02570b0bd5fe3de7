using System.Collections.Concurrent;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Writing;

/// <summary>What waits for the one thread that writes (<see cref="EventWriter"/>). Safe to use from several threads.</summary>
/// <param name="folders">Where files go.</param>
internal sealed class WriterQueue(EventFolders folders) : IDisposable
{
    private readonly BlockingCollection<WriterJob> _jobs = [];

    /// <summary>Jobs that wait.</summary>
    public int Count => _jobs.Count;

    /// <summary>True when the queue is closed and nothing waits any more.</summary>
    public bool IsCompleted => _jobs.IsCompleted;

    /// <summary>Stores and announces an event.</summary>
    /// <param name="detectionEvent">The event.</param>
    /// <param name="files">Its files; none for an event whose files an earlier run wrote, which is not announced.</param>
    /// <returns>
    /// False when the database had it already; true also when an earlier attempt, which its caller has given up, has stored it meanwhile.
    /// </returns>
    /// <exception cref="IOException">It could not be stored.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public Task<bool> AddAsync(DetectionEvent detectionEvent, NewFile[] files) => Enqueue(new EventWrite(detectionEvent, files));

    /// <summary>Creates a folder for one saver alone, named after a moment.</summary>
    /// <returns>Relative to the data directory.</returns>
    /// <exception cref="IOException">It could not be created.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async Task<string> StartFolderAsync(DateTimeOffset at)
    {
        var relDir = "";
        await Enqueue(new WriterCall(folders.PathOf(EventNames.Root), () => (relDir = folders.Start(at)).Length > 0));
        return relDir;
    }

    /// <summary>Pins an event or unpins it, on the thread that writes so that it does not race with its removal.</summary>
    /// <returns>False when the event is gone.</returns>
    /// <exception cref="IOException">It could not be stored.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public Task<bool> PinAsync(DetectionEvent detectionEvent, bool isPinned) =>
        Enqueue(new WriterCall(folders.PathOf(detectionEvent.RelDir), () => folders.SetPin(detectionEvent, isPinned)));

    /// <summary>Does something with an event's files and rows on the thread that writes.</summary>
    /// <param name="work">Gives the result; called twice when it meets damage of the database.</param>
    /// <exception cref="IOException">It failed.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public Task<bool> CallAsync(Func<SqliteConnection, bool> work) => Enqueue(new RowCall(folders.PathOf(EventNames.Root), work));

    /// <summary>Takes jobs out, waiting for the first of them.</summary>
    /// <param name="most">No more than these.</param>
    /// <param name="longestWait">After so long there may be none.</param>
    public List<WriterJob> Take(int most, TimeSpan longestWait)
    {
        List<WriterJob> jobs = _jobs.TryTake(out var first, longestWait) ? [first] : [];
        while (jobs.Count > 0 && jobs.Count < most && _jobs.TryTake(out var more))
        {
            jobs.Add(more);
        }

        return jobs;
    }

    /// <summary>Accepts nothing more; what waits stays.</summary>
    public void Close() => _jobs.CompleteAdding();

    /// <summary>To be called after the thread that writes has ended.</summary>
    public void Dispose() => _jobs.Dispose();

    private Task<bool> Enqueue(WriterJob job)
    {
        try
        {
            _jobs.Add(job);
        }
        catch (InvalidOperationException error)
        {
            throw new ObjectDisposedException("the event store is closed", error);
        }

        return job.Done.Task;
    }
}
