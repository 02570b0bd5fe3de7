using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Chooses what makes room for a limit: the oldest events, falls and what is to be kept after everything else, and nothing at
/// all when the limit could not be kept with all of them gone. For the thread that writes.
/// </summary>
/// <param name="name">Of the limit, as the configuration calls it.</param>
/// <param name="mayGo">Which events may be taken for it.</param>
/// <param name="events">All events.</param>
/// <param name="folders">Their files.</param>
/// <param name="removal">Knows which can be removed.</param>
/// <param name="time">Paces the looks for more.</param>
/// <param name="logger">Told of a limit that cannot be kept.</param>
internal sealed partial class RoomLimit(
    string name, Predicate<DetectionEvent> mayGo, OldEvents events, EventFolders folders, EventRemoval removal, TimeProvider time, ILogger logger)
{
    /// <summary>After so long there may be more to take than there was.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private long _within; // bytes that could go when it was looked at last, or more
    private long? _outOfReachAt;

    /// <summary>Why the limit cannot be kept, and what to do; null when it can.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What could go is to be found out anew.</summary>
    public void Forget()
    {
        _within = 0;
        _outOfReachAt = null;
        Trouble = null;
    }

    /// <summary>The events that go next.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="excess">Bytes that have to go; 0 or less when the limit is kept.</param>
    /// <param name="step">Bytes that may go now.</param>
    public List<StoredEvent> Choose(SqliteConnection connection, long excess, long step)
    {
        List<StoredEvent> chosen = [];
        if (!IsWithinReach(connection, excess))
        {
            return chosen;
        }

        Trouble = null;
        var toGo = Math.Min(excess, step);
        foreach (var row in Candidates(connection).TakeWhile(_ => toGo > 0).Take(OldEvents.PageSize))
        {
            var bytes = folders.SizeOf(row.Event);
            chosen.Add(row);
            toGo -= bytes;
            _within -= bytes;
        }

        return chosen;
    }

    private bool IsWithinReach(SqliteConnection connection, long excess)
    {
        if (excess <= Math.Max(0, _within))
        {
            return true;
        }

        if (_outOfReachAt is { } at && time.GetElapsedTime(at) < Patience)
        {
            return false;
        }

        _within = 0;
        foreach (var row in events.All(connection).Where(IsCandidate).TakeWhile(_ => _within < excess))
        {
            _within += folders.SizeOf(row.Event);
        }

        var isWithinReach = excess <= _within;
        _outOfReachAt = isWithinReach ? null : time.GetTimestamp();
        if (!isWithinReach)
        {
            Report(excess);
        }

        return isWithinReach;
    }

    private void Report(long excess)
    {
        var isNews = Trouble is null;
        Trouble = string.Create(
            CultureInfo.InvariantCulture,
            $"retention.{name} cannot be kept: {excess / 1e6:0.0} MB would have to go, and all events that may go for it hold {_within / 1e6:0.0} MB, so none is removed; "
            + $"free the disk of other files, or change the limit");
        if (isNews)
        {
            LogOutOfReach(Trouble);
        }
    }

    private bool IsCandidate(StoredEvent row) => mayGo(row.Event) && removal.CanRemove(row.Event);

    private IEnumerable<StoredEvent> Candidates(SqliteConnection connection) =>
        from precious in (bool[])[false, true]
        from row in events.All(connection)
        where RetentionPolicy.IsPrecious(row.Event) == precious && IsCandidate(row)
        select row;

    [LoggerMessage(LogLevel.Warning, "{Trouble}")]
    private partial void LogOutOfReach(string trouble);
}
