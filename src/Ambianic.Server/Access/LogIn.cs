using System.Net;
using System.Threading.RateLimiting;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>Lets a person in who knows the password. Safe to use from several threads.</summary>
internal sealed class LogIn(AccessBook book, AccessDatabase database, LogInLimits limits, AuditTrail audit, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WhenBusy = TimeSpan.FromSeconds(2);

    /// <summary>Checking a password costs a tenth of a second of a core on purpose; the cameras need the others.</summary>
    private readonly ConcurrencyLimiter _strangers = new(OneAtATime);

    /// <summary>Those who have logged in before do not wait behind strangers.</summary>
    private readonly ConcurrencyLimiter _known = new(OneAtATime);

    private static ConcurrencyLimiterOptions OneAtATime => new() { PermitLimit = 1, QueueLimit = 8 };

    /// <summary>Tries a password.</summary>
    /// <param name="typedName">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="deviceCookie">What a browser got with an earlier log-in; null when there was none.</param>
    /// <param name="address">Whence.</param>
    /// <param name="cancellation">The person has gone.</param>
    /// <returns>The cookies of the new session and of the device; or none, and how long to wait before the next try.</returns>
    /// <exception cref="IOException">The session cannot be stored.</exception>
    public async Task<(LogInCookies? Cookies, TimeSpan Wait)> TryAsync(
        string? typedName, string? password, string? deviceCookie, IPAddress? address, CancellationToken cancellation)
    {
        var name = UserNames.Normalize(typedName);
        name = UserNames.Problem(name) is null ? name : "";
        var records = (await book.CurrentAsync()).Records;
        var device = deviceCookie is { Length: > 0 } ? new KnownDevice(Secret.Hash(deviceCookie), name) : null;
        var known = device is not null && records.Knows(device) ? device : null;
        var (wait, begun) = limits.Begin(name, address, known);
        if (wait > TimeSpan.Zero)
        {
            return (null, wait);
        }

        var outcome = LogInLimits.Outcome.NotMade; // until the password has been looked at
        try
        {
            using var turn = await (known is null ? _strangers : _known).AcquireAsync(1, cancellation);
            if (!turn.IsAcquired)
            {
                return (null, WhenBusy);
            }

            outcome = LogInLimits.Outcome.Failed;
            var user = (await book.CurrentAsync()).Records.FindUser(name);
            if (!Passwords.Verify(user?.PasswordHash, password ?? "", out var better))
            {
                audit.Refused(user?.Name ?? "an unknown name", address); // what was typed may be a password
                return (null, TimeSpan.Zero);
            }

            outcome = LogInLimits.Outcome.Succeeded;
            var cookies = new LogInCookies(Secret.New(), device is not null && records.KnowsDevice(device.Hash) ? deviceCookie! : Secret.New());
            if (!database.Add(new LogInSession(Secret.Hash(cookies.Session), user!.Name, time.GetUtcNow(), time.GetUtcNow()), user.PasswordHash, Secret.Hash(cookies.Device)))
            {
                return (null, TimeSpan.Zero); // the password is another one by now
            }

            if (better is not null)
            {
                database.Rehash(user.Name, user.PasswordHash, better);
            }

            audit.Note(AuditKind.LogIn, user.Name, "log-in", "", address);
            return (cookies, TimeSpan.Zero);
        }
        finally
        {
            limits.End(begun, outcome);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _strangers.Dispose();
        _known.Dispose();
    }
}

/// <summary>What a browser gets when a person has logged in.</summary>
/// <param name="Session">Value of the cookie of the session.</param>
/// <param name="Device">Value of the cookie of the device.</param>
internal sealed record LogInCookies(string Session, string Device);
