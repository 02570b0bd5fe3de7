using System.Security.Claims;
using Ambianic.Server.Hosting;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>The log-in page and log-out. All links are relative, as a proxy may have put a path before them.</summary>
internal static class LogInEndpoints
{
    private const int LongestForm = 4096;

    /// <summary>As long as browsers keep a cookie (RFC 6265bis).</summary>
    private static readonly TimeSpan DeviceLife = TimeSpan.FromDays(400);

    public static void MapLogIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", Show).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/login", TryAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/logout", LogOut).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>True for a form that may be read.</summary>
    public static bool IsForm(HttpRequest request) => request.HasFormContentType && request.ContentLength is <= LongestForm;

    /// <summary>The browser is logged in from now on.</summary>
    public static void SetCookies(HttpContext context, LogInCookies cookies)
    {
        SetCookie(context, AccessHandler.Cookie, cookies.Session, AccessHandler.Longest);
        SetCookie(context, AccessHandler.DeviceCookie, cookies.Device, DeviceLife);
    }

    /// <summary>Leads to a relative address.</summary>
    public static IResult Redirect(HttpContext context, string target)
    {
        context.Response.Headers.Location = target;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Answers with a page that is not kept.</summary>
    public static IResult Page(HttpContext context, string html, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = LogInPage.ContentSecurityPolicy;
        return Results.Content(html, "text/html; charset=utf-8", statusCode: status);
    }

    private static IResult Show(HttpContext context, CurrentConfiguration current)
    {
        var (state, device) = (AccessState.Of(context), Device(current));
        return state.Fault is { } fault ? Page(context, LogInPage.Told(device, $"Nobody can be let in: {fault}"), StatusCodes.Status503ServiceUnavailable)
            : !state.NeedsLogIn ? Page(context, LogInPage.Told(device, "Nobody has to log in: there is no administrator yet, so this device answers this computer only. Add one: open the address that Ambianic printed at its start, or on its computer: ambianic user add NAME"))
            : context.User.NameOf() is { } name ? Page(context, LogInPage.Known(device, name, context.User.FindFirstValue(ClaimTypes.Role)!))
            : Page(context, LogInPage.Ask(device, null));
    }

    private static async Task<IResult> TryAsync(HttpContext context, LogIn logIn, CurrentConfiguration current, CancellationToken cancellation)
    {
        if (!AccessState.Of(context).NeedsLogIn)
        {
            return Show(context, current);
        }

        if (!IsForm(context.Request))
        {
            return Page(context, LogInPage.Ask(Device(current), "That was no form of this page."), StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellation);
        try
        {
            var (cookies, wait) = await logIn.TryAsync(
                form["name"], form["password"], context.Request.Cookies[AccessHandler.DeviceCookie], context.Connection.RemoteIpAddress, cancellation);
            if (cookies is not null)
            {
                SetCookies(context, cookies);
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
            SetCookie(context, AccessHandler.Cookie, "", TimeSpan.Zero);
            audit.Note(AuditKind.LogIn, context.User.NameOf() ?? "somebody whose session was over", "log-out", "", context.Connection.RemoteIpAddress);
        }

        return Redirect(context, "./login");
    }

    /// <summary>Not sent with what pages of other sites load or post (SameSite=Lax, RFC 6265bis); a link in a message does send it.</summary>
    private static void SetCookie(HttpContext context, string name, string value, TimeSpan maxAge) => context.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase is { HasValue: true } prefix ? prefix.Value : "/",
        MaxAge = maxAge,
    });

    private static string Device(CurrentConfiguration current) => current.Result.Configuration.DisplayName;
}
