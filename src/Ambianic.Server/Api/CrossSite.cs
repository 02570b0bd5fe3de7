using Ambianic.Server.Access;
using Ambianic.Server.Alerts;
using Microsoft.AspNetCore.Http.Features;

namespace Ambianic.Server.Api;

/// <summary>
/// Keeps pages of other sites from using the API through a person's browser. Browsers ask before they send PUT or DELETE to another
/// site, and are not answered; but they send a POST of a form, and a GET, at once.
/// </summary>
internal static class CrossSite
{
    /// <summary>Refuses calls that change something and come from a page of another site.</summary>
    public static void UseSameSiteApi(this IApplicationBuilder application) => application.Use((context, next) =>
        !context.Request.Path.StartsWithSegments(AnswerHosts.Path) && ChangesSomething(context) && (IsForeign(context.Request) || !IsKnownToBeOwn(context)) && !context.IsListedOrigin() ? RefuseAsync(context) : next(context));

    /// <summary>Marks a GET that changes something.</summary>
    public static TBuilder WithEffect<TBuilder>(this TBuilder call)
        where TBuilder : IEndpointConventionBuilder => call.WithMetadata(new Effect());

    private static bool ChangesSomething(HttpContext context) =>
        !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method)) || HasEffect(context);

    private static bool HasEffect(HttpContext context) => context.Features.Get<IEndpointFeature>()?.Endpoint?.Metadata.GetMetadata<Effect>() is not null;

    /// <summary>
    /// Over http, browsers send neither header with the GET of a foreign page (Fetch Metadata: only to trustworthy addresses), but they do
    /// send the cookie with a link. So a GET that changes something and comes with a cookie has to show where it comes from.
    /// </summary>
    private static bool IsKnownToBeOwn(HttpContext context) =>
        !HasEffect(context) || !HttpMethods.IsGet(context.Request.Method)
        || context.Request.Headers.Authorization.Count > 0 || !context.Request.Cookies.ContainsKey(AccessHandler.Cookie)
        || context.Request.Headers.ContainsKey("Sec-Fetch-Site") || context.Request.Headers.Origin.Count > 0
        || (Uri.TryCreate(context.Request.Headers.Referer.FirstOrDefault(), UriKind.Absolute, out var page)
            && Uri.TryCreate($"{page.Scheme}://{context.Request.Host}", UriKind.Absolute, out var own) && page.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase));

    /// <summary>By "Fetch Metadata Request Headers" (W3C), which no page can forge; by <c>Origin</c> (RFC 6454) for browsers that do not send them. Programs send neither.</summary>
    private static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].FirstOrDefault() is { } site ? site is not ("same-origin" or "none")
        : request.Headers.Origin.FirstOrDefault() is { } origin && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context) => Results.Problem(
        "a page of another site has called; open Ambianic's own page, or call with a token and without the headers Origin and Sec-Fetch-Site",
        statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);

    private sealed record Effect;
}
