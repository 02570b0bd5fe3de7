using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>What the writer does with the rows of <see cref="EventDatabase"/>, on its connection.</summary>
internal static class EventRows
{
    /// <summary>Writes events in one transaction, passing over those that are there already.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="events">Events, and whether each was stored before and is read from its file.</param>
    /// <returns>For each event whether there was none of it.</returns>
    /// <exception cref="SqliteException">None was written.</exception>
    public static bool[] Insert(SqliteConnection connection, IReadOnlyList<(DetectionEvent Event, bool IsRecovered)> events)
    {
        using var transaction = connection.BeginTransaction();
        using var insertEvent = connection.Command(
            """
            INSERT OR IGNORE INTO events (seq, id, at, pipeline, rel_dir, json_file_name, document)
            VALUES ($seq, $id, $at, $pipeline, $relDir, $jsonFileName, $document);
            """);
        using var insertLabel = connection.Command("INSERT INTO event_labels (label, at, seq) VALUES ($label, $at, $seq);");
        var isNew = new bool[events.Count];
        var last = EventSequence.Last(connection);
        long? lastRecovered = null;
        for (var i = 0; i < events.Count; i++)
        {
            var (seen, isRecovered) = events[i];
            var at = EventDatabase.Microseconds(seen.At);
            insertEvent.Bind(
                ("$seq", last + 1),
                ("$id", seen.Id),
                ("$at", at),
                ("$pipeline", seen.Pipeline),
                ("$relDir", seen.RelDir),
                ("$jsonFileName", seen.JsonFileName),
                ("$document", EventJson.ForDatabase(seen)));
            isNew[i] = insertEvent.ExecuteNonQuery() > 0;
            if (!isNew[i])
            {
                continue;
            }

            last++;
            lastRecovered = isRecovered ? last : lastRecovered;
            foreach (var label in seen.Labels)
            {
                insertLabel.Bind(("$label", label), ("$at", at), ("$seq", last));
                insertLabel.ExecuteNonQuery();
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

    /// <summary>Events before a moment, the oldest first.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="after">Only events behind this one.</param>
    /// <param name="before">The moment.</param>
    /// <param name="limit">At most so many.</param>
    public static List<StoredEvent> Oldest(SqliteConnection connection, (long At, long Seq) after, DateTimeOffset before, int limit)
    {
        using var command = connection.Command(
            "SELECT at, seq, document FROM events WHERE (at, seq) > ($lastAt, $lastSeq) AND at < $before ORDER BY at, seq LIMIT $limit;");
        command.Bind(("$lastAt", after.At), ("$lastSeq", after.Seq), ("$before", EventDatabase.Microseconds(before)), ("$limit", limit));
        using var reader = command.ExecuteReader();
        List<StoredEvent> page = [];
        while (reader.Read())
        {
            page.Add(new StoredEvent((reader.GetInt64(0), reader.GetInt64(1)), EventJson.FromDatabase(reader.GetString(2))));
        }

        return page;
    }

    /// <summary>Removes rows in one transaction; their labels go with them.</summary>
    public static void Remove(SqliteConnection connection, IReadOnlyList<StoredEvent> rows)
    {
        using var transaction = connection.BeginTransaction();
        using var labels = connection.Command("DELETE FROM event_labels WHERE label = $label AND at = $at AND seq = $seq;");
        using var command = connection.Command("DELETE FROM events WHERE seq = $seq;");
        foreach (var row in rows)
        {
            foreach (var label in row.Event.Labels)
            {
                labels.Bind(("$label", label), ("$at", row.Key.At), ("$seq", row.Key.Seq));
                labels.ExecuteNonQuery();
            }

            command.Bind(("$seq", row.Key.Seq));
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}

/// <summary>An event and where its row is.</summary>
internal readonly record struct StoredEvent((long At, long Seq) Key, DetectionEvent Event);
