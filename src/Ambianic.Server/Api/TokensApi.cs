using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Tokens by which programs call.</summary>
internal static class TokensApi
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tokens", (HttpContext context) => new TokenPage("success", [.. AccessState.Of(context).Records.Tokens.Select(Token.Of)]))
            .RequireAuthorization(Policies.Admin).WithSummary("Tokens of programs, without their values");
        routes.MapPost("/api/tokens", Add).RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Makes a token; its value is in this answer alone");
        routes.MapDelete("/api/tokens/{id}", Remove).RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Removes a token, by id or name; it is refused from then on");
    }

    private static Results<Created<NewToken>, ValidationProblem, ProblemHttpResult> Add(Wish body, HttpContext context, AccessDatabase database, TimeProvider time)
    {
        var name = UserNames.Normalize(body.Name);
        if (Words.Wrong(
            ("name", UserNames.Problem(name)),
            ("days", body.Days is null or (>= 1 and <= Tokens.MostDays) ? null : $"must be 1 to {Tokens.MostDays}"),
            ("role", body.Role is null ? "is missing" : Words.Problem<AccessRole>(body.Role))) is { } wrong)
        {
            return wrong;
        }

        var (token, stored) = Tokens.New(name, Policies.Parse(body.Role)!.Value, body.Days is { } days ? TimeSpan.FromDays(days) : null, time, OwnerFor(context));
        context.SetAuditSubject(name);
        return database.Add(stored) is { } problem
            ? TypedResults.Problem(problem, statusCode: StatusCodes.Status409Conflict)
            : TypedResults.Created($"/api/tokens/{stored.Id}", new NewToken(stored.Id, stored.Name, stored.Role, stored.Owner, stored.ExpiresAt, token));
    }

    private static Results<NoContent, ProblemHttpResult> Remove(string id, HttpContext context, AccessDatabase database)
    {
        context.SetAuditSubject(AccessState.Of(context).Records.Tokens.FirstOrDefault(token => token.Id == id)?.Name ?? id);
        return database.RemoveToken(id) is { } problem ? TypedResults.Problem(problem, statusCode: StatusCodes.Status404NotFound) : TypedResults.NoContent();
    }

    /// <summary>The person who calls; what a token makes belongs to the owner of that token.</summary>
    private static string? OwnerFor(HttpContext context) =>
        context.PersonLoggedIn() ?? AccessState.Of(context).Records.FindToken(context.User.FindFirst(AccessHandler.Credential)?.Value ?? "")?.Owner;

    internal sealed record TokenPage(string Status, IReadOnlyList<Token> Tokens);

    /// <summary>A token as it may be shown.</summary>
    internal sealed record Token(string Id, string Name, AccessRole Role, string? Owner, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt)
    {
        public static Token Of(ApiToken token) => new(token.Id, token.Name, token.Role, token.Owner, token.CreatedAt, token.ExpiresAt, token.UsedAt);
    }

    internal sealed record Wish(string? Name, string? Role, int? Days);

    internal sealed record NewToken(string Id, string Name, AccessRole Role, string? Owner, DateTimeOffset? ExpiresAt, string Token);
}
