using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Removes the events that the configuration does not keep, on the thread that writes and between two writes, so that nothing races with it.
/// </summary>
internal sealed class EventRetention
{
    private static readonly TimeSpan AgeRhythm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RoomRhythm = TimeSpan.FromSeconds(10);

    private readonly Func<RetentionOptions> _options;
    private readonly Func<bool> _knowsAllEvents;
    private readonly OldestEventReader _events;
    private readonly EventSizes _sizes;
    private readonly EventRemoval _removal;
    private readonly SizeQuota _forSize;
    private readonly SizeQuota _forSpace;
    private readonly FreeSpaceProbe _probe;
    private readonly EventFolders _folders;
    private readonly TimeProvider _time;
    private readonly ClockDoubt _clock;
    private RetentionPolicy _policy;
    private long _cursor = OldestEventReader.Begin;
    private long _agedAt;
    private long _madeRoomAt;
    private long _bytes = -1; // a copy of what only this thread may ask for; -1 while it is not known

    /// <param name="options">What is removed; read before each round.</param>
    /// <param name="knowsAllEvents">False while the database is being filled from the files: the oldest come last.</param>
    /// <param name="folders">The events' files.</param>
    /// <param name="pulse">Learns that the disk answers.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Receives what was removed, and what could not be.</param>
    public EventRetention(
        Func<RetentionOptions> options, Func<bool> knowsAllEvents, EventFolders folders, WriterPulse pulse, TimeProvider time, ILogger logger)
    {
        _options = options;
        _knowsAllEvents = knowsAllEvents;
        _events = new OldestEventReader(folders, pulse);
        _sizes = new EventSizes(_events, folders, time);
        _removal = new EventRemoval(folders, pulse, time, logger);
        _forSize = new SizeQuota("max_size_mb", _ => true, _events, folders, _removal, time, logger);
        _forSpace = new SizeQuota("min_free_mb", seen => !seen.IsPinned, _events, folders, _removal, time, logger);
        _probe = new FreeSpaceProbe(() => folders.Disk.TotalFreeSpace, time, logger);
        _folders = folders;
        _time = time;
        _clock = new ClockDoubt(time);
        _policy = new RetentionPolicy(options());
    }

    /// <summary>Why what is due could not be removed at the last attempt, and what to do; null when it could.</summary>
    public string? Fault => _removal.Fault ?? _forSize.Fault ?? _forSpace.Fault ?? _probe.Fault;

    /// <summary>Bytes of the files of all events, as far as <c>max_size_mb</c> asks for it; null while that is not known. May be read from any thread.</summary>
    public long? Bytes => Volatile.Read(ref _bytes) is >= 0 and var bytes ? bytes : null;

    /// <summary>An event was stored.</summary>
    public void AddStored(long bytes)
    {
        _sizes.Add(bytes);
        _probe.AddStored(bytes);
    }

    /// <summary>The database has other events than before: their sizes are to be counted again.</summary>
    public void Recount() => _sizes.Recount();

    /// <summary>Removes what is due, a limited number at a time.</summary>
    /// <returns>True when it was time to look.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    public bool Run(SqliteConnection connection)
    {
        var isEdited = FollowOptions();
        _clock.Observe();
        if (_removal.RetryUndeletable())
        {
            _forSize.Reset();
            _forSpace.Reset();
        }

        var looksAtAge = _policy.LimitsAge && !_clock.IsDoubted && TryBeginRound(ref _agedAt, AgeRhythm);
        if (looksAtAge)
        {
            RemoveExpired(connection);
        }

        var isOver = _sizes.Sum is { } size && _policy.OverSize(size) > 0; // asking for free space costs more, and is done less often
        var looksAtRoom = _policy.LimitsRoom && _knowsAllEvents() && (isOver || TryBeginRound(ref _madeRoomAt, RoomRhythm));
        if (looksAtRoom)
        {
            MakeRoom(connection);
        }

        Volatile.Write(ref _bytes, _sizes.Sum ?? -1);
        return isEdited || looksAtAge || looksAtRoom;
    }

