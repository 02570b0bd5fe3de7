using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Forgets what the configuration says, on the thread that writes and between two writes, so that nothing races with it.
/// </summary>
internal sealed class EventRetention
{
    private static readonly TimeSpan AgeRhythm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RoomRhythm = TimeSpan.FromSeconds(10);

    private readonly Func<RetentionOptions> _options;
    private readonly Func<bool> _knowsAllEvents;
    private readonly OldEvents _events;
    private readonly EventSizes _sizes;
    private readonly EventRemoval _removal;
    private readonly RoomLimit _forSize;
    private readonly RoomLimit _forSpace;
    private readonly FreedRoom _freed;
    private readonly EventFolders _folders;
    private readonly TimeProvider _time;
    private readonly ClockWatch _clock;
    private RetentionPolicy _policy;
    private (long At, long Seq) _cursor = OldEvents.Begin;
    private long _agedAt;
    private long _madeRoomAt;

    /// <param name="options">What is forgotten, also when that changes.</param>
    /// <param name="knowsAllEvents">False while the database is being filled from the files: the oldest are the last to come.</param>
    /// <param name="folders">The events' files.</param>
    /// <param name="pulse">Told that the thread that writes gets on.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Told of what was forgotten, and why something could not be.</param>
    public EventRetention(
        Func<RetentionOptions> options, Func<bool> knowsAllEvents, EventFolders folders, WriterPulse pulse, TimeProvider time, ILogger logger)
    {
        _options = options;
        _knowsAllEvents = knowsAllEvents;
        _events = new OldEvents(folders, pulse);
        _sizes = new EventSizes(_events, folders, time);
        _removal = new EventRemoval(folders, pulse, time, logger);
        _forSize = new RoomLimit("max_size_mb", _ => true, _events, folders, _removal, time, logger);
        _forSpace = new RoomLimit("min_free_mb", seen => !seen.IsPinned, _events, folders, _removal, time, logger);
        _freed = new FreedRoom(() => folders.Disk.TotalFreeSpace, time, logger);
        _folders = folders;
        _time = time;
        _clock = new ClockWatch(time);
        _policy = new RetentionPolicy(options());
    }

    /// <summary>Why what is due could not be forgotten at the last attempt, and what to do; null when it could.</summary>
    public string? Trouble => _removal.Trouble ?? _forSize.Trouble ?? _forSpace.Trouble ?? _freed.Trouble;

    /// <summary>An event was stored.</summary>
    public void Stored(long bytes)
    {
        _sizes.Add(bytes);
        _freed.Stored(bytes);
    }

    /// <summary>The database has other events than before.</summary>
    public void CountAnew() => _sizes.CountAnew();

    /// <summary>Removes what is due, a limited number at a time.</summary>
    /// <returns>True when it was time to look.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    public bool Run(SqliteConnection connection)
    {
        var isEdited = FollowOptions();
        _clock.Look();
        if (_removal.Forgive())
        {
            _forSize.Forget();
            _forSpace.Forget();
        }

        var looksAtAge = _policy.LimitsAge && !_clock.IsDoubted && IsDue(ref _agedAt, AgeRhythm);
        if (looksAtAge)
        {
            RemoveExpired(connection);
        }

        var isOver = _sizes.Sum is { } size && _policy.OverSize(size) > 0; // free space is asked for less often
        var looksAtRoom = _policy.LimitsRoom && _knowsAllEvents() && (isOver || IsDue(ref _madeRoomAt, RoomRhythm));
        if (looksAtRoom)
        {
            MakeRoom(connection);
        }

        return isEdited || looksAtAge || looksAtRoom;
    }

    /// <summary>An edited configuration counts from the next round on, for the oldest events too.</summary>
    private bool FollowOptions()
    {
        if (_policy.Options == _options())
        {
            return false;
        }

        _policy = new RetentionPolicy(_options());
        _cursor = OldEvents.Begin;
        (_agedAt, _madeRoomAt) = (0, 0);
        _forSize.Forget();
        _forSpace.Forget();
        _freed.Forget();
        return true;
    }

    private bool IsDue(ref long last, TimeSpan rhythm)
    {
        if (last != 0 && _time.GetElapsedTime(last) < rhythm)
        {
            return false;
        }

        last = _time.GetTimestamp();
        return true;
    }

    /// <summary>Walks over the old events a part at a time, because some of them are kept longer than others.</summary>
    private void RemoveExpired(SqliteConnection connection)
    {
        var now = _time.GetUtcNow();
        var page = _events.Page(connection, _cursor, now - _policy.ShortestAge);
        var expired = page.Where(row => _removal.CanRemove(row.Event) && _policy.IsExpired(row.Event, now - row.Event.At)).ToList();
        Remove(connection, expired, "their time is over");
        var isMore = page.Count == OldEvents.PageSize;
        _cursor = isMore ? page[^1].Key : OldEvents.Begin;
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
        _freed.IsWanted = excess > 0;
        if (!_freed.MayRemove())
        {
            return false;
        }

        _freed.Removing();
        var (bytes, isMore) = MakeRoom(connection, _forSpace, excess, _freed.Step);
        _freed.Removed(bytes);
        return isMore;
    }

    private (long Bytes, bool IsMore) MakeRoom(SqliteConnection connection, RoomLimit limit, long excess, long step)
    {
        var chosen = limit.Choose(connection, excess, step);
        var bytes = Remove(connection, chosen, "room was needed");
        if (chosen.Exists(row => !_removal.CanRemove(row.Event)))
        {
            limit.Forget(); // what cannot be removed makes no room
        }

        return (bytes, chosen.Count == OldEvents.PageSize || (chosen.Count > 0 && step < excess));
    }

    /// <returns>Bytes of the files removed.</returns>
    private long Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        var bytes = 0L;
        if (rows.Count > 0)
        {
            _sizes.Subtract(() => bytes = _removal.Remove(connection, rows, why));
        }

        return bytes;
    }
}
