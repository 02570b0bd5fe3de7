using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>The configuration files, and the one of them that the program writes.</summary>
internal static class ConfigFilesApi
{
    /// <summary>The id of the file that the program writes.</summary>
    public const string Local = "local";

    public static void MapConfigurationFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/config/validate", ValidateAsync).RequireAuthorization(Policies.Admin).WithMetadata(new AuditTrail.ChangesNothing())
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("All that is wrong with a configuration; nothing is stored");
        routes.MapGet("/api/config/files", ListAsync).RequireAuthorization(Policies.Admin).Produces(StatusCodes.Status304NotModified)
            .WithSummary("The configuration files in the order in which they are read, secrets masked");
        routes.MapGet("/api/config/files/{id}", FindAsync).RequireAuthorization(Policies.Admin).Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("A configuration file, secrets masked");
        routes.MapPut($"/api/config/files/{Local}", ReplaceAsync).RequireAuthorization(Policies.Admin).WritesFile()
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .WithSummary("Replaces the file that the program writes, if it is still what the header If-Match says; secrets that come back as *** stay what they are");
    }

    /// <summary>Describes the answers of a call that writes the file.</summary>
    public static RouteHandlerBuilder WritesFile(this RouteHandlerBuilder call) => call
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>The answer to a write.</summary>
    public static async Task<Results<Ok<ConfigFile>, ProblemHttpResult>> WrittenAsync(SaveResult saved, HttpContext context, ConfigurationEditor editor, CancellationToken cancellation)
    {
        if (ReferenceEquals(saved, SaveResult.Stale))
        {
            return TypedResults.Problem("the file has been changed meanwhile; read it again", statusCode: StatusCodes.Status412PreconditionFailed);
        }

        if (saved.Result is null)
        {
            return TypedResults.Problem(
                saved.IsForbidden ? "nothing was saved: this may not be set through the API" : "nothing was saved: the configuration would be wrong",
                statusCode: saved.IsForbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity,
                extensions: new Dictionary<string, object?> { ["problems"] = saved.Problems.Select(ConfigProblem.Of).ToList() });
        }

        var file = (await FilesAsync(editor, cancellation)).Single(one => one.Id == Local);
        context.Response.Headers.ETag = file.Etag;
        return TypedResults.Ok(file);
    }

    /// <summary>True for tags that the caller accepts, by the header If-Match (RFC 9110, 13.1.1); null when there is none.</summary>
    public static Func<string, bool>? Expected(HttpRequest request) => request.GetTypedHeaders().IfMatch is { Count: > 0 } tags
        ? now => tags.Any(tag => tag.Tag == "*" || (!tag.IsWeak && tag.Tag == now))
        : null;

    private static async Task<Results<Ok<Validation>, ValidationProblem, ProblemHttpResult>> ValidateAsync(Draft body, ConfigurationEditor editor, CancellationToken cancellation)
    {
        if (TextProblem(body.Text) is { } wrong)
        {
            return wrong;
        }

        string? name = null;
        if (body.File is { } id)
        {
            name = (await FilesAsync(editor, cancellation)).FirstOrDefault(file => file.Id == id)?.Name;
            if (name is null)
            {
                return NoFile();
            }
        }

        return await editor.CheckAsync(body.Text!, name, cancellation) is { } problems
            ? TypedResults.Ok(new Validation("success", !problems.Any(problem => !problem.IsWarning), [.. problems.Select(ConfigProblem.Of)]))
            : NoFile();
    }

    private static async Task<Results<Ok<ConfigFilePage>, StatusCodeHttpResult>> ListAsync(HttpContext context, ConfigurationEditor editor, CancellationToken cancellation)
    {
        var files = await FilesAsync(editor, cancellation);
        return IsKnown(context, editor.TagOf(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', files.Select(file => $"{file.Name} {file.Etag} {file.Problem}")))))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new ConfigFilePage("success", files));
    }

    private static async Task<Results<Ok<ConfigFile>, StatusCodeHttpResult, ProblemHttpResult>> FindAsync(
        string id, HttpContext context, ConfigurationEditor editor, CancellationToken cancellation) =>
        (await FilesAsync(editor, cancellation)).FirstOrDefault(one => one.Id == id) is not { } file ? NoFile()
        : IsKnown(context, file.Etag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
        : TypedResults.Ok(file);

    private static async Task<Results<Ok<ConfigFile>, ValidationProblem, ProblemHttpResult>> ReplaceAsync(
        NewText body, HttpContext context, ConfigurationEditor editor, CancellationToken cancellation)
    {
        if (TextProblem(body.Text) is { } wrong)
        {
            return wrong;
        }

        if (Expected(context.Request) is not { } isExpected)
        {
            return TypedResults.Problem(
                "send the header If-Match with the etag of the file as it was read, so that no change of somebody else is lost", statusCode: StatusCodes.Status428PreconditionRequired);
        }

        var saved = await editor.ReplaceAsync(body.Text!, isExpected, context.User.NameOf() ?? "somebody", cancellation);
        var answer = await WrittenAsync(saved, context, editor, cancellation);
        return answer.Result is Ok<ConfigFile> file ? file : (ProblemHttpResult)answer.Result;
    }

    private static ValidationProblem? TextProblem(string? text) =>
        Words.Wrong(("text", text is null ? "is missing" : text.Length > ConfigurationTexts.LargestText ? $"must not be longer than {ConfigurationTexts.LargestText} letters" : null));

    private static async Task<IReadOnlyList<ConfigFile>> FilesAsync(ConfigurationEditor editor, CancellationToken cancellation)
    {
        var shown = await editor.FilesAsync(cancellation);
        List<ConfigFile> files = [];
        foreach (var file in shown)
        {
            var id = file.IsWritten ? Local : Path.GetFileName(file.Path);
            id = files.Any(other => other.Id == id) || (id == Local && !file.IsWritten) ? $"{files.Count + 1}-{id}" : id;
            files.Add(new ConfigFile(id, Credentials.Mask(file.Name), Credentials.Mask(file.Path), file.IsWritten, file.Content is not null, editor.TagOf((file.Content ?? ReadOnlyMemory<byte>.Empty).Span), file.Text, file.Problem));
        }

        return files;
    }

    /// <summary>Says which tag it is, and whether the caller knows that (RFC 9110, 13.1.2).</summary>
    private static bool IsKnown(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag || known.Tag == "*");
    }

    private static ProblemHttpResult NoFile() => TypedResults.Problem("there is no such file; GET /api/config/files lists them", statusCode: StatusCodes.Status404NotFound);

    /// <summary>A text to be looked at.</summary>
    /// <param name="Text">YAML.</param>
    /// <param name="File">The id of the file that it would be the content of; without it, it is a configuration of its own.</param>
    internal sealed record Draft(string? Text, string? File = null);

    internal sealed record NewText(string? Text);

    internal sealed record Validation(string Status, bool Valid, IReadOnlyList<ConfigProblem> Problems);

    internal sealed record ConfigFilePage(string Status, IReadOnlyList<ConfigFile> Files);
}

/// <summary>A configuration file in the API.</summary>
/// <param name="Id">What the calls name it by; <c>local</c> is the one that the program writes.</param>
/// <param name="Name">As messages name it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Written">True for the one that the program writes; the others it never touches.</param>
/// <param name="Exists">False when there is none.</param>
/// <param name="Etag">Tells its content from another, for If-Match.</param>
/// <param name="Text">Its content, secrets masked; null when it cannot be shown.</param>
/// <param name="Problem">Why it cannot be shown.</param>
internal sealed record ConfigFile(string Id, string Name, string Path, bool Written, bool Exists, string Etag, string? Text, string? Problem);

/// <summary>Something wrong with a configuration, in the API; see <see cref="ConfigurationProblem"/>.</summary>
internal sealed record ConfigProblem(string File, int Line, int Column, string Path, string Message, string? Suggestion, bool IsWarning)
{
    public static ConfigProblem Of(ConfigurationProblem problem) =>
        new(problem.File, problem.Line, problem.Column, problem.Path, problem.Message, problem.Suggestion, problem.IsWarning);
}
