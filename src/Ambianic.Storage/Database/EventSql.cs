using System.Globalization;
using Ambianic.Core.Timeline;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>
/// Turns a query into SQL that an index answers, also for its order. One filter chooses where to look; the others are tried on what is
/// found there. Every index is in the order of <see cref="EventPlace"/>.
/// </summary>
internal static class EventSql
{
    private const int TenthsOfOne = 10;

    /// <summary>Columns <see cref="EventRows.Columns"/>.</summary>
    /// <param name="query">Which events.</param>
    /// <param name="order">In which order.</param>
    public static string Select(EventQuery query, EventOrder order)
    {
        var (key, from) = Driver(query);
        var direction = order == EventOrder.Newest ? "DESC" : "ASC";
        var conditions = Where(query, key);
        return Arms(query) is { } arms
            ? $"SELECT {EventRows.Columns} FROM (SELECT place FROM ({string.Join(" UNION ALL ", arms.Select(Arm))}) ORDER BY place {direction} LIMIT $limit OFFSET $offset) AS k "
                + $"CROSS JOIN events AS e ON e.place = k.place ORDER BY k.place {direction};"
            : $"SELECT {EventRows.Columns} FROM {from} {conditions} ORDER BY {key} {direction} LIMIT $limit OFFSET $offset;";

        string Arm(string arm) =>
            $"SELECT place FROM (SELECT e.place FROM events AS e {conditions} AND {arm} ORDER BY e.place {direction} LIMIT $limit + $offset)";
    }

    /// <summary>One number.</summary>
    public static string Count(EventQuery query)
    {
        var (key, from) = Driver(query);
        return $"SELECT count(*) FROM {from} {Where(query, key)}{(Arms(query) is null ? "" : " AND e.confidence >= $confidence")};";
    }

    /// <summary>Gives a command the values of a query.</summary>
    /// <param name="command">Of <see cref="Select"/> or <see cref="Count"/>.</param>
    /// <param name="query">Which events.</param>
    /// <param name="order">In which order.</param>
    /// <param name="after">Only events behind this place; null begins.</param>
    /// <remarks>There is one bound on each side: SQLite would search by one of two, and walk to the other.</remarks>
    public static void Bind(SqliteCommand command, EventQuery query, EventOrder order, long? after)
    {
        var first = query.From is { } from ? EventPlace.FirstOf(from) : long.MinValue;
        var behind = query.To is { } to ? EventPlace.FirstOf(to) : long.MaxValue;
        Add("$first", order == EventOrder.Oldest && after is { } last ? Math.Max(first, last + 1) : first);
        Add("$behind", order == EventOrder.Newest && after is { } before ? Math.Min(behind, before) : behind);
        Add("$id", query.Id);
        Add("$pipeline", query.Pipeline);
        Add("$label", query.Label);
        Add("$state", query.State);
        Add("$zone", query.Zone);
        Add("$feedback", EventFeedbackWords.Of(query.Feedback));
        Add("$text", query.Text is { } text ? EventTerms.Search(text) : null);
        Add("$confidence", query.MinConfidence is { } confidence ? EventTerms.Hundredths(confidence) : null);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                command.Parameters.AddWithValue(name, value);
            }
        }
    }

    /// <summary>
    /// Events of a confidence of at least something are in order of confidence, not of time. So hundredths, and from the next full tenth on
    /// tenths, are each read in the order of time and merged: 20 at most. Null when another filter says where to look.
    /// </summary>
    private static IEnumerable<string>? Arms(EventQuery query)
    {
        if (query.MinConfidence is not { } confidence || query.Text is not null || query.Label is not null || query.State is not null || query.Zone is not null || query.Pipeline is not null || query.Feedback is not null || query.Id is not null)
        {
            return null;
        }

        var least = EventTerms.Hundredths(confidence);
        var tenth = (least + TenthsOfOne - 1) / TenthsOfOne;
        return
        [
            .. Enumerable.Range(least, (tenth * TenthsOfOne) - least).Select(hundredth => string.Create(CultureInfo.InvariantCulture, $"e.confidence = {hundredth}")),
            .. Enumerable.Range(tenth, TenthsOfOne - tenth + 1).Select(value => string.Create(CultureInfo.InvariantCulture, $"e.confidence / 10 = {value}")),
        ];
    }

    /// <summary>CROSS JOIN fixes the order of the loops: first what has the order of time.</summary>
    private static (string Key, string From) Driver(EventQuery query) =>
        query.Text is not null ? ("k.rowid", "event_words AS k CROSS JOIN events AS e ON e.place = k.rowid")
        : query.State is not null ? ("k.place", "event_states AS k CROSS JOIN events AS e ON e.place = k.place")
        : query.Zone is not null ? ("k.place", "event_zones AS k CROSS JOIN events AS e ON e.place = k.place")
        : query.Label is not null ? ("k.place", "event_labels AS k CROSS JOIN events AS e ON e.place = k.place")
        : ("e.place", "events AS e");

    private static string Where(EventQuery query, string key) => $"WHERE {string.Join(" AND ", Conditions(query, key).OfType<string>())}";

    private static IEnumerable<string?> Conditions(EventQuery query, string key)
    {
        var isByText = query.Text is not null;
        var isByState = !isByText && query.State is not null;
        var isByZone = !isByText && !isByState && query.Zone is not null;
        var isByLabel = !isByText && !isByState && !isByZone && query.Label is not null;
        yield return isByText ? "k.words MATCH $text" : null;
        yield return query.State is null ? null : isByState ? "k.state = $state" : "EXISTS (SELECT 1 FROM event_states AS s WHERE s.state = $state AND s.place = e.place)";
        yield return query.Zone is null ? null : isByZone ? "k.zone = $zone" : "EXISTS (SELECT 1 FROM event_zones AS z WHERE z.zone = $zone AND z.place = e.place)";
        var certain = query.MinConfidence is null ? "" : isByLabel ? " AND k.confidence >= $confidence" : " AND l.confidence >= $confidence";
        yield return query.Label is null ? null
            : isByLabel ? $"k.label = $label{certain}"
            : $"EXISTS (SELECT 1 FROM event_labels AS l WHERE l.label = $label AND l.place = e.place{certain})";
        yield return query.MinConfidence is null || query.Label is not null || Arms(query) is not null ? null : "e.confidence >= $confidence";
        yield return query.Id is null ? null : "e.id = $id";
        yield return query.Pipeline is null ? null : "e.pipeline = $pipeline";
        yield return query.Feedback is null ? null : "e.feedback = $feedback";
        yield return $"{key} >= $first";
        yield return $"{key} < $behind";
    }
}
