using System.Net;
using System.Threading.RateLimiting;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>Lets a person in who knows the password. Safe to use from several threads.</summary>
internal sealed class LogIn(AccessBook book, AccessDatabase database, LogInLimits limits, AuditTrail audit, TimeProvider time, ILogger<LogIn> logger) : IDisposable
{
    private static readonly TimeSpan WhenBusy = TimeSpan.FromSeconds(2);

    /// <summary>Checking a password costs a tenth of a second of a core on purpose; the cameras need the others.</summary>
    private readonly ConcurrencyLimiter _oneAtATime = new(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 8 });

    /// <summary>Tries a password.</summary>
    /// <returns>The cookie of the new session; or none, and how long to wait before the next try.</returns>
    /// <exception cref="IOException">The session cannot be stored.</exception>
    public async Task<(string? Cookie, TimeSpan Wait)> TryAsync(string? typedName, string? password, IPAddress? address, CancellationToken cancellation)
    {
        var name = UserNames.Normalize(typedName);
        name = UserNames.Problem(name) is null ? name : "";
        if (limits.Begin(name, address) is { Ticks: > 0 } wait)
        {
            return (null, wait);
        }

        using var turn = await _oneAtATime.AcquireAsync(1, cancellation);
        if (!turn.IsAcquired)
        {
            return (null, WhenBusy);
        }

        var user = (await book.CurrentAsync()).Records.FindUser(name);
        if (!Passwords.Verify(user?.PasswordHash, password ?? "", out var better))
        {
            var who = user?.Name ?? "an unknown name"; // what was typed may be a password
            logger.LogInRefused(who, address);
            audit.Note(who, "log-in refused", address);
            return (null, TimeSpan.Zero);
        }

        limits.Succeeded(name, address);
        var cookie = Secret.New();
        database.Add(new LogInSession(Secret.Hash(cookie), user!.Name, time.GetUtcNow(), time.GetUtcNow()));
        if (better is not null)
        {
            database.Rehash(user.Name, user.PasswordHash, better);
        }

        audit.Note(user.Name, "log-in", address);
        return (cookie, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();
}
