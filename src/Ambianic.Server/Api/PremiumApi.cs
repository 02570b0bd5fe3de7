using Ambianic.Server.Access;

namespace Ambianic.Server.Api;

/// <summary>The call by which clients of the reference system announce its paid notifications, which nobody offers any more.</summary>
internal static class PremiumApi
{
    public static void MapPremium(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/auth/premium-notification", () => TypedResults.Ok(new Answer("OK", "AUTH0_ID SAVED")))
            .RequireAuthorization(Policies.Viewer).WithSummary("Accepted for clients of Ambianic Edge, and has no effect: nothing is stored or sent");

    internal sealed record Answer(string Status, string Message);
}
