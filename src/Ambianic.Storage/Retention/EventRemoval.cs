using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Removes events from the timeline and the disk. The row goes first, then the pictures, the JSON last: what a crash leaves is an
/// event again after the next start. On a full disk the pictures go before the row. An event whose files cannot be removed stays
/// on the timeline. For the thread that writes.
/// </summary>
internal sealed class EventRemoval(EventFolders folders, WriterPulse pulse, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>Folders whose files could not be removed; their events are not chosen again before <see cref="RetryAfter"/>.</summary>
    private readonly HashSet<string> _undeletable = new(StringComparer.Ordinal);
    private long _failedAt;

    /// <summary>Why files could not be removed at the last attempt, and what to do; null when they could.</summary>
    public string? Fault { get; private set; }

    /// <summary>False for an event in a folder whose files could not be removed a while ago.</summary>
    public bool CanRemove(DetectionEvent seen) => !_undeletable.Contains(seen.RelDir);

    /// <summary>Every ten minutes, lets folders whose files could not be removed be tried again.</summary>
    /// <returns>True when there were such, and they may be tried now.</returns>
    public bool RetryUndeletable()
    {
        if (_undeletable.Count == 0 || time.GetElapsedTime(_failedAt) < RetryAfter)
        {
            return false;
        }

        _undeletable.Clear();
        Fault = null;
        return true;
    }

    /// <summary>Removes events.</summary>
    /// <returns>Bytes that are free now, and whether all of them are gone.</returns>
    /// <exception cref="SqliteException">The database failed; rows and files are as they were, except for pictures when the disk is full.</exception>
    public (long Bytes, bool AreGone) Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        if (rows.Count == 0)
        {
            return (0, true);
        }

        var freed = 0L;
        try
        {
            EventRows.Remove(connection, rows);
        }
        catch (SqliteException error) when (StorageFailure.IsFull(error))
        {
            freed += RemoveFiles(rows, folders.RemovePictures).Bytes; // removing a row needs space itself
            EventRows.Remove(connection, rows);
        }

        var (bytes, kept) = RemoveFiles(rows, folders.Remove);
        if (kept.Count > 0)
        {
            EventRows.Insert(connection, [.. kept.Select(seen => (seen, true))]);
        }

        if (rows.Count > kept.Count)
        {
            var times = rows.Select(row => row.Event).Except(kept).Select(seen => seen.At).ToList(); // not in the order of time: falls are removed last
            logger.EventsRemoved(times.Count, times.Min(), times.Max(), why);
        }

        return (freed + bytes, kept.Count == 0);
    }

    /// <returns>Bytes that are free now, and events whose files are still there.</returns>
    private (long Bytes, List<DetectionEvent> Kept) RemoveFiles(List<StoredEvent> rows, Func<DetectionEvent, long> remove)
    {
        var bytes = 0L;
        List<DetectionEvent> kept = [];
        foreach (var (_, seen) in rows)
        {
            try
            {
                pulse.Beat();
                bytes += remove(seen);
            }
            catch (Exception error) when (StorageFailure.IsOne(error))
            {
                kept.Add(seen);
                if (_undeletable.Add(seen.RelDir))
                {
                    _failedAt = time.GetTimestamp();
                    Fault = $"old events cannot be removed: {StorageFailure.At(folders.PathOf(seen.RelDir), error).Message}";
                    logger.EventsNotRemoved(Fault);
                }
            }
        }

        return (bytes, kept);
    }
}
