using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Access;

/// <summary>
/// Who may log in and call, and what they did, in a database of its own that only its owner may read. It comes into being with the first
/// user. Commands change it while the program runs, so every look asks SQLite whether another connection has changed it. Safe to use
/// from several threads.
/// </summary>
/// <param name="dataDir">Absolute.</param>
/// <param name="time">Clock.</param>
public sealed class AccessDatabase(string dataDir, TimeProvider time) : IDisposable
{
    /// <summary>Its name within the data directory.</summary>
    public const string FileName = "access.db";

    private const int MostSessionsOfAUser = 50;
    private const int MostDevicesOfAUser = 20;

    /// <summary>As long as browsers keep a cookie (RFC 6265bis).</summary>
    private static readonly TimeSpan DeviceMemory = TimeSpan.FromDays(400);

    private readonly SqliteFile _file = new(Path.Combine(dataDir, FileName));
    private readonly DiskCall _disk = new(Path.Combine(dataDir, FileName));
    private readonly Lock _reading = new();
    private readonly Lock _writing = new();
    private SqliteConnection? _reader;
    private long _version;
    private AccessRecords _records = AccessRecords.None;

    /// <summary>Everybody as they are now; nobody before the first user was added. Waits as long as the disk does.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public AccessRecords Load()
    {
        lock (_reading)
        {
            if (_reader is null && !_file.Exists)
            {
                return _records;
            }

            try
            {
                if (_reader is null && new FileInfo(_file.Path) is { Exists: true, Length: 0 })
                {
                    throw new IOException("the file is empty, so nobody knows who may log in; restore it, or remove it to start again");
                }

                if (_reader is null)
                {
                    PrivateFile.Protect(_file.Path); // a restored file may have other permissions
                    _reader = Open();
                }

                if (AccessRows.Count(_reader, "PRAGMA data_version") is var version && (version != _version || _records == AccessRecords.None))
                {
                    (_records, _version) = (AccessRows.Read(_reader), version);
                }

                return _records;
            }
            catch (Exception error) when (StorageFailure.IsOne(error))
            {
                _reader?.Dispose();
                (_reader, _version) = (null, 0);
                throw Failure(error);
            }
        }
    }

    /// <summary>The same as <see cref="Load"/>, for those who cannot wait for a disk that hangs.</summary>
    /// <exception cref="IOException">It is there and cannot be read, or the disk does not answer.</exception>
    public AccessRecords LoadInTime() => _disk.Run(Load);

