using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>What the writer does with the rows of <see cref="EventDatabase"/>, on its connection.</summary>
internal static class EventRows
{
    /// <summary>What <see cref="Read"/> takes, of the table <c>events</c> as <c>e</c>.</summary>
    public const string Columns = "e.place, e.document, e.note, e.feedback";

    /// <summary>Writes events in one transaction, passing over those that are there already.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="events">Events, and whether each was stored before and is read from its file.</param>
    /// <returns>For each event whether there was none of it.</returns>
    /// <exception cref="SqliteException">None was written.</exception>
    public static bool[] Insert(SqliteConnection connection, IReadOnlyList<(DetectionEvent Event, bool IsRecovered)> events)
    {
        using var transaction = connection.BeginTransaction();
        using var insert = new EventInsertion(connection);
        var isNew = new bool[events.Count];
        var last = EventSequence.Last(connection);
        long? lastRecovered = null;
        for (var i = 0; i < events.Count; i++)
        {
            var (seen, isRecovered) = events[i];
            isNew[i] = insert.Add(last + 1, seen);
            if (isNew[i])
            {
                last++;
                lastRecovered = isRecovered ? last : lastRecovered;
            }
        }

        EventSequence.SetLast(connection, last, lastRecovered);
        transaction.Commit();
        return isNew;
    }

    /// <summary>True when there is an event of this id.</summary>
    public static bool Has(SqliteConnection connection, string id)
    {
        using var command = connection.Command("SELECT 1 FROM events WHERE id = $id;");
        command.Bind(("$id", id));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>The event of an id; null when there is none.</summary>
    public static StoredEvent? Find(SqliteConnection connection, string id)
    {
        using var command = connection.Command($"SELECT {Columns} FROM events AS e WHERE e.id = $id;");
        command.Bind(("$id", id));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    /// <summary>Events before a moment, the oldest first.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="after">Only events behind this place.</param>
    /// <param name="before">The moment.</param>
    /// <param name="limit">At most so many.</param>
    public static List<StoredEvent> Oldest(SqliteConnection connection, long after, DateTimeOffset before, int limit)
    {
        using var command = connection.Command($"SELECT {Columns} FROM events AS e WHERE e.place > $after AND e.place < $before ORDER BY e.place LIMIT $limit;");
        command.Bind(("$after", after), ("$before", EventPlace.FirstOf(before)), ("$limit", limit));
        using var reader = command.ExecuteReader();
        List<StoredEvent> page = [];
        while (reader.Read())
        {
            page.Add(Read(reader));
        }

        return page;
    }

    /// <summary>Writes down what people said of an event.</summary>
    public static void SetRemarks(SqliteConnection connection, StoredEvent row, EventRemarks remarks)
    {
        using var transaction = connection.BeginTransaction();
        using var update = connection.Command("UPDATE events SET note = $note, feedback = $feedback WHERE place = $place;");
        update.Bind(
            ("$place", row.Place),
            ("$note", remarks.Note ?? (object)DBNull.Value),
            ("$feedback", EventFeedbackWords.Of(remarks.Feedback) ?? (object)DBNull.Value));
        update.ExecuteNonQuery();
        using var words = connection.Command("INSERT OR REPLACE INTO event_words (rowid, words) VALUES ($place, $words);");
        words.Bind(("$place", row.Place), ("$words", EventTerms.Text(row.Event with { Remarks = remarks })));
        words.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Removes rows in one transaction, with what they are found by.</summary>
    public static void Remove(SqliteConnection connection, IReadOnlyList<StoredEvent> rows)
    {
        using var transaction = connection.BeginTransaction();
        using var labels = connection.Command("DELETE FROM event_labels WHERE label = $label AND place = $place;");
        using var states = connection.Command("DELETE FROM event_states WHERE state = $state AND place = $place;");
        using var zones = connection.Command("DELETE FROM event_zones WHERE zone = $zone AND place = $place;");
        using var words = connection.Command("DELETE FROM event_words WHERE rowid = $place;");
        using var command = connection.Command("DELETE FROM events WHERE place = $place;");
        foreach (var row in rows)
        {
            foreach (var label in row.Event.Labels)
            {
                labels.Bind(("$label", label), ("$place", row.Place));
                labels.ExecuteNonQuery();
            }

            foreach (var state in EventStates.Of(row.Event))
            {
                states.Bind(("$state", state), ("$place", row.Place));
                states.ExecuteNonQuery();
            }

            foreach (var zone in row.Event.Zones)
            {
                zones.Bind(("$zone", zone), ("$place", row.Place));
                zones.ExecuteNonQuery();
            }

            words.Bind(("$place", row.Place));
            words.ExecuteNonQuery();
            command.Bind(("$place", row.Place));
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    /// <param name="reader">At the row.</param>
    /// <param name="firstColumn">Where they begin.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static StoredEvent Read(SqliteDataReader reader, int firstColumn = 0)
    {
        string? Text(int column) => reader.IsDBNull(firstColumn + column) ? null : reader.GetString(firstColumn + column);
        var seen = EventJson.FromDatabase(reader.GetString(firstColumn + 1));
        return new StoredEvent(reader.GetInt64(firstColumn), seen with { Remarks = new EventRemarks(Text(2), EventFeedbackWords.Parse(Text(3))) });
    }
}

/// <summary>An event and its <see cref="EventPlace"/>, where its row is.</summary>
internal readonly record struct StoredEvent(long Place, DetectionEvent Event);
