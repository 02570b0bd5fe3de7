using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>Takes databases to the tables that this program knows.</summary>
internal static class SchemaMigrations
{
    /// <summary>Takes a database of any earlier version, or an empty one, to this version.</summary>
    /// <param name="connection">It can write.</param>
    /// <param name="path">Named in the error.</param>
    /// <param name="steps">Step n takes a database of version n to n + 1.</param>
    /// <param name="withoutIt">What happens when the file is moved away, for people.</param>
    /// <param name="after">Told of each step that was taken, from 0, within its transaction; null for nobody.</param>
    /// <exception cref="IOException">A newer program has written it.</exception>
    public static void Apply(SqliteConnection connection, string path, IReadOnlyList<string> steps, string withoutIt, Action<int>? after = null)
    {
        using var command = connection.Command("PRAGMA user_version;");
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > steps.Count)
        {
            throw new IOException(
                $"{path}: written by a newer Ambianic (version {version}, this one knows {steps.Count}); "
                + $"install that version again, or move the file away: {withoutIt}");
        }

        for (; version < steps.Count; version++)
        {
            using var transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            command.CommandText = $"{steps[version]} PRAGMA user_version = {version + 1};";
            command.ExecuteNonQuery();
            after?.Invoke(version);
            transaction.Commit();
        }
    }
}
