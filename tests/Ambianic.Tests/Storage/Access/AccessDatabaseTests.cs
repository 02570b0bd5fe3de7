using Ambianic.Storage.Access;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Storage.Access;

public sealed class AccessDatabaseTests : IDisposable
{
    private const string FileName = "access.db";
    private const string Hash = "hash";

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));
    private readonly AccessDatabase _database;

    public AccessDatabaseTests() => _database = new AccessDatabase(_directory.Path, _time);

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Load_BeforeTheFirstUser_IsNobodyAndMakesNoFile()
    {
        Assert.Empty(_database.Load().Users);
        Assert.Empty(_database.Audit(10));
        _database.Add([Entry("log-in")]);
        Assert.NotNull(_database.RemoveUser("ann"));
        Assert.NotNull(_database.Add(Token("door")));

        Assert.False(File.Exists(_directory[FileName]));
    }

    [Fact]
    public void Add_FirstUser_MakesAFileForItsOwnerAlone()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_directory[FileName]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal("ann", Assert.Single(_database.Load().Users).Name);
    }

    [Fact]
    public void Add_FirstUserWhoIsNoAdministrator_IsRefused()
    {
        Assert.Contains("administrator", _database.Add(User("ann", AccessRole.Viewer)), StringComparison.Ordinal);

        Assert.Empty(_database.Load().Users);
    }

    [Fact]
    public void Add_NameThatIsThere_IsRefusedAndChangesNothing()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Contains("already", _database.Add(User("ann", AccessRole.Viewer)), StringComparison.Ordinal);

        Assert.Equal(AccessRole.Admin, _database.Load().FindUser("ann")!.Role);
    }

    [Fact]
    public void RemoveUser_LastAdministrator_IsRefused()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.Add(User("bob", AccessRole.Carer)));

        Assert.Contains("last administrator", _database.RemoveUser("ann"), StringComparison.Ordinal);
        Assert.Null(_database.RemoveUser("bob"));
        Assert.Contains("no user bob", _database.RemoveUser("bob") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnotherProcessHasChangedIt_IsNoticedAtOnce()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Single(_database.Load().Users);
        using var other = new AccessDatabase(_directory.Path, _time);
        Assert.Null(other.Add(User("bob", AccessRole.Viewer)));
        Assert.Equal(2, _database.Load().Users.Count);
        Assert.Null(other.RemoveUser("bob"));

        Assert.Single(_database.Load().Users);
        Assert.Same(_database.Load(), _database.Load()); // what has not changed is not read again
    }

    [Fact]
    public void SetPassword_EndsTheSessionsOfThatUserAlone()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.Add(User("bob", AccessRole.Carer)));
        Assert.True(_database.Add(Session("1", "ann"), Hash, "device"));
        Assert.True(_database.Add(Session("2", "bob"), Hash, "device"));
        Assert.Null(_database.SetPassword("ann", "hash2"));

        Assert.Equal("bob", Assert.Single(_database.Load().Sessions).User);
        Assert.Equal("hash2", _database.Load().FindUser("ann")!.PasswordHash);
    }

    [Fact]
    public void AddSession_OfARemovedUser_IsNotStored()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.False(_database.Add(Session("1", "bob"), Hash, "device"));

        Assert.Empty(_database.Load().Sessions);
    }

    [Fact]
    public void AddSession_VeryMany_EndsTheOldest()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        for (var i = 0; i < 52; i++)
        {
            Assert.True(_database.Add(Session($"{i}", "ann"), Hash, $"device {i}"));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(50, _database.Load().Sessions.Count);
        Assert.Null(_database.Load().FindSession("0"));
        Assert.NotNull(_database.Load().FindSession("51"));
        Assert.False(_database.Load().KnowsDevice("device 31"));
        Assert.True(_database.Load().Knows(new KnownDevice("device 32", "ann")));
    }

    [Fact]
    public void AddToken_RemovesThoseThatHaveExpired()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.Add(Token("door") with { ExpiresAt = _time.GetUtcNow().AddDays(1) }));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(_database.Add(Token("bell")));

        Assert.Equal("bell", Assert.Single(_database.Load().Tokens).Name);
    }

    [Fact]
    public void Audit_ReadsTheNewestFirst()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        _database.Add([Entry("log-in"), Entry("log-out") with { Subject = "bob", Count = 3 }]);

        Assert.Equal(["log-out", "log-in"], _database.Audit(10).Select(entry => entry.What));
        Assert.Equal(Entry("log-out") with { Subject = "bob", Count = 3 }, Assert.Single(_database.Audit(1)));
    }

    [Theory]
    [InlineData(AuditKind.Refusal)]
    [InlineData(AuditKind.LogIn)]
    [InlineData(AuditKind.Care)]
    public void Audit_VeryManyEntriesOfAnotherKind_LeaveWhatAdministratorsChanged(AuditKind kind)
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        _database.Add([Entry("DELETE /api/users/bob") with { Kind = AuditKind.Change }]);
        foreach (var some in Enumerable.Range(0, 10_001).Chunk(500)) // a call may take 3 s at most
        {
            _database.Add([.. some.Select(i => Entry($"{i}") with { Kind = kind })]);
        }


        var audit = _database.Audit(20_000);
        Assert.Equal(5_001, audit.Count);
        Assert.Equal("DELETE /api/users/bob", audit[^1].What);
        Assert.Equal(("10000", "5001"), (audit[0].What, audit[^2].What));
    }

    [Fact]
    public void AddSession_PasswordWasChangedSinceItWasChecked_IsNotStored()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.SetPassword("ann", "hash2"));

        Assert.False(_database.Add(Session("1", "ann"), Hash, "device"));
        Assert.Empty(_database.Load().Sessions);
        Assert.False(_database.Load().KnowsDevice("device"));
    }

    [Fact]
    public void RemoveUser_WhoMadeTokens_RemovesThemAndNoOthers()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.Add(User("bob", AccessRole.Admin)));
        Assert.Null(_database.Add(Token("door") with { Owner = "bob" }));
        Assert.Null(_database.Add(Token("bell") with { Owner = "ann" }));
        Assert.Null(_database.Add(Token("gate")));
        Assert.Null(_database.RemoveUser("bob"));

        Assert.Equal(["bell", "gate"], _database.Load().Tokens.Select(token => token.Name));
    }

    [Fact]
    public void SetRole_OfAnOwner_LowersTheirTokens()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Null(_database.Add(User("bob", AccessRole.Admin)));
        Assert.Null(_database.Add(Token("door") with { Owner = "bob", Role = AccessRole.Admin }));
        Assert.Null(_database.SetRole("bob", AccessRole.Carer));

        Assert.Equal(AccessRole.Carer, _database.Load().RoleOf(_database.Load().Tokens[0]));
        Assert.Contains("last administrator", _database.SetRole("ann", AccessRole.Viewer), StringComparison.Ordinal);
        Assert.Contains("no user", _database.SetRole("eve", AccessRole.Viewer), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileOfAnEarlierVersion_KeepsTokensWithoutOwner()
    {
        Write("""
            CREATE TABLE users (name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL);
            CREATE TABLE tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, used_at INTEGER);
            CREATE TABLE sessions (hash TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL);
            CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, address TEXT NOT NULL);
            INSERT INTO users VALUES ('ann', 'hash', 'admin', 0);
            INSERT INTO tokens VALUES ('1', 'door', 'h', 'carer', 0, NULL, NULL);
            INSERT INTO audit VALUES (1, 0, 'ann', 'log-in refused', '::1'), (2, 0, 'ann', 'DELETE /api/users/bob', '::1');
            PRAGMA user_version = 1;
            """);

        var token = Assert.Single(_database.Load().Tokens);
        Assert.Null(token.Owner);
        Assert.Equal(AccessRole.Carer, _database.Load().RoleOf(token));
        Assert.Equal([AuditKind.Change, AuditKind.Refusal], _database.Audit(10).Select(entry => entry.Kind));
    }

    [Fact]
    public void Load_FileThatOthersMayRead_IsForItsOwnerAloneAgain()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory[FileName], (UnixFileMode)0b110_100_100);
        }

        using var restarted = new AccessDatabase(_directory.Path, _time);
        Assert.Single(restarted.Load().Users);

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_directory[FileName]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void Add_DataDirectoryThatIsNotThere_IsMadeForItsOwnerAlone()
    {
        using var database = new AccessDatabase(_directory["above/data"], _time);
        Assert.Null(database.Add(User("ann", AccessRole.Admin)));

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_directory["above/data"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Fact]
    public void Load_DamagedFile_SaysWhatToDo()
    {
        File.WriteAllText(_directory[FileName], "no database, but longer than the header of one: " + new string('x', 4096));

        var error = Assert.Throws<IOException>(() => _database.Load());
        Assert.Contains("move the file away", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFile_IsAFaultAndNotNobody()
    {
        File.WriteAllText(_directory[FileName], "");

        Assert.Contains("is empty", Assert.Throws<IOException>(() => _database.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_FileWasDeletedInUse_DoesNotBeginAgainWithNobody()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        Assert.Single(_database.Load().Users);
        File.Delete(_directory[FileName]);

        Assert.Throws<IOException>(() => _database.Add(User("mallory", AccessRole.Admin)));
        Assert.Single(_database.Load().Users);
    }

    private AuditEntry Entry(string what) => new(_time.GetUtcNow(), "ann", what, "", "10.0.0.7", AuditKind.LogIn);

    private void Write(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory[FileName]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private UserAccount User(string name, AccessRole role) => new(name, Hash, role, _time.GetUtcNow());

    private ApiToken Token(string name) => new(name, name, $"hash of {name}", AccessRole.Viewer, _time.GetUtcNow(), null, null);

    private LogInSession Session(string hash, string user) => new(hash, user, _time.GetUtcNow(), _time.GetUtcNow());
}
