using System.Security.Claims;
using Ambianic.Server.Hosting;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>The log-in page and log-out. All links are relative, as a proxy may have put a path before them.</summary>
internal static class LogInEndpoints
{
    private const int LongestForm = 4096;

    public static void MapLogIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", Show).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/login", TryAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/logout", LogOut).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Show(HttpContext context, CurrentConfiguration current)
    {
        var (state, device) = (AccessState.Of(context), Device(current));
        return state.Fault is { } fault ? Page(context, LogInPage.Told(device, $"Nobody can be let in: {fault}"), StatusCodes.Status503ServiceUnavailable)
            : !state.NeedsLogIn ? Page(context, LogInPage.Told(device, "Nobody has to log in: there is no administrator yet, so this device answers this computer only. Add one on this computer: ambianic user add NAME"))
            : context.User.NameOf() is { } name ? Page(context, LogInPage.Known(device, name, context.User.FindFirstValue(ClaimTypes.Role)!))
            : Page(context, LogInPage.Ask(device, null));
    }

    private static async Task<IResult> TryAsync(HttpContext context, LogIn logIn, CurrentConfiguration current, CancellationToken cancellation)
    {
        if (!AccessState.Of(context).NeedsLogIn)
        {
            return Show(context, current);
        }

        if (!context.Request.HasFormContentType || context.Request.ContentLength is not <= LongestForm)
        {
            return Page(context, LogInPage.Ask(Device(current), "That was no form of this page."), StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellation);
        try
        {
            var (cookie, wait) = await logIn.TryAsync(form["name"], form["password"], context.Connection.RemoteIpAddress, cancellation);
            if (cookie is not null)
            {
                SetCookie(context, cookie, AccessHandler.Idle);
                return Redirect(context, ReturnPath.Local(context.Request.Query["next"]));
            }

            if (wait > TimeSpan.Zero)
            {
                var seconds = (int)Math.Ceiling(wait.TotalSeconds);
                context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Page(context, LogInPage.Ask(Device(current), $"Too many attempts. Wait for {seconds} s, then try again."), StatusCodes.Status429TooManyRequests);
            }

            return Page(context, LogInPage.Ask(Device(current), "Name or password is wrong."), StatusCodes.Status403Forbidden);
        }
        catch (IOException error)
        {
            return Page(context, LogInPage.Ask(Device(current), $"The log-in cannot be stored: {error.Message}"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult LogOut(HttpContext context, AccessDatabase database, AuditTrail audit)
    {
        if (context.Request.Cookies[AccessHandler.Cookie] is { Length: > 0 } cookie && AccessState.Of(context).Records.FindSession(Secret.Hash(cookie)) is not null)
        {
            database.RemoveSession(Secret.Hash(cookie)); // of a session that there is alone: each is a write to the disk
            SetCookie(context, "", TimeSpan.Zero);
            audit.Note(context.User.NameOf() ?? "somebody whose session was over", "log-out", context.Connection.RemoteIpAddress);
        }

        return Redirect(context, "./login");
    }

    /// <summary>Not sent with what pages of other sites load or post (SameSite=Lax, RFC 6265bis); a link in a message does send it.</summary>
    private static void SetCookie(HttpContext context, string value, TimeSpan maxAge) => context.Response.Cookies.Append(AccessHandler.Cookie, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase is { HasValue: true } prefix ? prefix.Value : "/",
        MaxAge = maxAge,
    });

    private static string Device(CurrentConfiguration current) => current.Result.Configuration.DisplayName;

    private static IResult Redirect(HttpContext context, string target)
    {
        context.Response.Headers.Location = target;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static IResult Page(HttpContext context, string html, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = LogInPage.ContentSecurityPolicy;
        return Results.Content(html, "text/html; charset=utf-8", statusCode: status);
    }
}
