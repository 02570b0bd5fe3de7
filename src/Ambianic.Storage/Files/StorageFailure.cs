using Ambianic.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Files;

/// <summary>Turns what an operating system or a database says into what a person can do about it.</summary>
internal static class StorageFailure
{
    private const int NoSuchFile = 2; // errno values of Linux
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int OverQuota = 122;
    private const int SqliteWrong = 1; // SQLite result codes; a table or a column is missing, or somebody else's
    private const int SqliteReadOnly = 8;
    private const int SqliteAccess = 10; // also without room for the index of the write-ahead log
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    /// <summary>True for failures of a disk, a file or a database; false for defects of the program.</summary>
    public static bool IsOne(Exception error) => error is IOException or UnauthorizedAccessException or SqliteException;

    /// <summary>True when the database cannot be read as one.</summary>
    public static bool IsCorruption(SqliteException error) => error.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase or SqliteWrong;

    /// <summary>True when a table is missing: a reader may have come between the creation of the file and that of its tables.</summary>
    public static bool MayBeUnderConstruction(SqliteException error) => error.SqliteErrorCode == SqliteWrong;

    /// <summary>True when the database found no room on its disk.</summary>
    public static bool IsFull(SqliteException error) => error.SqliteErrorCode == SqliteFull;

    /// <summary>True for an error made by <see cref="At"/> that may pass by itself, or by somebody's hand, while the program runs: no room, no right to write, a disk that is read-only, missing or hangs.</summary>
    public static bool IsTransient(IOException error) =>
        error.InnerException is { } inner && KindOf(inner) is Kind.NoSpace or Kind.ReadOnly or Kind.Forbidden or Kind.Missing or Kind.NoAccess or Kind.Hanging;

    /// <summary>An error that names <paramref name="path"/>, what failed and what to do.</summary>
    public static IOException At(string path, Exception error) =>
        new($"{path}: {error.Message.TrimEnd('.')}; {Advice(KindOf(error))}", error);

    private static Kind KindOf(Exception error) => error switch
    {
        UnauthorizedAccessException => Kind.Forbidden,
        SqliteException database => database.SqliteErrorCode switch
        {
            SqliteFull => Kind.NoSpace,
            SqliteReadOnly => Kind.ReadOnly,
            SqliteAccess or SqliteCannotOpen => Kind.NoAccess,
            SqliteCorrupt or SqliteNotADatabase => Kind.Damaged,
            SqliteWrong => Kind.WrongTables,
            _ => Kind.Other,
        },
        InvalidDataException => Kind.Damaged,
        TimeoutException => Kind.Hanging,
        DirectoryNotFoundException or FileNotFoundException => Kind.Missing,
        IOException => (error.HResult & 0xFFFF) switch
        {
            NoSpace or OverQuota => Kind.NoSpace,
            ReadOnly => Kind.ReadOnly,
            NoSuchFile => Kind.Missing,
            _ => Kind.Other,
        },
        _ => Kind.Other,
    };

    private static string Advice(Kind kind) => kind switch
    {
        Kind.NoSpace => "free some space, let old events be removed (retention), or choose a data_dir on a larger disk",
        Kind.ReadOnly => "the disk is read-only, often after an error: check it, or choose another data_dir",
        Kind.Missing => "check that the disk of data_dir is connected and mounted; if it was emptied on purpose, restart Ambianic",
        Kind.NoAccess => "check the disk of data_dir and who may write there; when it is full, free some space",
        Kind.Forbidden => "let the user that runs Ambianic write there, or choose another data_dir",
        Kind.Hanging => "what waits is stored when it answers: check the disk of data_dir, its cable, or the server that it belongs to",
        Kind.Damaged => "it is rebuilt from the event files within a minute" + NotTwice,
        Kind.WrongTables => "it is rebuilt from the event files when the next event is stored" + NotTwice,
        _ => "check the disk of data_dir",
    };

    /// <summary>What <see cref="WriterConnection"/> does.</summary>
    private const string NotTwice = ", but not twice within ten minutes, or at the next start";

    private enum Kind
    {
        Other,
        NoSpace,
        ReadOnly,
        Missing,
        NoAccess, // a database does not say why: no right, no room for its log, no file
        Forbidden,
        Hanging,
        Damaged,
        WrongTables,
    }
}
