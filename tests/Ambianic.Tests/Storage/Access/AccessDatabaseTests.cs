using Ambianic.Storage.Access;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Storage.Access;

public sealed class AccessDatabaseTests : IDisposable
{
    private const string FileName = "access.db";

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
        _database.Add(new AuditEntry(_time.GetUtcNow(), "ann", "log-in", "::1"));
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
        _database.Add(Session("1", "ann"));
        _database.Add(Session("2", "bob"));
        Assert.Null(_database.SetPassword("ann", "hash2"));

        Assert.Equal("bob", Assert.Single(_database.Load().Sessions).User);
        Assert.Equal("hash2", _database.Load().FindUser("ann")!.PasswordHash);
    }

    [Fact]
    public void AddSession_OfARemovedUser_IsNotStored()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        _database.Add(Session("1", "bob"));

        Assert.Empty(_database.Load().Sessions);
    }

    [Fact]
    public void AddSession_VeryMany_EndsTheOldest()
    {
        Assert.Null(_database.Add(User("ann", AccessRole.Admin)));
        for (var i = 0; i < 52; i++)
        {
            _database.Add(Session($"{i}", "ann"));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(50, _database.Load().Sessions.Count);
        Assert.Null(_database.Load().FindSession("0"));
        Assert.NotNull(_database.Load().FindSession("51"));
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
        _database.Add(new AuditEntry(_time.GetUtcNow(), "ann", "log-in", "10.0.0.7"));
        _database.Add(new AuditEntry(_time.GetUtcNow(), "ann", "log-out", "10.0.0.7"));

        Assert.Equal(["log-out", "log-in"], _database.Audit(10).Select(entry => entry.What));
        Assert.Equal(new AuditEntry(_time.GetUtcNow(), "ann", "log-out", "10.0.0.7"), Assert.Single(_database.Audit(1)));
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

    private UserAccount User(string name, AccessRole role) => new(name, "hash", role, _time.GetUtcNow());

    private ApiToken Token(string name) => new(name, name, $"hash of {name}", AccessRole.Viewer, _time.GetUtcNow(), null, null);

    private LogInSession Session(string hash, string user) => new(hash, user, _time.GetUtcNow(), _time.GetUtcNow());
}
