using Ambianic.Server.Access;
using System.Reflection;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace Ambianic.Server.Api;

/// <summary>Who this device is: the calls by which clients of the reference system find it.</summary>
internal static class DeviceApi
{
    public static string Version { get; } =
        typeof(DeviceApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static void MapDevice(this IEndpointRouteBuilder routes)
    {
        // A browser that opens the address gets the page, a program gets the word it knows.
        routes.MapGet("/", IResult (HttpRequest request) =>
            request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
                ? Results.Redirect("index.html")
                : TypedResults.Json("Ambianic Edge! The calls are described in /api/openapi.json")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/healthcheck", () => TypedResults.Json("Ambianic Edge is running"))
            .AllowAnonymous().WithSummary("A JSON string: the program answers. /api/health says whether it watches");
        routes.MapGet("/api/ping", () => TypedResults.Json("pong")).AllowAnonymous().WithSummary("Answers pong");
        routes.MapGet("/api/status", (CurrentConfiguration current, [FromServices] IAlertDesk? desk) => Status(current.Result.Configuration, desk))
            .RequireAuthorization(Policies.Viewer).WithSummary("Name and version of this device");
    }

    private static DeviceStatus Status(AmbianicConfiguration configuration, IAlertDesk? desk) => new(
        "OK",
        Version,
        configuration.DisplayName,
        desk?.WouldSend ?? false);

    internal sealed record DeviceStatus(string Status, string Version, string DisplayName, bool NotificationsEnabled);
}
