using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Settings of this device, which are written into <c>config.local.yaml</c>.</summary>
internal static partial class SettingsApi
{
    private const int LongestName = 200;

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/device/display_name", (CurrentConfiguration current) => TypedResults.Json(current.Result.Configuration.DisplayName))
            .RequireAuthorization(Policies.Viewer).WithSummary("Name of this device, a JSON string");
        routes.MapPut("/api/device/display_name/{name?}", DisplayNameAsync)
            .RequireAuthorization(Policies.Admin).Saves().WithSummary("Names this device, also after a restart");
        routes.MapPut("/api/integrations/ifttt/api_key/{key?}", IftttAsync)
            .RequireAuthorization(Policies.Admin).Saves().WithSummary("Sets the key of IFTTT Webhooks, and has the entry default of notifications tell through it; its other providers stay");
        routes.MapGet("/api/config/source/{id}", FindSource).RequireAuthorization(Policies.Admin).WithSummary("A source, secrets masked");
        routes.MapPut("/api/config/source", SaveSourceAsync)
            .RequireAuthorization(Policies.Admin).Saves().ProducesProblem(StatusCodes.Status403Forbidden).WithSummary("Adds a source, or changes the settings of it that are given");
        routes.MapDelete("/api/config/source/{id}", RemoveSourceAsync)
            .RequireAuthorization(Policies.Admin).Saves().WithSummary("Removes a source that was added through the API");
    }

    private static RouteHandlerBuilder Saves(this RouteHandlerBuilder call) => call
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<NoContent, ProblemHttpResult>> DisplayNameAsync(HttpRequest request, SavedSettings settings, CancellationToken cancellation, string? name = null)
    {
        name = LastSegment(request, name).Trim();
        return SettingsProblems.IsDirective(name) ? SettingsProblems.Wrong("a display name does not begin with @")
            : name.Length is 0 or > LongestName
            ? SettingsProblems.Wrong($"a display name has 1 to {LongestName} characters")
            : await SaveAsync(settings, [new SettingChange(["display_name"], name)], cancellation);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> IftttAsync(HttpRequest request, SavedSettings settings, CancellationToken cancellation, string? key = null)
    {
        key = LastSegment(request, key);
        if (!IftttKeyRegex().IsMatch(key))
        {
            return SettingsProblems.Wrong("a key of IFTTT Webhooks has letters, digits, _ and -; IFTTT shows it under Webhooks, Documentation");
        }

        Credentials.Remember(key);
        var saved = await settings.SaveAsync(
            written =>
            [
                new SettingChange(["ifttt_webhook_id"], key),
                new SettingChange(["notifications", "default", "providers"], (IReadOnlyList<string>)
                [
                    .. written.Texts("notifications", "default", "providers").Where(provider => !IftttRegex().IsMatch(provider)),
                    "@format ifttt://{this.ifttt_webhook_id}@ambianic",
                ]),
            ],
            cancellation);
        return saved.Result is null ? SettingsProblems.Refused(saved) : TypedResults.NoContent();
    }

    private static Results<Ok<JsonObject>, NotFound<Fault>> FindSource(string id, SavedSources sources) =>
        sources.FindWritten(id) is { } source ? TypedResults.Ok(source) : NoSource();

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> SaveSourceAsync(SourceSettings body, HttpContext context, SavedSources sources, CancellationToken cancellation)
    {
        context.SetAuditSubject(body.Id ?? "");
        var (result, problem) = await sources.SaveAsync(body, cancellation);
        return problem is not null ? problem : TypedResults.Ok(SavedSources.Written(body.Id!, result!));
    }

    private static async Task<Results<Ok<Done>, NotFound<Fault>, ProblemHttpResult>> RemoveSourceAsync(string id, SavedSources sources, CancellationToken cancellation) =>
        sources.Find(id) is null ? NoSource()
        : await sources.RemoveAsync(id, cancellation) is { } problem ? problem
        : TypedResults.Ok(new Done("success"));

    private static async Task<Results<NoContent, ProblemHttpResult>> SaveAsync(
        SavedSettings settings, IReadOnlyList<SettingChange> changes, CancellationToken cancellation)
    {
        var saved = await settings.SaveAsync(_ => changes, cancellation);
        return saved.Result is null ? SettingsProblems.Refused(saved) : TypedResults.NoContent();
    }

    private static NotFound<Fault> NoSource() => TypedResults.NotFound(new Fault("source id not found"));

    /// <summary>The last part of the path as it was sent: the server leaves <c>%2F</c> in a parameter, so that it cannot be told from <c>%252F</c>.</summary>
    private static string LastSegment(HttpRequest request, string? parameter)
    {
        var target = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        return string.IsNullOrEmpty(parameter) ? "" : Uri.UnescapeDataString(target[(target.LastIndexOf('/') + 1)..]);
    }

    [GeneratedRegex(@"^[\w\-]{1,200}\z")]
    private static partial Regex IftttKeyRegex();

    [GeneratedRegex(@"^(@format\s+)?ifttt://")]
    private static partial Regex IftttRegex();

    internal sealed record Fault(string Detail);

    internal sealed record Done(string Status);
}
