using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Retention;

/// <summary>Measures how much is stored without looking at every file: of many events the sizes of some are taken, spread evenly over all.</summary>
internal static class EventUsage
{
    private const int Samples = 200;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    /// <summary>Measures it.</summary>
    /// <param name="connection">Reads the database.</param>
    /// <param name="folders">The events' files.</param>
    /// <param name="now">The present.</param>
    public static StorageUsage Of(SqliteConnection connection, EventFolders folders, DateTimeOffset now)
    {
        var disk = folders.Disk;
        var count = Number(connection, "SELECT count(*) FROM events;") ?? 0;
        var (oldest, newest) = (Time(connection, "SELECT min(at) FROM events;"), Time(connection, "SELECT max(at) FROM events;"));
        if (oldest is not { } first)
        {
            return new StorageUsage(0, 0, false, null, null, 0, disk.AvailableFreeSpace, disk.TotalSize);
        }

        var sizes = Sizes(connection, folders, count);
        var recent = Number(connection, "SELECT count(*) FROM events WHERE at >= $from;", ("$from", EventDatabase.Microseconds(now - Recent))) ?? 0;
        var days = Math.Clamp((now - first).TotalDays, 1, Recent.TotalDays);
        return new StorageUsage(
            count, (long)(sizes.Average() * count), sizes.Count < count, first, newest, Math.Round(recent / days, 1), disk.AvailableFreeSpace, disk.TotalSize);
    }

    /// <summary>Number of events before a moment.</summary>
    public static long CountBefore(SqliteConnection connection, DateTimeOffset moment) =>
        Number(connection, "SELECT count(*) FROM events WHERE at < $to;", ("$to", EventDatabase.Microseconds(moment))) ?? 0;

    private static List<long> Sizes(SqliteConnection connection, EventFolders folders, long count)
    {
        if (count <= Samples)
        {
            return Sizes(connection, folders, "SELECT document FROM events;");
        }

        var (begin, end) = (Number(connection, "SELECT min(seq) FROM events;") ?? 0, Number(connection, "SELECT max(seq) FROM events;") ?? 0);
        return [.. Enumerable.Range(0, Samples).SelectMany(index => Sizes(
            connection, folders, "SELECT document FROM events WHERE seq >= $seq ORDER BY seq LIMIT 1;", ("$seq", begin + ((end - begin) * index / Samples))))];
    }

    private static List<long> Sizes(SqliteConnection connection, EventFolders folders, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql);
        command.Bind(values);
        using var reader = command.ExecuteReader();
        List<long> sizes = [];
        while (reader.Read())
        {
            sizes.Add(folders.SizeOf(EventJson.FromDatabase(reader.GetString(0))));
        }

        return sizes;
    }

    private static DateTimeOffset? Time(SqliteConnection connection, string sql) =>
        Number(connection, sql) is { } microseconds ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds) : null;

    private static long? Number(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql);
        command.Bind(values);
        return command.ExecuteScalar() is long number ? number : null;
    }
}
