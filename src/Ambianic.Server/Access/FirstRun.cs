using System.Security.Cryptography;
using System.Text;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>
/// Lets the first administrator be added by the page. Whoever reaches this computer's own address may be a stranger whom a proxy lets
/// in, so it takes a code that the program prints at its start, in the terminal or the journal alone, and that works once. Safe to use
/// from several threads.
/// </summary>
internal sealed class FirstRun(AccessDatabase database, AuditTrail audit, TimeProvider time)
{
    private readonly string _code = Secret.New();
    private readonly Lock _gate = new();
    private bool _isUsed;

    /// <summary>Where the page is, relative to the program's address. As good as a password: it goes into no log.</summary>
    public string Path => $"first-run?code={_code}";

    /// <summary>True for the code of this start, before it was used.</summary>
    public bool IsCode(string? code) =>
        !Volatile.Read(ref _isUsed) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code ?? ""), Encoding.UTF8.GetBytes(_code));

    /// <summary>Adds the administrator, and logs them in.</summary>
    /// <returns>What their browser gets; or why not.</returns>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public (LogInCookies? Cookies, string? Problem) Add(string name, string password, System.Net.IPAddress? address)
    {
        var user = new UserAccount(name, Passwords.Hash(password), AccessRole.Admin, time.GetUtcNow());
        lock (_gate)
        {
            if (_isUsed)
            {
                return (null, "There is an administrator already.");
            }

            if (database.Add(user) is { } problem)
            {
                return (null, problem);
            }

            _isUsed = true;
        }

        var cookies = new LogInCookies(Secret.New(), Secret.New());
        database.Add(new LogInSession(Secret.Hash(cookies.Session), user.Name, time.GetUtcNow(), time.GetUtcNow()), user.PasswordHash, Secret.Hash(cookies.Device));
        audit.Note(AuditKind.Change, user.Name, "first administrator added by the page", user.Name, address);
        return (cookies, null);
    }
}
