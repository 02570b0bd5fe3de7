using Microsoft.Extensions.Logging;

namespace Ambianic.Timeline;

/// <summary>
/// An event store that opens later when its disk is read-only, full, missing or forbidden at the start, as after a reboot with
/// a worn card: somebody watches meanwhile. Each call tries to open it, and fails as long as that does.
/// </summary>
public sealed partial class DeferredEventStore : IEventStore, IAsyncDisposable
{
    private readonly Func<SqliteEventStore> _open;
    private readonly Lock _opening = new();
    private readonly string? _notOpened;
    private SqliteEventStore? _store;

    /// <summary>Opens the store, unless its disk does not let it.</summary>
    /// <param name="open">Opens it; it is disposed with this one.</param>
    /// <param name="logger">Told that it is not open.</param>
    /// <exception cref="IOException">It cannot be opened for another reason.</exception>
    public DeferredEventStore(Func<SqliteEventStore> open, ILogger<SqliteEventStore> logger)
    {
        _open = open;
        try
        {
            _store = open();
        }
        catch (IOException error) when (StorageFailure.MayPass(error))
        {
            _notOpened = error.Message;
            LogNotOpened(logger, error.Message);
        }
    }

    /// <inheritdoc/>
    public string? Trouble => Volatile.Read(ref _store) is { } store ? store.Trouble : _notOpened;

    /// <inheritdoc/>
    public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) =>
        Store().StartFolderAsync(startedAt, cancellation);

    /// <inheritdoc/>
    public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation) =>
        Store().AppendAsync(detectionEvent, picture, cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => Store().PinAsync(id, isPinned, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation) => Store().QueryAsync(query, cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => Store().CountAsync(query, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private SqliteEventStore Store()
    {
        lock (_opening)
        {
            return _store ??= _open();
        }
    }

    [LoggerMessage(LogLevel.Error, "Ambianic watches, but saves nothing until this is mended: {Reason}")]
    private static partial void LogNotOpened(ILogger logger, string reason);
}
