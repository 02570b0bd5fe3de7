using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Database;

/// <summary>The file of a database and what SQLite puts beside it.</summary>
/// <param name="path">Absolute.</param>
internal sealed class SqliteFile(string path)
{
    /// <summary>Ends the name of an empty file that says that damage was met.</summary>
    public const string DamageMark = "-damaged";

    /// <summary>A database and, while it is open or after a crash, its write-ahead log and the index of that.</summary>
    private static readonly string[] Parts = ["", "-wal", "-shm", "-journal", DamageMark];

    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>False when it was deleted.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Opens a connection; the caller disposes it, and the pool keeps it for the next one.</summary>
    /// <param name="pragmas">What the caller needs; a connection of the pool may have the settings of another caller.</param>
    public SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            connection.Run("PRAGMA busy_timeout = 10000; PRAGMA query_only = OFF; " + pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file, if need be, such that its owner alone may read it. SQLite gives what it puts beside it the same permissions.</summary>
    /// <returns>Why others may still read it; null when they may not.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string? Protect()
    {
        if (!Exists)
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(Path, options).Dispose();
            DurableFiles.SyncFolder(System.IO.Path.GetDirectoryName(Path)!);
        }

        return Parts.Select(part => PrivateFile.Protect(Path + part)).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Closes what the pool of connections still holds open, so that the file may be moved.</summary>
    public void Release()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Renames the database and the files beside it, replacing an earlier one of that name.</summary>
    /// <param name="suffix">Follows the name of the file and a dot.</param>
    /// <returns>The new path of the database.</returns>
    public string MoveAside(string suffix)
    {
        var aside = $"{Path}.{suffix}";
        foreach (var part in Parts)
        {
            File.Delete(aside + part);
            if (File.Exists(Path + part))
            {
                File.Move(Path + part, aside + part);
            }
        }

        return aside;
    }

    /// <summary>Removes the database and the files beside it.</summary>
    public void Delete()
    {
        foreach (var part in Parts)
        {
            File.Delete(Path + part);
        }
    }

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path }.ToString();
}
