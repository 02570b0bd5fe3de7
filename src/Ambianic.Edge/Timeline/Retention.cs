using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Timeline;

/// <summary>
/// Forgets what the configuration says, on the thread that writes and between two writes, so that nothing races with it. A
/// row goes first, then pictures, the JSON last: what a crash leaves is an event again after the next start. On a full disk
/// the pictures go before the row. An event whose files cannot be removed stays on the timeline: what is there is shown.
/// </summary>
internal sealed partial class Retention(
    Func<RetentionOptions> options, EventFolders folders, string dataDir, WriterPulse pulse, TimeProvider time, ILogger logger)
{
    private const int MostAtOnce = 256;
    private static readonly TimeSpan AgeRhythm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SpaceRhythm = TimeSpan.FromSeconds(10);

    /// <summary>A clock that jumps this far was set.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(1);

    /// <summary>Long enough for a time server, or a person, to correct a clock that was set wrong.</summary>
    private static readonly TimeSpan ClockIsDoubted = TimeSpan.FromHours(1);

    /// <summary>Folders whose files could not be removed; others must not be forgotten in their place again and again.</summary>
    private readonly HashSet<string> _stubborn = new(StringComparer.Ordinal);
    private RetentionPolicy _policy = new(options());
    private (long At, long Seq) _cursor = (long.MinValue, 0);
    private long _agedAt;
    private long _spacedAt;
    private long _forgaveAt;
    private bool _hasNothingToTake;
    private long? _size;
    private (DateTimeOffset Wall, long Monotonic) _clock = (time.GetUtcNow(), time.GetTimestamp());
    private long? _clockSetAt;

    /// <summary>Why files could not be removed at the last attempt, and what to do; null when they could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Files of an event were written.</summary>
    public void Wrote(long bytes) => _size += bytes;

    /// <summary>Removes what is due, a limited number at a time.</summary>
    /// <returns>True when it was time to look.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    public bool Run(SqliteConnection connection)
    {
        FollowOptions();
        NoticeClock();
        if (_stubborn.Count > 0 && IsDue(ref _forgaveAt, AgeRhythm))
        {
            _stubborn.Clear();
            (Trouble, _hasNothingToTake) = (null, false);
        }

        var looksAtAge = _policy.LimitsAge && !IsClockDoubted && IsDue(ref _agedAt, AgeRhythm);
        if (looksAtAge)
        {
            RemoveExpired(connection);
        }

        var isOver = !_hasNothingToTake && _size is { } size && _policy.Excess(size, long.MaxValue) > 0; // free space is asked for less often
        var looksAtRoom = _policy.LimitsRoom && (isOver || IsDue(ref _spacedAt, _hasNothingToTake ? AgeRhythm : SpaceRhythm));
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
        (_agedAt, _spacedAt) = (0, 0);
    }

    /// <summary>A clock that was set a year ahead by mistake would make every event too old.</summary>
    private bool IsClockDoubted => _clockSetAt is { } at && time.GetElapsedTime(at) < ClockIsDoubted;

    private void NoticeClock()
    {
        var (before, wall, monotonic) = (time.GetTimestamp(), time.GetUtcNow(), time.GetTimestamp());
        if (time.GetElapsedTime(before, monotonic) > Jump)
        {
            return; // this thread stood still between the two looks, which says nothing of the clock
        }

        if ((wall - _clock.Wall - time.GetElapsedTime(_clock.Monotonic, monotonic)).Duration() > Jump)
        {
            _clockSetAt = monotonic;
        }

        _clock = (wall, monotonic);
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
        var expired = page.Where(row => !_stubborn.Contains(row.Event.RelDir) && _policy.IsExpired(row.Event, now - row.Event.At)).ToList();
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
        var excess = _policy.Excess(size, new DriveInfo(dataDir).AvailableFreeSpace);
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
        _hasNothingToTake = chosen.Count == 0 && _stubborn.Count > 0; // all events were looked through for that
        if (excess > 0 && chosen.Count == MostAtOnce)
        {
            _spacedAt = 0;
        }
    }

    /// <summary>The oldest first, falls and what is to be kept after everything else.</summary>
    private IEnumerable<StoredEvent> Candidates(SqliteConnection connection)
    {
        foreach (var precious in (bool[])[false, true])
        {
            var cursor = (long.MinValue, 0L);
            while (Oldest(connection, cursor, DateTimeOffset.MaxValue) is { Count: > 0 } page)
            {
                foreach (var row in page.Where(row => RetentionPolicy.IsPrecious(row.Event) == precious && !_stubborn.Contains(row.Event.RelDir)))
                {
                    yield return row;
                }

                cursor = page[^1].Key;
            }
        }
    }

    /// <summary>What the files say of being kept counts, whatever the database knows.</summary>
    private List<StoredEvent> Oldest(SqliteConnection connection, (long At, long Seq) after, DateTimeOffset before) =>
        [.. EventDatabase.Oldest(connection, after, before, MostAtOnce).Select(row => row with { Event = folders.WithPin(row.Event) })];

    private void Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            EventDatabase.Remove(connection, rows);
        }
        catch (SqliteException error) when (StorageFailure.IsFull(error))
        {
            RemoveFiles(rows, folders.RemovePictures); // to remove a row takes room itself
            EventDatabase.Remove(connection, rows);
        }

        var kept = RemoveFiles(rows, folders.Remove);
        if (kept.Count > 0)
        {
            EventDatabase.Insert(connection, kept);
        }

        if (rows.Count > kept.Count)
        {
            LogRemoved(rows.Count - kept.Count, rows[0].Event.At, rows[^1].Event.At, why);
        }
    }

    /// <returns>Events whose files are still there.</returns>
    private List<DetectionEvent> RemoveFiles(List<StoredEvent> rows, Func<DetectionEvent, long> remove)
    {
        List<DetectionEvent> kept = [];
        foreach (var (_, seen) in rows)
        {
            try
            {
                pulse.Beat();
                _size -= remove(seen);
            }
            catch (Exception error) when (StorageFailure.IsOne(error))
            {
                kept.Add(seen);
                if (_stubborn.Add(seen.RelDir))
                {
                    _forgaveAt = time.GetTimestamp();
                    Trouble = $"old events cannot be forgotten: {StorageFailure.At(folders.PathOf(seen.RelDir), error).Message}";
                    LogNotRemoved(Trouble);
                }
            }
        }

        return kept;
    }

    [LoggerMessage(LogLevel.Information, "Forgot {Count} event(s) of {From} to {To}: {Why}")]
    private partial void LogRemoved(int count, DateTimeOffset from, DateTimeOffset to, string why);

    [LoggerMessage(LogLevel.Warning, "{Trouble}; it is tried again in ten minutes")]
    private partial void LogNotRemoved(string trouble);
}

/// <summary>An event and where its row is.</summary>
internal readonly record struct StoredEvent((long At, long Seq) Key, DetectionEvent Event);
