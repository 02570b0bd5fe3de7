using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Takes events off the timeline and the disk. A row goes first, then pictures, the JSON last: what a crash leaves is an event
/// again after the next start. On a full disk the pictures go before the row. An event whose files cannot be removed stays on the
/// timeline: what is there is shown. For the thread that writes.
/// </summary>
internal sealed partial class EventRemoval(EventFolders folders, WriterPulse pulse, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Forgiveness = TimeSpan.FromMinutes(10);

    /// <summary>Folders whose files could not be removed; others must not be forgotten in their place again and again.</summary>
    private readonly HashSet<string> _stubborn = new(StringComparer.Ordinal);
    private long _failedAt;

    /// <summary>Why files could not be removed at the last attempt, and what to do; null when they could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>True when there are files that could not be removed.</summary>
    public bool IsHindered => _stubborn.Count > 0;

    /// <summary>False for an event in a folder whose files could not be removed a while ago.</summary>
    public bool CanRemove(DetectionEvent seen) => !_stubborn.Contains(seen.RelDir);

    /// <summary>Gives folders whose files could not be removed another chance, every ten minutes.</summary>
    /// <returns>True when there were such, and they may be tried now.</returns>
    public bool Forgive()
    {
        if (!IsHindered || time.GetElapsedTime(_failedAt) < Forgiveness)
        {
            return false;
        }

        _stubborn.Clear();
        Trouble = null;
        return true;
    }

    /// <summary>Removes events.</summary>
    /// <returns>Bytes that are free now.</returns>
    /// <exception cref="SqliteException">The database failed; rows and files are as they were, except for pictures when the disk is full.</exception>
    public long Remove(SqliteConnection connection, List<StoredEvent> rows, string why)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        var freed = 0L;
        try
        {
            EventRows.Remove(connection, rows);
        }
        catch (SqliteException error) when (StorageFailure.IsFull(error))
        {
            freed += RemoveFiles(rows, folders.RemovePictures).Bytes; // to remove a row takes room itself
            EventRows.Remove(connection, rows);
        }

        var (bytes, kept) = RemoveFiles(rows, folders.Remove);
        if (kept.Count > 0)
        {
            EventRows.Insert(connection, kept);
        }

        if (rows.Count > kept.Count)
        {
            var times = rows.Select(row => row.Event).Except(kept).Select(seen => seen.At).ToList(); // falls follow what is younger
            LogRemoved(times.Count, times.Min(), times.Max(), why);
        }

        return freed + bytes;
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
                if (_stubborn.Add(seen.RelDir))
                {
                    _failedAt = time.GetTimestamp();
                    Trouble = $"old events cannot be forgotten: {StorageFailure.At(folders.PathOf(seen.RelDir), error).Message}";
                    LogNotRemoved(Trouble);
                }
            }
        }

        return (bytes, kept);
    }

    [LoggerMessage(LogLevel.Information, "Forgot {Count} event(s) of {From} to {To}: {Why}")]
    private partial void LogRemoved(int count, DateTimeOffset from, DateTimeOffset to, string why);

    [LoggerMessage(LogLevel.Warning, "{Trouble}; it is tried again in ten minutes")]
    private partial void LogNotRemoved(string trouble);
}