    /// <summary>Removes an event that a person wants removed, also one whose folder is not tried at the moment.</summary>
    /// <returns>False when its files cannot be removed; it stays on the timeline.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    public bool Delete(SqliteConnection connection, StoredEvent row)
    {
        var isGone = false;
        _sizes.Subtract(() =>
        {
            (var bytes, isGone) = _removal.Remove(connection, [row], "a person has deleted it");
            return bytes;
        });
        return isGone;
    }

    /// <summary>Applies an edited configuration, from the oldest events on.</summary>
    private bool FollowOptions()
    {
        if (_policy.Options == _options())
        {
            return false;
        }

        _policy = new RetentionPolicy(_options());
        _cursor = OldestEventReader.Begin;
        (_agedAt, _madeRoomAt) = (0, 0);
        _forSize.Reset();
        _forSpace.Reset();
        _probe.Reset();
        return true;
    }

    /// <summary>Begins a round, unless the last one was less than <paramref name="rhythm"/> ago.</summary>
    private bool TryBeginRound(ref long last, TimeSpan rhythm)
    {
        if (last != 0 && _time.GetElapsedTime(last) < rhythm)
        {
            return false;
        }

        last = _time.GetTimestamp();
        return true;
    }

    /// <summary>Reads the old events a page at a time, because some of them are kept longer than others.</summary>
    private void RemoveExpired(SqliteConnection connection)
    {
        var now = _time.GetUtcNow();
        var page = _events.Page(connection, _cursor, now - _policy.ShortestAge);
        var expired = page.Where(row => _removal.CanRemove(row.Event) && _policy.IsExpired(row.Event, now - row.Event.At)).ToList();
        Remove(connection, expired, "they are older than retention allows");
        var isMore = page.Count == OldestEventReader.PageSize;
        _cursor = isMore ? page[^1].Place : OldestEventReader.Begin;
        _agedAt = isMore ? 0 : _agedAt;
    }

    private void MakeRoom(SqliteConnection connection)
    {
        var isMore = false;
        if (_policy.LimitsSize)
        {
            _sizes.Count(connection);
            isMore |= _sizes.Sum is not { } size || MakeRoom(connection, _forSize, _policy.OverSize(size), long.MaxValue).IsMore;
        }

        isMore |= _policy.LimitsSpace && MakeSpace(connection);
        _madeRoomAt = isMore ? 0 : _madeRoomAt;
    }

    /// <returns>True when there is more to go.</returns>
    private bool MakeSpace(SqliteConnection connection)
    {
        var excess = _policy.ShortOfSpace(_folders.Disk.AvailableFreeSpace);
        _probe.IsWanted = excess > 0;
        _probe.Review();
        if (!_probe.AllowsRemoval)
        {
            return false;
        }

        _probe.BeginRemoval();
        var (bytes, isMore) = MakeRoom(connection, _forSpace, excess, _probe.Step);
        _probe.EndRemoval(bytes);
        return isMore;
    }

    private (long Bytes, bool IsMore) MakeRoom(SqliteConnection connection, SizeQuota limit, long excess, long step)
    {
        var chosen = limit.Choose(connection, excess, step);
        var bytes = Remove(connection, chosen, "the disk space was needed");
        if (chosen.Exists(row => !_removal.CanRemove(row.Event)))
        {
            limit.Reset(); // what cannot be removed frees nothing
        }

        return (bytes, chosen.Count == OldestEventReader.PageSize || (chosen.Count > 0 && step < excess));
    }

    /// <returns>Bytes of the files removed.</returns>
    private long Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        var bytes = 0L;
        if (rows.Count > 0)
        {
            _sizes.Subtract(() => bytes = _removal.Remove(connection, rows, why).Bytes);
        }

        return bytes;
    }
}
