using Ambianic.Core.Alerts;
using Microsoft.AspNetCore.WebUtilities;

namespace Ambianic.Server.Alerts;

/// <summary>
/// The answer page: GET shows it and changes nothing, as programs fetch links to preview them; POST answers. The token is the secret,
/// so there is no cookie, and what another site lets a browser post cannot hold it.
/// </summary>
internal static class AnswerEndpoints
{
    private const int LongestForm = 4096;

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapAnswers(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"{AnswerHosts.Path}/{{token}}", Reading, Show).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost($"{AnswerHosts.Path}/{{token}}", AnswerAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapMethods($"{AnswerHosts.Path}/{{token}}/picture", Reading, Picture).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Show(string token, HttpContext context, AnswerDesk desk) => Guarded(context, () =>
        desk.Open(token) is var opened && opened.View is { } view
            ? Page(AnswerPage.Of(view with { Said = context.Request.Query["said"] }), StatusCodes.Status200OK)
            : Refused(opened.Refusal));

    private static IResult Picture(string token, HttpContext context, AnswerDesk desk) => Guarded(context, () =>
        desk.Picture(token) is { } picture ? Results.Bytes(picture.Jpeg, "image/jpeg") : Results.StatusCode(StatusCodes.Status404NotFound));

    private static async Task<IResult> AnswerAsync(string token, HttpContext context, AnswerDesk desk, CancellationToken cancellation)
    {
        var word = context.Request.Query["answer"].FirstOrDefault() ?? await FormAsync(context.Request, cancellation);
        return await GuardedAsync(context, async () =>
        {
            if (desk.Refusal(token) is { } refusal)
            {
                return Refused(refusal);
            }

            if (AlertAnswers.Parse(word) is not { } answer)
            {
                return Page(
                    AnswerPage.Wrong("That is no answer", $"Open the link again and press a button. Programs send the form field answer with one of: {string.Join(", ", Enum.GetValues<AlertAnswer>().Select(AlertAnswers.Word))}."),
                    StatusCodes.Status400BadRequest);
            }

            if (!desk.MayAnswer(token))
            {
                return Page(AnswerPage.Wrong("Too many answers", "Your first answers were taken. Wait for a minute, then open the link again."), StatusCodes.Status429TooManyRequests);
            }

            context.Response.Headers.Location = $"?said={await desk.AnswerAsync(token, answer, cancellation)}"; // relative: a proxy may have put a path before it
            return Results.StatusCode(StatusCodes.Status303SeeOther);
        });
    }

    /// <summary>The form field <c>answer</c>, whatever type the body claims to have: apps send it as plain text, too.</summary>
    private static async Task<string?> FormAsync(HttpRequest request, CancellationToken cancellation)
    {
        var body = new byte[LongestForm];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        return QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body, 0, length).Trim()).TryGetValue("answer", out var values) ? values.FirstOrDefault() : null;
    }

    private static IResult Guarded(HttpContext context, Func<IResult> answer)
    {
        Protect(context.Response.Headers);
        try
        {
            return answer();
        }
        catch (IOException)
        {
            return CannotRead();
        }
    }

    private static async Task<IResult> GuardedAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        Protect(context.Response.Headers);
        try
        {
            return await answer();
        }
        catch (IOException)
        {
            return CannotRead();
        }
    }

    private static void Protect(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = AnswerPage.ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.AccessControlAllowOrigin = "*"; // apps in a browser post answers, too; anybody who has the token may read, and nobody else can
    }

    private static IResult Refused(AnswerRefusal refusal) => refusal switch
    {
        AnswerRefusal.Expired => Page(
            AnswerPage.Wrong("This link has expired", "A link works for 7 days. Open the link of a newer message, or ask the people in the house."), StatusCodes.Status410Gone),
        AnswerRefusal.NoAlert => Page(
            AnswerPage.Wrong("This alert is no longer stored", "There is nothing left to answer. Open the link of a newer message, or ask the people in the house."), StatusCodes.Status404NotFound),
        _ => Page(
            AnswerPage.Wrong("This link does not work", "It is not complete, or was changed on the way. Open it in the message again, or copy all of it. When it is urgent, telephone."), StatusCodes.Status404NotFound),
    };

    private static IResult CannotRead() => Page(
        AnswerPage.Wrong("Ambianic cannot read its alerts now", "Open the link again in a minute. When it is urgent, telephone and do not wait."), StatusCodes.Status503ServiceUnavailable);

    private static IResult Page(string html, int status) => Results.Content(html, "text/html; charset=utf-8", statusCode: status);
}
