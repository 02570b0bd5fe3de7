namespace Ambianic.Server.Access;

/// <summary>The page that adds the first administrator.</summary>
internal static class FirstRunEndpoints
{
    private const string WrongCode = "This is not the address that Ambianic printed at its last start, or it was used already. Restart Ambianic for a new one, or add an administrator on its computer: ambianic user add NAME";

    public static void MapFirstRun(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/first-run", Show).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/first-run", AddAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Show(HttpContext context, FirstRun first) =>
        Refusal(context, first) ?? LogInEndpoints.Page(context, LogInPage.AskFirst(null));

    private static async Task<IResult> AddAsync(HttpContext context, FirstRun first, CancellationToken cancellation)
    {
        if (Refusal(context, first) is { } refusal)
        {
            return refusal;
        }

        if (!LogInEndpoints.IsForm(context.Request))
        {
            return LogInEndpoints.Page(context, LogInPage.AskFirst("That was no form of this page."), StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellation);
        var (name, password) = (UserNames.Normalize(form["name"]), form["password"].ToString());
        if ((UserNames.Problem(name) ?? Passwords.Problem(password) ?? (password == form["again"] ? null : "the two passwords differ")) is { } problem)
        {
            return LogInEndpoints.Page(context, LogInPage.AskFirst($"{char.ToUpperInvariant(problem[0])}{problem[1..]}."), StatusCodes.Status400BadRequest);
        }

        try
        {
            var (cookies, why) = first.Add(name, password, context.Connection.RemoteIpAddress);
            if (cookies is null)
            {
                return LogInEndpoints.Page(context, LogInPage.AskFirst(why), StatusCodes.Status409Conflict);
            }

            LogInEndpoints.SetCookies(context, cookies);
            return LogInEndpoints.Redirect(context, "./index.html");
        }
        catch (IOException error)
        {
            return LogInEndpoints.Page(context, LogInPage.AskFirst($"It cannot be stored: {error.Message}"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult? Refusal(HttpContext context, FirstRun first) =>
        AccessState.Of(context).NeedsLogIn ? LogInEndpoints.Redirect(context, "./login")
        : first.IsCode(context.Request.Query["code"]) ? null
        : LogInEndpoints.Page(context, LogInPage.Told("Ambianic", WrongCode), StatusCodes.Status403Forbidden);
}