    /// <summary>Adds a person. The first one has to be an administrator, as everybody has to log in from then on.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? Add(UserAccount user) => Write(connection =>
        user.Role != AccessRole.Admin && AccessRows.Count(connection, "SELECT COUNT(*) FROM users") == 0 ? "the first user has to be an administrator"
        : AccessRows.Run(
            connection,
            "INSERT OR IGNORE INTO users (name, password_hash, role, created_at) VALUES ($name, $hash, $role, $at)",
            ("$name", user.Name), ("$hash", user.PasswordHash), ("$role", AccessRows.Word(user.Role)), ("$at", AccessRows.Value(user.CreatedAt))) == 0
            ? $"there is a user {user.Name} already"
            : null);

    /// <summary>Changes a person's password, and ends their sessions.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? SetPassword(string name, string passwordHash) => WriteIfThere(NoUser(name), connection =>
    {
        AccessRows.Run(connection, "DELETE FROM sessions WHERE user = $name", ("$name", name));
        return AccessRows.Run(connection, "UPDATE users SET password_hash = $hash WHERE name = $name", ("$hash", passwordHash), ("$name", name)) == 0 ? NoUser(name) : null;
    });

    /// <summary>Stores the hash of the same password by a better method.</summary>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public void Rehash(string name, string formerHash, string passwordHash) => WriteIfThere(NoUser(name), connection =>
    {
        AccessRows.Run(
            connection, "UPDATE users SET password_hash = $hash WHERE name = $name AND password_hash = $former", ("$hash", passwordHash), ("$name", name), ("$former", formerHash));
        return null;
    });

    /// <summary>Changes what a person may do, and with them their tokens; the last administrator stays one.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? SetRole(string name, AccessRole role) => WriteIfThere(NoUser(name), connection =>
        role != AccessRole.Admin && IsLastAdministrator(connection, name) ? LastAdministrator(name)
        : AccessRows.Run(connection, "UPDATE users SET role = $role WHERE name = $name", ("$role", AccessRows.Word(role)), ("$name", name)) == 0 ? NoUser(name)
        : null);

    /// <summary>Removes a person with their sessions and tokens; not the last administrator.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? RemoveUser(string name) => WriteIfThere(NoUser(name), connection =>
    {
        if (IsLastAdministrator(connection, name))
        {
            return LastAdministrator(name);
        }

        foreach (var theirs in (string[])["sessions WHERE user", "devices WHERE user", "tokens WHERE owner"])
        {
            AccessRows.Run(connection, $"DELETE FROM {theirs} = $name", ("$name", name));
        }

        return AccessRows.Run(connection, "DELETE FROM users WHERE name = $name", ("$name", name)) == 0 ? NoUser(name) : null;
    });

    /// <summary>Adds a token; tokens that have expired are removed.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? Add(ApiToken token) => WriteIfThere("there is no administrator yet, and nobody needs a token; add one first: ambianic user add", connection =>
    {
        AccessRows.Run(connection, "DELETE FROM tokens WHERE expires_at <= $now", ("$now", AccessRows.Value(time.GetUtcNow())));
        return AccessRows.Run(
            connection,
            "INSERT OR IGNORE INTO tokens (id, name, hash, role, created_at, expires_at, owner) VALUES ($id, $name, $hash, $role, $at, $expires, $owner)",
            ("$id", token.Id), ("$name", token.Name), ("$hash", token.Hash), ("$role", AccessRows.Word(token.Role)), ("$at", AccessRows.Value(token.CreatedAt)),
            ("$expires", AccessRows.Value(token.ExpiresAt)), ("$owner", token.Owner ?? (object)DBNull.Value)) == 0
            ? $"there is a token {token.Name} already"
            : null;
    });

    /// <summary>Removes the token of this id or name.</summary>
    /// <returns>Why not; null when it is done.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public string? RemoveToken(string id) => WriteIfThere(NoToken(id), connection =>
        AccessRows.Run(connection, "DELETE FROM tokens WHERE id = $id OR name = $id", ("$id", id)) == 0 ? NoToken(id) : null);

    /// <summary>Begins a session, and remembers its device. The oldest sessions and devices of a person who has very many are forgotten.</summary>
    /// <param name="session">The session.</param>
    /// <param name="passwordHash">What the password was checked against.</param>
    /// <param name="deviceHash">The device.</param>
    /// <returns>False when the person was removed or their password was changed meanwhile.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public bool Add(LogInSession session, string passwordHash, string deviceHash) => WriteIfThere(NoUser(session.User), connection =>
    {
        var now = AccessRows.Value(time.GetUtcNow());
        if (AccessRows.Run(
            connection,
            "INSERT INTO sessions (hash, user, created_at, used_at) SELECT $hash, name, $at, $at FROM users WHERE name = $user AND password_hash = $password",
            ("$hash", session.Hash), ("$user", session.User), ("$at", AccessRows.Value(session.CreatedAt)), ("$password", passwordHash)) == 0)
        {
            return NoUser(session.User);
        }

        AccessRows.Run(
            connection, "INSERT OR REPLACE INTO devices (hash, user, used_at) VALUES ($hash, $user, $now)", ("$hash", deviceHash), ("$user", session.User), ("$now", now));
        AccessRows.Run(connection, "DELETE FROM devices WHERE used_at < $oldest", ("$oldest", AccessRows.Value(time.GetUtcNow() - DeviceMemory)));
        foreach (var (table, most) in (ReadOnlySpan<(string, int)>)[("sessions", MostSessionsOfAUser), ("devices", MostDevicesOfAUser)])
        {
            AccessRows.Run(
                connection,
                $"DELETE FROM {table} WHERE user = $user AND hash NOT IN (SELECT hash FROM {table} WHERE user = $user ORDER BY used_at DESC LIMIT $most)",
                ("$user", session.User), ("$most", most));
        }

        return null;
    }) is null;

    /// <summary>Ends a session.</summary>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public void RemoveSession(string hash) => WriteIfThere("", connection =>
    {
        AccessRows.Run(connection, "DELETE FROM sessions WHERE hash = $hash", ("$hash", hash));
        return null;
    });

    /// <summary>Notes that a token or a session was used now.</summary>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public void Touch(string hash) => WriteIfThere("", connection =>
    {
        foreach (var table in (string[])["tokens", "sessions"])
        {
            AccessRows.Run(connection, $"UPDATE {table} SET used_at = $now WHERE hash = $hash", ("$hash", hash), ("$now", AccessRows.Value(time.GetUtcNow())));
        }

        return null;
    });

    /// <summary>Adds to the audit log, of which the last 10,000 changes of administrators are kept, and 5,000 entries of each other kind.</summary>
    /// <param name="entries">The oldest first.</param>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public void Add(IReadOnlyList<AuditEntry> entries) => WriteIfThere("", connection =>
    {
        foreach (var entry in entries)
        {
            AuditRows.Add(connection, entry);
        }

        return null;
    });

    /// <summary>The audit log, newest first.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<AuditEntry> Audit(int limit) => _file.Exists ? Use(connection => AuditRows.Read(connection, limit)) : [];

    /// <summary>Closes the file, unless its disk hangs; no call may follow.</summary>
    public void Dispose()
    {
        if (_reading.TryEnter(WriterPulse.Limit))
        {
            _reader?.Dispose();
            _reader = null;
            _reading.Exit();
            _file.Release();
        }
    }

    private static string NoUser(string name) => $"there is no user {name}";

    private static string LastAdministrator(string name) => $"{name} is the last administrator; add another one first";

    private static bool IsLastAdministrator(SqliteConnection connection, string name) =>
        AccessRows.Count(connection, "SELECT COUNT(*) FROM users WHERE role = 'admin' AND name <> $name", ("$name", name)) == 0;

    private static string NoToken(string id) => $"there is no token {id}";

    /// <summary>Changes what is there; makes no file.</summary>
    private string? WriteIfThere(string without, Func<SqliteConnection, string?> change) => _file.Exists ? Write(change) : without;

    /// <summary>Changes the file, which is made if need be. A change that says why not changes nothing.</summary>
    private string? Write(Func<SqliteConnection, string?> change) => Use(connection =>
    {
        using var transaction = connection.BeginTransaction();
        var problem = change(connection);
        if (problem is null)
        {
            transaction.Commit();
        }

        return problem;
    });

    private T Use<T>(Func<SqliteConnection, T> use) => _disk.Run(() =>
    {
        lock (_writing)
        {
            try
            {
                Protect();
                using var connection = Open();
                return use(connection);
            }
            catch (Exception error) when (StorageFailure.IsOne(error))
            {
                throw Failure(error);
            }
        }
    });

    private SqliteConnection Open()
    {
        var connection = _file.Open("PRAGMA synchronous = FULL;"); // a rollback journal, so that it can be read from a disk that is read-only
        try
        {
            AccessSchema.Upgrade(connection, _file.Path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file, if need be, such that its owner alone may read it.</summary>
    private void Protect()
    {
        PrivateFile.EnsureFolder(dataDir);
        if (!_file.Exists && _records.Users.Count > 0)
        {
            throw new FileNotFoundException("it was deleted while it was in use; restart Ambianic");
        }

        _file.Protect();
    }

    private IOException Failure(Exception error) =>
        error is IOException { InnerException: not null } told ? told
        : error is SqliteException damage && StorageFailure.IsCorruption(damage) ? new IOException(
            $"{_file.Path}: {error.Message.TrimEnd('.')}; stop Ambianic, move the file away and add the users again: ambianic user add", error)
        : StorageFailure.At(_file.Path, error);
}
