using Ambianic.Core.Timeline;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>Turns a query into SQL that an index answers, also for its order.</summary>
internal static class EventSql
{
    /// <summary>Columns <c>at</c>, <c>seq</c> and <c>document</c>, newest first.</summary>
    /// <param name="query">Which events.</param>
    /// <param name="afterLast">Only events behind <c>$lastAt, $lastSeq</c>.</param>
    public static string Select(EventQuery query, bool afterLast)
    {
        var key = KeyOf(query);
        var page = afterLast ? [$"({key}.at, {key}.seq) < ($lastAt, $lastSeq)"] : Array.Empty<string>();
        return $"SELECT e.at, e.seq, e.document FROM {Tables(query)} {Where([.. Conditions(query), .. page])} "
            + $"ORDER BY {key}.at DESC, {key}.seq DESC LIMIT $limit OFFSET $offset;";
    }

    /// <summary>One number.</summary>
    public static string Count(EventQuery query) => $"SELECT count(*) FROM {Tables(query)} {Where([.. Conditions(query)])};";

    /// <summary>Gives a command the values of a query.</summary>
    public static void Bind(SqliteCommand command, EventQuery query)
    {
        Add("$id", query.Id);
        Add("$pipeline", query.Pipeline);
        Add("$label", query.Label);
        Add("$from", query.From is { } from ? EventDatabase.Microseconds(from) : null);
        Add("$to", query.To is { } to ? EventDatabase.Microseconds(to) : null);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                command.Parameters.AddWithValue(name, value);
            }
        }
    }

    /// <summary>CROSS JOIN fixes the order of the loops: labels first, because they are sorted by time.</summary>
    private static string Tables(EventQuery query) =>
        query.Label is null ? "events AS e" : "event_labels AS l CROSS JOIN events AS e ON e.seq = l.seq";

    private static string KeyOf(EventQuery query) => query.Label is null ? "e" : "l";

    private static string Where(IReadOnlyList<string> conditions) =>
        conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);

    private static IEnumerable<string> Conditions(EventQuery query)
    {
        var key = KeyOf(query);
        if (query.Id is not null)
        {
            yield return "e.id = $id";
        }

        if (query.Pipeline is not null)
        {
            yield return "e.pipeline = $pipeline";
        }

        if (query.Label is not null)
        {
            yield return "l.label = $label";
        }

        if (query.From is not null)
        {
            yield return $"{key}.at >= $from";
        }

        if (query.To is not null)
        {
            yield return $"{key}.at < $to";
        }
    }
}
