using System.Security.Cryptography;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Push;
using Ambianic.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Devices that get messages by Web Push.</summary>
internal static class PushApi
{
    private const int LongestName = 100;

    public static void MapPush(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/push/key", (PushProviders push) => new Key(push.PublicKey)).RequireAuthorization(Policies.Viewer).WithSummary("The key that browsers subscribe with: applicationServerKey, base64url");
        routes.MapGet("/api/push/subscriptions", (IAlertStore store) => new DevicePage("success", [.. store.Subscriptions().Select(Device.Of)]))
            .RequireAuthorization(Policies.Viewer).WithSummary("Devices that subscribed to Web Push");
        routes.MapPost("/api/push/subscriptions", Subscribe).RequireAuthorization(Policies.Carer).WithSummary("Subscribes a device, as PushSubscription.toJSON() of its browser says; the same endpoint again replaces it");
        routes.MapPatch("/api/push/subscriptions/{id}", Change).RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Changes what a device is called, or from which severity on it is told");
        routes.MapDelete("/api/push/subscriptions/{id}", Results<NoContent, ProblemHttpResult> (string id, IAlertStore store) =>
            store.Unsubscribe(id) ? TypedResults.NoContent() : NoDevice())
            .RequireAuthorization(Policies.Carer).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Unsubscribes a device");
    }

    private static Results<Created<Device>, ValidationProblem> Subscribe(Subscription body, HttpContext context, IAlertStore store, PushProviders push)
    {
        var endpoint = body.Endpoint ?? "";
        var subscription = new PushSubscription(
            IdOf(endpoint), endpoint, body.Keys?.P256dh ?? "", body.Keys?.Auth ?? "", Named(body.Name) ?? "a device", Words.Parse<AlertSeverity>(body.MinSeverity) ?? AlertSeverity.Info);
        var problem = push.Problem(subscription);
        if (Words.Wrong(
            (problem?.Key ?? "", problem?.Problem),
            ("name", NameProblem(body.Name)),
            ("min_severity", Words.Problem<AlertSeverity>(body.MinSeverity))) is { } wrong)
        {
            return wrong;
        }

        context.SetAuditSubject($"{subscription.Name} {subscription.Id}");
        store.Subscribe(subscription);
        return TypedResults.Created($"/api/push/subscriptions/{subscription.Id}", Device.Of(subscription));
    }

    private static Results<Ok<Device>, ValidationProblem, ProblemHttpResult> Change(string id, Changes body, IAlertStore store)
    {
        if (Words.Wrong(("name", NameProblem(body.Name)), ("min_severity", Words.Problem<AlertSeverity>(body.MinSeverity))) is { } wrong)
        {
            return wrong;
        }

        if (store.Subscriptions().FirstOrDefault(subscription => subscription.Id == id) is not { } now)
        {
            return NoDevice();
        }

        var then = now with { Name = Named(body.Name) ?? now.Name, MinSeverity = Words.Parse<AlertSeverity>(body.MinSeverity) ?? now.MinSeverity };
        store.Subscribe(then);
        return TypedResults.Ok(Device.Of(then));
    }

    /// <summary>The same endpoint has the same id, and nobody learns the endpoint from it.</summary>
    private static string IdOf(string endpoint) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)).AsSpan(0, 8));

    private static string? Named(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();

    private static string? NameProblem(string? name) => name?.Length > LongestName ? $"must not be longer than {LongestName} characters" : null;

    private static ProblemHttpResult NoDevice() => TypedResults.Problem("there is no such device", statusCode: StatusCodes.Status404NotFound);

    internal sealed record Key(string PublicKey);

    internal sealed record DevicePage(string Status, IReadOnlyList<Device> Subscriptions);

    /// <summary>A subscription as it may be shown: anybody who has the endpoint and the keys can send to it.</summary>
    internal sealed record Device(string Id, string Name, AlertSeverity MinSeverity, string Service)
    {
        public static Device Of(PushSubscription subscription) =>
            new(subscription.Id, subscription.Name, subscription.MinSeverity, Uri.TryCreate(subscription.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Host : "");
    }

    internal sealed record Subscription(string? Endpoint, SubscriptionKeys? Keys, string? Name, string? MinSeverity);

    internal sealed record SubscriptionKeys(string? P256dh, string? Auth);

    internal sealed record Changes(string? Name, string? MinSeverity);
}
