using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Chooses the events to remove for a limit of size: the oldest first, falls and pinned ones last, and none at all when the
/// limit cannot be met by removing all of them. For the thread that writes.
/// </summary>
/// <param name="name">Of the limit, as the configuration calls it.</param>
/// <param name="mayGo">Which events may be removed for it.</param>
/// <param name="events">All events.</param>
/// <param name="folders">Their files.</param>
/// <param name="removal">Knows which can be removed.</param>
/// <param name="time">Paces the measuring.</param>
/// <param name="logger">Receives a limit that cannot be met.</param>
internal sealed class SizeQuota(
    string name, Predicate<DetectionEvent> mayGo, OldestEventReader events, EventFolders folders, EventRemoval removal, TimeProvider time, ILogger logger)
{
    /// <summary>A limit out of reach is measured again after this.</summary>
    private static readonly TimeSpan RemeasureAfter = TimeSpan.FromMinutes(10);

    private long _removable; // bytes, a lower bound from the last measuring
    private long? _outOfReachAt;

    /// <summary>Why the limit cannot be kept, and what to do; null when it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>Discards what was measured.</summary>
    public void Reset()
    {
        _removable = 0;
        _outOfReachAt = null;
        Fault = null;
    }

    /// <summary>The events that go next.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="excess">Bytes that have to go; 0 or less when the limit is kept.</param>
    /// <param name="step">Bytes that may go now.</param>
    public List<StoredEvent> Choose(SqliteConnection connection, long excess, long step)
    {
        List<StoredEvent> chosen = [];
        if (!IsWithinReach(excess))
        {
            Measure(connection, excess);
        }

        if (!IsWithinReach(excess))
        {
            return chosen;
        }

        Fault = null;
        var toGo = Math.Min(excess, step);
        foreach (var row in Candidates(connection).TakeWhile(_ => toGo > 0).Take(OldestEventReader.PageSize))
        {
            var bytes = folders.SizeOf(row.Event);
            chosen.Add(row);
            toGo -= bytes;
            _removable -= bytes;
        }

        return chosen;
    }

    private bool IsWithinReach(long excess) => excess <= Math.Max(0, _removable);

    /// <summary>Sums up what can be removed, up to the excess; not again within ten minutes after that was too little.</summary>
    private void Measure(SqliteConnection connection, long excess)
    {
        if (_outOfReachAt is { } at && time.GetElapsedTime(at) < RemeasureAfter)
        {
            return;
        }

        _removable = 0;
        foreach (var row in events.All(connection).Where(IsCandidate).TakeWhile(_ => _removable < excess))
        {
            _removable += folders.SizeOf(row.Event);
        }

        _outOfReachAt = IsWithinReach(excess) ? null : time.GetTimestamp();
        if (_outOfReachAt is not null)
        {
            Report(excess);
        }
    }

    private void Report(long excess)
    {
        var isFirst = Fault is null;
        Fault = string.Create(
            CultureInfo.InvariantCulture,
            $"retention.{name} cannot be kept: {excess / 1e6:0.0} MB would have to go, and all events that may go for it hold {_removable / 1e6:0.0} MB, so none is removed; "
            + $"free the disk of other files, or change the limit");
        if (isFirst)
        {
            logger.QuotaOutOfReach(Fault);
        }
    }

    private bool IsCandidate(StoredEvent row) => mayGo(row.Event) && removal.CanRemove(row.Event);

    private IEnumerable<StoredEvent> Candidates(SqliteConnection connection) =>
        from precious in (bool[])[false, true]
        from row in events.All(connection)
        where RetentionPolicy.IsPrecious(row.Event) == precious && IsCandidate(row)
        select row;
}
