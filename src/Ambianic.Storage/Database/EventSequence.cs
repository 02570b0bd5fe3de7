using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>
/// The numbers of the rows of <see cref="EventDatabase"/>, by which a reader follows the timeline. In one database each number is given
/// once and they only grow, so that what is stored after a read has a greater number, whatever is removed. The order of a database that
/// was rebuilt is another one.
/// </summary>
internal static class EventSequence
{
    private const int SqliteCorrupt = 11;

    /// <summary>The greatest number that was ever given. For the thread that writes.</summary>
    public static long Last(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT max(last, coalesce((SELECT max(seq) FROM events), 0)) FROM numbering;");
        return command.ExecuteScalar() is long last ? last : throw Missing();
    }

    /// <summary>Says that numbers up to this one are taken. For the thread that writes, in the transaction that takes them.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="last">The greatest.</param>
    /// <param name="lastRecovered">The greatest of an event that was recovered from its file; null when none was now.</param>
    public static void SetLast(SqliteConnection connection, long last, long? lastRecovered)
    {
        using var command = connection.Command("UPDATE numbering SET last = $last, last_recovered = coalesce($lastRecovered, last_recovered);");
        command.Bind(("$last", last), ("$lastRecovered", (object?)lastRecovered ?? DBNull.Value));
        command.ExecuteNonQuery();
    }

    /// <summary>The end of the timeline.</summary>
    /// <param name="connection">It can read.</param>
    /// <param name="at">The time of the cursor.</param>
    public static EventCursor End(SqliteConnection connection, DateTimeOffset at)
    {
        var place = Find(connection, 0);
        using var newest = connection.Command("SELECT id FROM events WHERE seq = $last;");
        newest.Bind(("$last", place.Last));
        return new EventCursor(place.Last, newest.ExecuteScalar() as string ?? "", at, place.Numbering);
    }

    /// <summary>Events that were stored after a position.</summary>
    /// <param name="connection">It can read.</param>
    /// <param name="cursor">The position.</param>
    /// <param name="limit">Events at most, from 1.</param>
    /// <param name="now">A time that a clock ahead of this one wrote counts as now: later events would else not be found by time.</param>
    public static EventBatch ReadAfter(SqliteConnection connection, EventCursor cursor, int limit, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var snapshot = connection.BeginTransaction(deferred: true);
        var place = Find(connection, cursor.Sequence);
        var isKnown = place.Numbering == cursor.Numbering && cursor.Sequence <= place.Last && (place.EventId ?? cursor.EventId) == cursor.EventId;
        using var command = connection.Command(isKnown
            ? "SELECT seq, document FROM events WHERE seq > $seq ORDER BY seq LIMIT $limit;"
            : "SELECT seq, document FROM events INDEXED BY events_by_time WHERE at >= $from ORDER BY seq LIMIT $limit;");
        command.Bind(
            ("$seq", cursor.Sequence),
            ("$from", EventDatabase.Microseconds(Earlier(cursor.At, now)) - (long)EventCursor.Overlap.TotalMicroseconds),
            ("$limit", limit));
        var (read, numbers) = Read(command);
        var at = Latest(cursor.At, read, now);
        var mayRepeat = !isKnown || place.LastRecovered > cursor.Sequence;
        return isKnown && read.Count == 0 ? new EventBatch([], cursor, WasRebuilt: false)
            : new EventBatch(
                read,
                !isKnown && read.Count < limit ? End(connection, at) : new EventCursor(numbers[^1], read[^1].Id, at, place.Numbering), // at the end the others are older
                mayRepeat) { Sequences = numbers, LastRecovered = place.LastRecovered, IsOfAnother = !isKnown };
    }

    private static (List<DetectionEvent> Events, List<long> Numbers) Read(SqliteCommand command)
    {
        List<DetectionEvent> events = [];
        List<long> numbers = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            numbers.Add(reader.GetInt64(0));
            events.Add(EventJson.FromDatabase(reader.GetString(1)));
        }

        return (events, numbers);
    }

    private static Place Find(SqliteConnection connection, long seq)
    {
        using var command = connection.Command("SELECT n.id, n.last, n.last_recovered, e.id FROM numbering AS n LEFT JOIN events AS e ON e.seq = $seq;");
        command.Bind(("$seq", seq));
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Place(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3)) : throw Missing();
    }

    private static DateTimeOffset Latest(DateTimeOffset at, List<DetectionEvent> read, DateTimeOffset now) =>
        Earlier(read.Aggregate(at, (latest, seen) => seen.At > latest ? seen.At : latest), now);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static SqliteException Missing() => new("the table numbering is empty", SqliteCorrupt);

    /// <summary>What the database knows of a number.</summary>
    /// <param name="Numbering">The id of the database.</param>
    /// <param name="Last">The greatest number that was ever given.</param>
    /// <param name="LastRecovered">The greatest that was given to an event which was recovered from its file; 0 when none was.</param>
    /// <param name="EventId">The event of this number; null when there is none, or none any more.</param>
    private readonly record struct Place(string Numbering, long Last, long LastRecovered, string? EventId);
}
