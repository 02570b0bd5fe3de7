using Ambianic.Configuration.Saving;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Who is told, and whether messages reach them.</summary>
internal static class NotificationsApi
{
    public static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/notifications/test", TestAsync).RequireAuthorization(Policies.Carer).WithEffect().WithSummary("Sends a test message to the providers of one entry of notifications, or of all, and tells how each went");
        routes.MapPut("/api/notifications/enable/{enabled}", EnableAsync)
            .RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Switches all notifications on (true) or off (false), also after a restart");
        routes.MapGet("/api/recipients", RecipientsAsync).RequireAuthorization(Policies.Viewer).WithSummary("Who is told: the entries of notifications with their providers, and the devices that subscribed to Web Push");
    }

    /// <param name="desk">Alerting.</param>
    /// <param name="configuration">The entries.</param>
    /// <param name="name">Only this entry of notifications.</param>
    /// <param name="cancellation">The request was given up.</param>
    private static async Task<Results<Ok<TestPage>, ValidationProblem>> TestAsync(
        IAlertDesk desk, CurrentConfiguration configuration, string? name = null, CancellationToken cancellation = default)
    {
        var names = configuration.Result.Configuration.Notifications.Keys;
        if (Words.Wrong(("name", name is null || names.Contains(name) ? null : $"must be one of {string.Join(", ", names.Select(Credentials.MaskName))}")) is { } wrong)
        {
            return wrong;
        }

        var results = await desk.TestAsync(name, cancellation);
        return TypedResults.Ok(new TestPage(
            results.Count > 0 && results.All(result => result.Outcome.Kind == DeliveryOutcomeKind.Delivered) ? "success" : "error",
            results.Count > 0 ? null : "nobody would be told: no entry of notifications that is enabled has a provider, and no device has subscribed",
            [.. results.Select(result => new TestReport(result.Recipient.ToString(), result.Provider, result.Outcome.Kind, result.Outcome.Reason))]));
    }

    /// <summary>The entry <c>default</c> follows the switch: a configuration of the reference system has it switched off.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> EnableAsync(
        bool enabled, IAlertDesk desk, SavedSettings settings, CurrentConfiguration current, CancellationToken cancellation)
    {
        await desk.EnableAsync(enabled, cancellation);
        if (current.Result.Configuration.Notifications.GetValueOrDefault("default")?.Enabled == enabled || !settings.CanSave)
        {
            return TypedResults.NoContent();
        }

        var saved = await settings.SaveAsync(_ => [new SettingChange(["notifications", "default", "enabled"], enabled)], cancellation);
        return saved.Result is null && enabled ? SettingsProblems.Refused(saved) : TypedResults.NoContent();
    }

    private static async Task<RecipientPage> RecipientsAsync(CurrentConfiguration configuration, IProviderCatalog catalog, IAlertStore store)
    {
        var entries = new List<RecipientReport>();
        foreach (var (name, options) in configuration.Result.Configuration.Notifications)
        {
            var providers = new List<ProviderReport>();
            foreach (var (index, address) in options.Providers.Index())
            {
                providers.Add(await ProviderAsync(new Recipient(name, index), address, catalog));
            }

            entries.Add(new RecipientReport(name, options.Enabled, providers));
        }

        return new RecipientPage("success", entries, [.. store.Subscriptions().Select(PushApi.Device.Of)]);
    }

    private static async Task<ProviderReport> ProviderAsync(Recipient recipient, string address, IProviderCatalog catalog)
    {
        if (catalog.Check(address) is { } problem)
        {
            return new ProviderReport(recipient.ToString(), null, problem.Message);
        }

        await using var provider = catalog.Create(address);
        return new ProviderReport(recipient.ToString(), provider.Name, null);
    }

    internal sealed record TestPage(string Status, string? Detail, IReadOnlyList<TestReport> Results);

    internal sealed record TestReport(string Recipient, string Provider, DeliveryOutcomeKind Outcome, string? Reason);

    internal sealed record RecipientPage(string Status, IReadOnlyList<RecipientReport> Notifications, IReadOnlyList<PushApi.Device> Devices);

    internal sealed record RecipientReport(string Name, bool Enabled, IReadOnlyList<ProviderReport> Providers);

    internal sealed record ProviderReport(string Recipient, string? Provider, string? Problem);
}
