using System.Globalization;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Access;

/// <summary>The records as rows.</summary>
internal static class AccessRows
{
    /// <summary>Everything but the audit log.</summary>
    public static AccessRecords Read(SqliteConnection connection) => new(
        Read(connection, "SELECT name, password_hash, role, created_at FROM users ORDER BY name", row =>
            new UserAccount(row.GetString(0), row.GetString(1), Role(row.GetString(2)), Time(row.GetInt64(3)))),
        Read(connection, "SELECT id, name, hash, role, created_at, expires_at, used_at, owner FROM tokens ORDER BY name", row =>
            new ApiToken(
                row.GetString(0), row.GetString(1), row.GetString(2), Role(row.GetString(3)), Time(row.GetInt64(4)), OptionalTime(row, 5), OptionalTime(row, 6), row.IsDBNull(7) ? null : row.GetString(7))),
        Read(connection, "SELECT hash, user, created_at, used_at FROM sessions", row =>
            new LogInSession(row.GetString(0), row.GetString(1), Time(row.GetInt64(2)), Time(row.GetInt64(3)))),
        Read(connection, "SELECT hash, user FROM devices", row => new KnownDevice(row.GetString(0), row.GetString(1))));

    /// <summary>Runs one statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int Run(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql);
        command.Bind(values);
        return command.ExecuteNonQuery();
    }

    /// <summary>A number that a statement selects.</summary>
    public static long Count(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql);
        command.Bind(values);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>The rows that a statement selects.</summary>
    public static IReadOnlyList<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.Command(sql);
        using var row = command.ExecuteReader();
        var all = new List<T>();
        while (row.Read())
        {
            all.Add(read(row));
        }

        return all;
    }

    /// <summary>A role as it is stored.</summary>
    public static string Word(AccessRole role) => role switch
    {
        AccessRole.Admin => "admin",
        AccessRole.Carer => "carer",
        _ => "viewer",
    };

    /// <summary>A time as it is stored.</summary>
    public static object Value(DateTimeOffset? at) => at is { } time ? time.ToUnixTimeMilliseconds() : DBNull.Value;

    /// <summary>A word of no known role lets see and no more.</summary>
    private static AccessRole Role(string word) => word switch
    {
        "admin" => AccessRole.Admin,
        "carer" => AccessRole.Carer,
        _ => AccessRole.Viewer,
    };

    private static DateTimeOffset Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private static DateTimeOffset? OptionalTime(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Time(row.GetInt64(column));
}
