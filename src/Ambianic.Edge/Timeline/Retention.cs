using Microsoft.Data.Sqlite;

namespace Ambianic.Timeline;

/// <summary>
/// Forgets what the configuration says, on the thread that writes and between two writes, so that nothing races with it.
/// </summary>
internal sealed class Retention(
    Func<RetentionOptions> options, EventFolders folders, EventRemoval removal, string dataDir, TimeProvider time)
{
    private const int MostAtOnce = 256;
    private static readonly TimeSpan AgeRhythm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RoomRhythm = TimeSpan.FromSeconds(10);

    private readonly ClockWatch _clock = new(time);
    private RetentionPolicy _policy = new(options());
    private (long At, long Seq) _cursor = (long.MinValue, 0);
    private long _agedAt;
    private long _madeRoomAt;
    private bool _hasNothingToTake;
    private long? _size;

    /// <inheritdoc cref="EventRemoval.Trouble"/>
    public string? Trouble => removal.Trouble;

    /// <summary>Files of an event were written.</summary>
    public void Wrote(long bytes) => _size += bytes;

    /// <summary>Removes what is due, a limited number at a time.</summary>
    /// <returns>True when it was time to look.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    public bool Run(SqliteConnection connection)
    {
        FollowOptions();
        _clock.Look();
        if (removal.Forgive())
        {
            _hasNothingToTake = false;
        }

        var looksAtAge = _policy.LimitsAge && !_clock.IsDoubted && IsDue(ref _agedAt, AgeRhythm);
        if (looksAtAge)
        {
            RemoveExpired(connection);
        }

        var isOver = !_hasNothingToTake && _size is { } size && _policy.Excess(size, () => long.MaxValue) > 0; // free space is asked for less often
        var looksAtRoom = _policy.LimitsRoom && (isOver || IsDue(ref _madeRoomAt, _hasNothingToTake ? AgeRhythm : RoomRhythm));
        if (looksAtRoom)
        {
            MakeRoom(connection);
        }

        return looksAtAge || looksAtRoom;
    }

    /// <summary>An edited configuration counts from the next round on, for the oldest events too.</summary>
    private void FollowOptions()
    {
        if (_policy.Options == options())
        {
            return;
        }

        _policy = new RetentionPolicy(options());
        _cursor = (long.MinValue, 0);
        (_agedAt, _madeRoomAt) = (0, 0);
    }

    private bool IsDue(ref long last, TimeSpan rhythm)
    {
        if (last != 0 && time.GetElapsedTime(last) < rhythm)
        {
            return false;
        }

        last = time.GetTimestamp();
        return true;
    }

    /// <summary>Walks over the old events a part at a time, because some of them are kept longer than others.</summary>
    private void RemoveExpired(SqliteConnection connection)
    {
        var now = time.GetUtcNow();
        var page = Oldest(connection, _cursor, now - _policy.ShortestAge);
        var expired = page.Where(row => removal.CanRemove(row.Event) && _policy.IsExpired(row.Event, now - row.Event.At)).ToList();
        Remove(connection, expired, "their time is over");
        _cursor = page.Count < MostAtOnce ? (long.MinValue, 0) : page[^1].Key;
        if (page.Count == MostAtOnce)
        {
            _agedAt = 0; // there is more
        }
    }

    private void MakeRoom(SqliteConnection connection)
    {
        var size = _policy.LimitsSize ? _size ??= folders.TotalSize() : 0;
        var excess = _policy.Excess(size, () => new DriveInfo(dataDir).AvailableFreeSpace);
        if (excess <= 0)
        {
            return;
        }

        List<StoredEvent> chosen = [];
        foreach (var row in Candidates(connection).Take(MostAtOnce))
        {
            if (excess <= 0)
            {
                break;
            }

            chosen.Add(row);
            excess -= folders.SizeOf(row.Event);
        }

        Remove(connection, chosen, "room was needed");
        _hasNothingToTake = chosen.Count == 0 && removal.IsHindered; // all events were looked through for that
        if (excess > 0 && chosen.Count == MostAtOnce)
        {
            _madeRoomAt = 0;
        }
    }

    private void Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        var size = _size;
        _size = null; // counted anew when this fails half-way
        _size = size - removal.Remove(connection, rows, why);
    }

    /// <summary>The oldest first, falls and what is to be kept after everything else.</summary>
    private IEnumerable<StoredEvent> Candidates(SqliteConnection connection)
    {
        foreach (var precious in (bool[])[false, true])
        {
            var cursor = (long.MinValue, 0L);
            while (Oldest(connection, cursor, DateTimeOffset.MaxValue) is { Count: > 0 } page)
            {
                foreach (var row in page.Where(row => RetentionPolicy.IsPrecious(row.Event) == precious && removal.CanRemove(row.Event)))
                {
                    yield return row;
                }

                cursor = page[^1].Key;
            }
        }
    }

    /// <summary>What the files say of being kept counts, whatever the database knows.</summary>
    private List<StoredEvent> Oldest(SqliteConnection connection, (long At, long Seq) after, DateTimeOffset before) =>
        [.. EventRows.Oldest(connection, after, before, MostAtOnce).Select(row => row with { Event = folders.WithPin(row.Event) })];
}
