using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>Adds the rows of events, within a transaction of the caller.</summary>
internal sealed class EventInsertion(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _taken = connection.Command("SELECT 1 FROM events WHERE place = $place;");
    private readonly SqliteCommand _event = connection.Command(
        """
        INSERT OR IGNORE INTO events (place, seq, id, at, pipeline, rel_dir, json_file_name, confidence, feedback, note, document)
        VALUES ($place, $seq, $id, $at, $pipeline, $relDir, $jsonFileName, $confidence, $feedback, $note, $document);
        """);
    private readonly SqliteCommand _label = connection.Command("INSERT INTO event_labels (label, place, confidence) VALUES ($label, $place, $confidence);");
    private readonly SqliteCommand _state = connection.Command("INSERT INTO event_states (state, place) VALUES ($state, $place);");
    private readonly SqliteCommand _zone = connection.Command("INSERT INTO event_zones (zone, place) VALUES ($zone, $place);");
    private readonly SqliteCommand _words = connection.Command("INSERT INTO event_words (rowid, words) VALUES ($place, $words);");

    /// <summary>Adds one.</summary>
    /// <param name="seq">Its number.</param>
    /// <param name="seen">The event.</param>
    /// <returns>False when it is there already.</returns>
    public bool Add(long seq, DetectionEvent seen)
    {
        var place = FreePlace(EventPlace.Of(seen));
        _event.Bind(
            ("$place", place),
            ("$seq", seq),
            ("$id", seen.Id),
            ("$at", EventDatabase.Microseconds(seen.At)),
            ("$pipeline", seen.Pipeline),
            ("$relDir", seen.RelDir),
            ("$jsonFileName", seen.JsonFileName),
            ("$confidence", EventTerms.Confidence(seen) ?? (object)DBNull.Value),
            ("$feedback", EventFeedbackWords.Of(seen.Remarks.Feedback) ?? (object)DBNull.Value),
            ("$note", seen.Remarks.Note ?? (object)DBNull.Value),
            ("$document", EventJson.ForDatabase(seen)));
        if (_event.ExecuteNonQuery() == 0)
        {
            return false;
        }

        foreach (var (label, confidence) in EventTerms.Labels(seen))
        {
            _label.Bind(("$label", label), ("$place", place), ("$confidence", confidence));
            _label.ExecuteNonQuery();
        }

        foreach (var state in EventStates.Of(seen))
        {
            _state.Bind(("$state", state), ("$place", place));
            _state.ExecuteNonQuery();
        }

        foreach (var zone in seen.Zones)
        {
            _zone.Bind(("$zone", zone), ("$place", place));
            _zone.ExecuteNonQuery();
        }

        _words.Bind(("$place", place), ("$words", EventTerms.Text(seen)));
        _words.ExecuteNonQuery();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_taken, _event, _label, _state, _zone, _words])
        {
            command.Dispose();
        }
    }

    private long FreePlace(long place)
    {
        for (; ; place++)
        {
            _taken.Bind(("$place", place));
            if (_taken.ExecuteScalar() is null)
            {
                return place;
            }
        }
    }
}
