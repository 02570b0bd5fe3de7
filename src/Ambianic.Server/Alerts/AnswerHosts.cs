namespace Ambianic.Server.Alerts;

/// <summary>Which names this device answers to.</summary>
internal static class AnswerHosts
{
    /// <summary>
    /// Where the answer page is. It is the only part of the program that answers to the host of <c>ui.baseurl</c>, to which a reverse proxy
    /// or a tunnel leads: whoever opens it has a signed link, while the API has no log-in.
    /// </summary>
    public const string Path = "/a";

    /// <summary>Refuses requests that name another host than this computer, so that a page of another site that makes its name point here (DNS rebinding) is not answered.</summary>
    public static void UseAllowedHosts(this WebApplication application) =>
        application.UseWhen(context => !IsForAnswerPage(context), all => all.UseHostFiltering());

    private static bool IsForAnswerPage(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Path)
        && context.RequestServices.GetService<PageAddress>()?.Value is { } page
        && page.IdnHost.Equals(context.Request.Host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
}
