using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>People who can log in.</summary>
internal static class UsersApi
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/me", (HttpContext context) => new Me(
                context.User.NameOf()!, context.User.FindFirst(System.Security.Claims.ClaimTypes.Role)!.Value, AccessState.Of(context).NeedsLogIn))
            .RequireAuthorization(Policies.Viewer).WithSummary("Who calls, with which role, and whether a log-in is needed");
        routes.MapGet("/api/users", (HttpContext context) => new UserPage("success", [.. AccessState.Of(context).Records.Users.Select(User.Of)]))
            .RequireAuthorization(Policies.Admin).WithSummary("People who can log in");
        routes.MapPost("/api/users", Add).RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Adds a person; the first one is added by the command ambianic user add");
        routes.MapPut("/api/users/{name}/password", SetPassword).RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Changes a person's password, and ends their sessions");
        routes.MapPut("/api/users/{name}/role", SetRole)
            .RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Changes what a person may do, and with them their tokens; the last administrator stays one");
        routes.MapDelete("/api/users/{name}", Remove).RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Removes a person, with their sessions and tokens; not the last administrator");
    }

    /// <summary>Whoever reaches this computer's own address before anybody logs in may be a stranger whom a proxy lets in: the first user is added by who may write in the data directory.</summary>
    private static Results<Created<User>, ValidationProblem, ProblemHttpResult> Add(NewUser body, HttpContext context, AccessDatabase database, TimeProvider time)
    {
        if (!AccessState.Of(context).NeedsLogIn)
        {
            return TypedResults.Problem("the first user is added on the computer that runs Ambianic: ambianic user add NAME", statusCode: StatusCodes.Status409Conflict);
        }

        var name = UserNames.Normalize(body.Name);
        if (Words.Wrong(
            ("name", UserNames.Problem(name)),
            ("password", Passwords.Problem(body.Password)),
            ("role", body.Role is null ? "is missing" : Words.Problem<AccessRole>(body.Role))) is { } wrong)
        {
            return wrong;
        }

        var user = new UserAccount(name, Passwords.Hash(body.Password!), Policies.Parse(body.Role)!.Value, time.GetUtcNow());
        context.SetAuditSubject(name);
        return database.Add(user) is { } problem
            ? TypedResults.Problem(problem, statusCode: StatusCodes.Status409Conflict)
            : TypedResults.Created($"/api/users/{Uri.EscapeDataString(name)}", User.Of(user));
    }

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> SetPassword(string name, NewPassword body, AccessDatabase database) =>
        Words.Wrong(("password", Passwords.Problem(body.Password))) is { } wrong ? wrong
        : database.SetPassword(UserNames.Normalize(name), Passwords.Hash(body.Password!)) is { } problem ? TypedResults.Problem(problem, statusCode: StatusCodes.Status404NotFound)
        : TypedResults.NoContent();

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> SetRole(string name, NewRole body, HttpContext context, AccessDatabase database) =>
        Words.Wrong(("role", body.Role is null ? "is missing" : Words.Problem<AccessRole>(body.Role))) is { } wrong
            ? wrong
            : Done(context, name, database.SetRole(UserNames.Normalize(name), Policies.Parse(body.Role)!.Value)) is { } problem ? problem : TypedResults.NoContent();

    private static Results<NoContent, ProblemHttpResult> Remove(string name, HttpContext context, AccessDatabase database) =>
        Done(context, name, database.RemoveUser(UserNames.Normalize(name))) is { } problem ? problem : TypedResults.NoContent();

    private static ProblemHttpResult? Done(HttpContext context, string name, string? problem) =>
        problem is null ? null
        : TypedResults.Problem(
            problem, statusCode: AccessState.Of(context).Records.FindUser(UserNames.Normalize(name)) is null ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict);

    internal sealed record Me(string Name, string Role, bool NeedsLogIn);

    internal sealed record UserPage(string Status, IReadOnlyList<User> Users);

    /// <summary>A person as they may be shown.</summary>
    internal sealed record User(string Name, AccessRole Role, DateTimeOffset CreatedAt)
    {
        public static User Of(UserAccount user) => new(user.Name, user.Role, user.CreatedAt);
    }

    internal sealed record NewUser(string? Name, string? Password, string? Role);

    internal sealed record NewPassword(string? Password);

    internal sealed record NewRole(string? Role);
}
