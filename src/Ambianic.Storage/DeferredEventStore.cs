using System.Runtime.CompilerServices;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>
/// An event store that opens later when its disk is read-only, full, missing, forbidden or hanging at the start, as after a
/// reboot with a worn card; pipelines run meanwhile. Each call for a folder or for events tries to open it, and fails as
/// long as that does. Safe to use from several threads.
/// </summary>
/// <param name="dataDir">Named when it does not answer.</param>
/// <param name="open">Opens the store, which is disposed with this one; called for one attempt at a time, on a thread of its own.</param>
/// <param name="time">Measures how long the disk does not answer.</param>
/// <param name="logger">Receives why it is not open.</param>
/// <param name="metrics">Told how storing goes; null when nobody measures.</param>
public sealed class DeferredEventStore(
    string dataDir, Func<SqliteEventStore> open, TimeProvider time, ILogger<SqliteEventStore> logger, StorageMetrics? metrics = null)
    : IEventStore, IEventFollower, IEventArchive, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<SqliteEventStore>? _opening;
    private long _since;
    private bool _hangs;
    private bool _isDisposed;
    private string? _notOpened;

    /// <inheritdoc/>
    public string? Fault => Opened is { } store ? store.Fault : Volatile.Read(ref _notOpened);

    /// <summary>Jobs that wait for the thread that writes.</summary>
    internal int Waiting => Opened?.Waiting ?? 0;

    /// <summary>Bytes of the files of all events; null while that is not known.</summary>
    internal long? Bytes => Opened?.Bytes;

    private SqliteEventStore? Opened => Volatile.Read(ref _opening) is { IsCompletedSuccessfully: true } opening ? opening.GetAwaiter().GetResult() : null;

    /// <summary>Opens the store, unless its disk does not let it.</summary>
    /// <exception cref="IOException">It cannot be opened for a reason that does not pass by itself.</exception>
    public async Task OpenAsync()
    {
        metrics?.Follow(this);
        try
        {
            await StoreAsync(CancellationToken.None);
        }
        catch (IOException error) when (StorageFailure.IsTransient(error))
        {
            logger.StoreNotOpened(error.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).StartFolderAsync(startedAt, cancellation);

    /// <inheritdoc/>
    /// <remarks>Not before <see cref="StartFolderAsync"/> has given a folder: there is none to store it in.</remarks>
    public async ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
    {
        var (begun, isStored) = (time.GetTimestamp(), false);
        try
        {
            var store = Opened ?? throw new IOException(Fault ?? $"{dataDir}: not open yet");
            await store.AppendAsync(detectionEvent, picture, cancellation);
            isStored = true;
        }
        finally
        {
            metrics?.Count(detectionEvent, isStored, time.GetElapsedTime(begun));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).PinAsync(id, isPinned, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var store = await StoreAsync(cancellation);
        await foreach (var seen in store.QueryAsync(query, cancellation))
        {
            yield return seen;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).CountAsync(query, cancellation);

    /// <inheritdoc/>
    public async ValueTask<EventPage> PageAsync(EventQuery query, EventOrder order, long? after, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).PageAsync(query, order, after, cancellation);

    /// <inheritdoc/>
    public async ValueTask<DetectionEvent?> FindAsync(string id, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).FindAsync(id, cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).DeleteAsync(id, cancellation);

    /// <inheritdoc/>
    public async ValueTask<DetectionEvent?> RemarkAsync(string id, Func<EventRemarks, EventRemarks> change, CancellationToken cancellation) =>
        await (await StoreAsync(cancellation)).RemarkAsync(id, change, cancellation);

    /// <inheritdoc/>
    /// <remarks>Does not wait for a store that is not open yet: tries to open it in the background, and fails meanwhile.</remarks>
    public EventCursor End() => OpenNow().End();

    /// <inheritdoc/>
    /// <remarks><inheritdoc cref="End"/></remarks>
    public EventBatch ReadAfter(EventCursor cursor, int limit) => OpenNow().ReadAfter(cursor, limit);

    /// <inheritdoc cref="SqliteEventStore.Usage"/>
    /// <remarks><inheritdoc cref="End"/></remarks>
    public StorageUsage Usage() => OpenNow().Usage();

    /// <inheritdoc cref="SqliteEventStore.CountBefore"/>
    /// <remarks><inheritdoc cref="End"/></remarks>
    public long CountBefore(DateTimeOffset moment) => OpenNow().CountBefore(moment);

    /// <summary>Closes the store; one that is still being opened ends with the program. A second call does nothing.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, true) ? ValueTask.CompletedTask : Opened?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The store, opened if need be. The first call waits for a disk that hangs; later ones fail at once.</summary>
    private async ValueTask<SqliteEventStore> StoreAsync(CancellationToken cancellation)
    {
        var opening = Begin();
        try
        {
            return await opening.WaitAsync(Volatile.Read(ref _hangs) ? TimeSpan.Zero : WriterPulse.Limit, time, cancellation);
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref _hangs, true);
            var silence = time.GetElapsedTime(Interlocked.Read(ref _since)).TotalSeconds;
            var error = StorageFailure.At(dataDir, new TimeoutException($"the disk has not answered for {silence:0} s"));
            Volatile.Write(ref _notOpened, error.Message);
            throw error;
        }
        catch (IOException error)
        {
            Volatile.Write(ref _notOpened, error.Message);
            throw;
        }
    }

    /// <exception cref="IOException">It is not open.</exception>
    private SqliteEventStore OpenNow()
    {
        if (Opened is { } store)
        {
            return store;
        }

        _ = TryAsync();
        throw new IOException(Fault ?? $"{dataDir}: not open yet");

        async Task TryAsync()
        {
            try
            {
                await StoreAsync(CancellationToken.None);
            }
            catch (IOException)
            {
                // it is in Fault
            }
        }
    }

    private Task<SqliteEventStore> Begin()
    {
        lock (_gate)
        {
            if (_opening is null or { IsFaulted: true })
            {
                Volatile.Write(ref _hangs, false);
                Interlocked.Exchange(ref _since, time.GetTimestamp());
                Volatile.Write(ref _opening, Task.Factory.StartNew(open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }

            return _opening!;
        }
    }
}
