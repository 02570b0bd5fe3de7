using System.Net;
using System.Security.Claims;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Access;

/// <summary>
/// Recognises who calls: a program by its token (RFC 6750), a person by the cookie of their session. Before there is an administrator,
/// whoever calls from this computer counts as one.
/// </summary>
internal sealed class AccessHandler(AccessDatabase database, TimeProvider time) : IAuthenticationHandler
{
    /// <summary>Name of the authentication scheme.</summary>
    public const string Scheme = "ambianic";

    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "ambianic";

    /// <summary>Name of the cookie by which a browser is known where somebody logged in before.</summary>
    public const string DeviceCookie = "ambianic-device";

    /// <summary>The claim that holds the hash of a token or a cookie.</summary>
    public const string Credential = "credential";

    /// <summary>A session ends when it has not been used for this long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromDays(30);

    /// <summary>A session ends after this, however much it is used: a stolen cookie does not work for ever.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Notes of use are written this seldom: a memory card does not last for one at each request.</summary>
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromHours(1);

    private const string Bearer = "Bearer ";

    private HttpContext _context = null!;

    /// <inheritdoc/>
    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AuthenticateResult> AuthenticateAsync()
    {
        var caller = Recognise(_context, time, note: hash => Note(hash));
        return Task.FromResult(caller is null ? AuthenticateResult.NoResult() : AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme)));
    }

    /// <summary>Who calls, by the records that came with the request.</summary>
    /// <returns>Null when it is nobody known.</returns>
    public static ClaimsPrincipal? Recognise(HttpContext context, TimeProvider time, Action<string>? note = null)
    {
        var state = AccessState.Of(context);
        if (!state.NeedsLogIn)
        {
            return IsOnThisComputer(context) ? Caller("somebody at this computer", AccessRole.Admin, "") : null;
        }

        var now = time.GetUtcNow();
        if (context.Request.Headers.Authorization is [{ } header, ..])
        {
            return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                && state.Records.FindToken(Secret.Hash(header[Bearer.Length..].Trim())) is { } token && !(token.ExpiresAt <= now)
                && state.Records.RoleOf(token) is { } role
                ? Noted(Caller($"token {token.Name}", role, token.Hash), token.UsedAt)
                : null;
        }

        return context.Request.Cookies[Cookie] is { Length: > 0 } cookie
            && state.Records.FindSession(Secret.Hash(cookie)) is { } session && !IsOver(session, now)
            && state.Records.FindUser(session.User) is { } user
            ? Noted(Caller(user.Name, user.Role, session.Hash), session.UsedAt)
            : null;

        ClaimsPrincipal Noted(ClaimsPrincipal caller, DateTimeOffset? usedAt)
        {
            if (usedAt is not { } at || now - at >= BetweenNotes)
            {
                note?.Invoke(caller.FindFirstValue(Credential)!);
            }

            return caller;
        }
    }

    /// <summary>True for a session that was not used for long, or is old.</summary>
    public static bool IsOver(LogInSession session, DateTimeOffset now) => now - session.UsedAt >= Idle || now - session.CreatedAt >= Longest;

    /// <inheritdoc/>
    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        var state = AccessState.Of(_context);
        if (!state.NeedsLogIn)
        {
            return AnswerAsync(StatusCodes.Status403Forbidden, "until there is an administrator, this device answers this computer only; add one there: ambianic user add NAME");
        }

        if (state.Fault is { } fault)
        {
            return AnswerAsync(StatusCodes.Status503ServiceUnavailable, $"nobody can be let in: {fault}");
        }

        var request = _context.Request;
        if (HttpMethods.IsGet(request.Method) && request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true))
        {
            _context.Response.Redirect(ReturnPath.ToLogIn(request));
            return Task.CompletedTask;
        }

        _context.Response.Headers.WWWAuthenticate = "Bearer";
        return AnswerAsync(StatusCodes.Status401Unauthorized, "log in at /login, or send the header 'Authorization: Bearer TOKEN'; tokens are made with: ambianic token add NAME");
    }

    /// <inheritdoc/>
    public Task ForbidAsync(AuthenticationProperties? properties)
    {
        var needed = _context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy;
        return AnswerAsync(
            StatusCodes.Status403Forbidden, $"{_context.User.NameOf()} has the role {_context.User.FindFirstValue(ClaimTypes.Role)}; this needs {needed ?? "a decision who may call it, which is missing"}");
    }

    /// <summary>A proxy on this computer passes on calls of others, and says so.</summary>
    private static bool IsOnThisComputer(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.Keys.Any(header => header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase) || header.Equals("X-Ingress-Path", StringComparison.OrdinalIgnoreCase));

    private static ClaimsPrincipal Caller(string name, AccessRole role, string hash) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, Policies.Of(role)), new Claim(Credential, hash)], Scheme));

    private Task AnswerAsync(int status, string detail) => Results.Problem(detail, statusCode: status).ExecuteAsync(_context);

    /// <summary>In the background: a disk that is slow or full keeps nobody out.</summary>
    private void Note(string hash) => Task.Run(() =>
    {
        try
        {
            database.Touch(hash);
        }
        catch (IOException)
        {
            // noted with a later request
        }
    });
}
