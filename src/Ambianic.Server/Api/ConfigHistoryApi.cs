using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Ambianic.Storage.Files;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Earlier versions of the configuration file that the program writes.</summary>
internal static class ConfigHistoryApi
{
    public static void MapConfigurationHistory(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/config/history", async (ConfigurationEditor editor, CancellationToken cancellation) =>
            new VersionPage("success", [.. (await editor.VersionsAsync(cancellation)).Select(Version.Of)]))
            .RequireAuthorization(Policies.Admin).WithSummary("Earlier versions of the file that the program writes, newest first; the last 50 are kept");
        routes.MapGet("/api/config/history/{id}", FindAsync).RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("An earlier version, and a unified diff from it to the file as it is now; secrets masked");
        routes.MapPost("/api/config/history/{id}/restore", RestoreAsync).RequireAuthorization(Policies.Admin).WritesFile()
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Puts an earlier version back, if it is valid, and if the file is still what the header If-Match says when there is one");
    }

    private static async Task<Results<Ok<VersionDetails>, ProblemHttpResult>> FindAsync(long id, ConfigurationEditor editor, CancellationToken cancellation)
    {
        if (await editor.VersionAsync(id, cancellation) is not { } version)
        {
            return NoVersion();
        }

        var changes = await editor.ChangesAsync(version, cancellation);
        return TypedResults.Ok(new VersionDetails(version.Number, version.ReplacedAt, version.ReplacedBy, changes.Text, changes.Diff, changes.ChangedSecrets));
    }

    private static async Task<Results<Ok<ConfigFile>, ProblemHttpResult>> RestoreAsync(
        long id, HttpContext context, ConfigurationEditor editor, CancellationToken cancellation) =>
        await editor.VersionAsync(id, cancellation) is { } version
            ? await ConfigFilesApi.WrittenAsync(
                await editor.RestoreAsync(version, ConfigFilesApi.Expected(context.Request) ?? (_ => true), context.User.NameOf() ?? "somebody", cancellation), context, editor, cancellation)
            : NoVersion();

    private static ProblemHttpResult NoVersion() => TypedResults.Problem("there is no such version, or it is not kept any more", statusCode: StatusCodes.Status404NotFound);

    internal sealed record VersionPage(string Status, IReadOnlyList<Version> History);

    /// <summary>A version without its content.</summary>
    /// <param name="Id">From 1; a later version has a greater one.</param>
    /// <param name="ReplacedAt">When it was replaced.</param>
    /// <param name="ReplacedBy">By whom.</param>
    /// <param name="Size">In bytes.</param>
    internal sealed record Version(long Id, DateTimeOffset ReplacedAt, string ReplacedBy, int Size)
    {
        public static Version Of(ConfigurationVersion version) => new(version.Number, version.ReplacedAt, version.ReplacedBy, version.Content.Length);
    }

    /// <summary>A version.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="ReplacedAt">When it was replaced.</param>
    /// <param name="ReplacedBy">By whom.</param>
    /// <param name="Text">Its content, secrets masked; null when it cannot be shown.</param>
    /// <param name="Diff">What has changed since, in unified format; empty when nothing has, null when it cannot be shown.</param>
    /// <param name="ChangedSecrets">Where secrets have changed since, which the diff does not show.</param>
    internal sealed record VersionDetails(
        long Id, DateTimeOffset ReplacedAt, string ReplacedBy, string? Text, string? Diff, IReadOnlyList<string> ChangedSecrets);
}
