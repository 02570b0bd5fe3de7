using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>Takes the rows of version 2 into the tables of version 3.</summary>
internal static class EventMigration
{
    private const int SqliteCorrupt = 11;

    /// <summary>Moves all rows, the oldest first, in the transaction that made the tables. Numbers stay, so who follows the timeline notices nothing.</summary>
    /// <exception cref="SqliteException">A row is damaged.</exception>
    public static void Fill(SqliteConnection connection)
    {
        using (var old = connection.Command("SELECT seq, document FROM events_before ORDER BY at, seq;"))
        using (var reader = old.ExecuteReader())
        using (var insert = new EventInsertion(connection))
        {
            while (reader.Read())
            {
                try
                {
                    insert.Add(reader.GetInt64(0), EventJson.FromDatabase(reader.GetString(1)));
                }
                catch (InvalidDataException error)
                {
                    throw new SqliteException(error.Message, SqliteCorrupt);
                }
            }
        }

        connection.Run("DROP TABLE events_before;");
    }
}
