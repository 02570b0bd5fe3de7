using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>
/// The durable copy of what the desk knows. What cannot be stored is kept and tried again; a position in the timeline alone is stored
/// when it is convenient, because reading events twice changes nothing. Used by the desk's loop; <see cref="Fault"/> and <see cref="Unstored"/> by any thread.
/// </summary>
/// <param name="store">Where it is stored.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives why it cannot be stored.</param>
internal sealed class AlertLedger(IAlertStore store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PositionEvery = TimeSpan.FromSeconds(5);
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    private volatile AlertChanges _unstored = AlertChanges.None;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _failures;
    private volatile string? _fault;

    /// <summary>False until what an earlier run left has been read: nothing is stored before.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Why it cannot be read or stored, for people; null when all is well.</summary>
    public string? Fault => _fault;

    /// <summary>What is not stored yet.</summary>
    public AlertChanges Unstored => _unstored;

    /// <summary>When there is something to try again; null when there is not.</summary>
    public DateTimeOffset? NextDue => _unstored.IsEmpty && IsLoaded ? null : _next;

    /// <summary>Reads what an earlier run left.</summary>
    /// <returns>Null when it was read before, cannot be read, or is not due yet.</returns>
    public AlertJournal? Load()
    {
        if (IsLoaded || time.GetUtcNow() < _next)
        {
            return null;
        }

        try
        {
            var journal = store.Load();
            (IsLoaded, _failures, _fault) = (true, 0, null);
            return journal;
        }
        catch (IOException error)
        {
            Failed(error, logger.AlertsNotLoaded);
            return null;
        }
    }

    /// <summary>Keeps what changed until it is stored.</summary>
    public void Add(AlertChanges changes) => _unstored = _unstored.Then(changes);

    /// <summary>Stores what is not stored yet, if that is due.</summary>
    /// <param name="everything">All there is, for a store that has lost what it had.</param>
    /// <param name="isLast">True when no call follows: it is tried at once.</param>
    public void Save(Func<AlertChanges> everything, bool isLast = false)
    {
        var now = time.GetUtcNow();
        var canWait = _unstored.IsEmpty || _failures > 0;
        if (!IsLoaded || _unstored is { IsEmpty: true, Cursor: null } || (canWait && now < _next && !isLast))
        {
            return;
        }

        try
        {
            Commit(everything);
            (_next, _failures, _fault) = (now + PositionEvery, 0, null);
        }
        catch (IOException error)
        {
            Failed(error, logger.AlertsNotStored);
        }
    }

    /// <summary>Reads the store.</summary>
    /// <returns><paramref name="unread"/> when it cannot be read; <see cref="Fault"/> says why.</returns>
    public T Read<T>(Func<IAlertStore, T> read, T unread)
    {
        try
        {
            return read(store);
        }
        catch (IOException error)
        {
            _fault = error.Message;
            return unread;
        }
    }

    /// <summary>The clock was set: what is to be tried again is tried at once.</summary>
    public void Hurry() => _next = DateTimeOffset.MinValue;

    private void Commit(Func<AlertChanges> everything)
    {
        try
        {
            store.Commit(_unstored);
        }
        catch (AlertStoreReplacedException error)
        {
            logger.AlertsNotStored(error.Message);
            Add(everything());
            store.Commit(_unstored);
        }

        _unstored = AlertChanges.None;
    }

    private void Failed(IOException error, Action<string> log)
    {
        _next = time.GetUtcNow() + Retry.After(++_failures, Random.Shared);
        _fault = error.Message;
        if (_failures == 1)
        {
            log(error.Message);
        }
    }
}
