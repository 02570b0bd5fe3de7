namespace Ambianic.Server.Alerts;

/// <summary>Which names this device answers to. Looked up for each request, as <c>ui.baseurl</c> may change.</summary>
internal static class AnswerHosts
{
    /// <summary>
    /// Where the answer page is. Before there is an administrator it is the only part of the program that answers to the host of
    /// <c>ui.baseurl</c>, to which a reverse proxy or a tunnel leads: the person who opens it has a signed link, while nobody logs in yet.
    /// </summary>
    public const string Path = "/a";

    private static readonly string[] Own = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Refuses requests that name another host than this computer, so that a page of another site that makes its name point here (DNS rebinding) is not answered.</summary>
    /// <param name="application">The program.</param>
    /// <param name="needsLogIn">True for requests that have to be logged in: then any name will do, as the browser keeps the cookie from other names.</param>
    public static void UseAllowedHosts(this WebApplication application, Func<HttpContext, bool> needsLogIn) => application.Use((context, next) =>
    {
        var host = context.Request.Host.Host.Trim('[', ']');
        return needsLogIn(context) || host.Length == 0 || Own.Contains(host, StringComparer.OrdinalIgnoreCase) || (context.Request.Path.StartsWithSegments(Path) && IsPage(host, context))
            ? next(context)
            : Results.Problem(
                "until there is an administrator, this device answers to localhost only, and to the host of ui.baseurl under /a/ only", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
    });

    private static bool IsPage(string host, HttpContext context) =>
        context.RequestServices.GetService<PageAddress>()?.Value is { } page && page.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase);
}
