using Ambianic.Core.Timeline;
using Ambianic.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>What can be done with an event.</summary>
internal static class EventApi
{
    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/events/{id}/pin", (string id, IEventStore store, CancellationToken cancellation) => PinAsync(id, true, store, cancellation))
            .RequireAuthorization(Policies.Carer).WithSummary("Pins an event: it does not age, and is among the last to be removed");
        routes.MapDelete("/api/events/{id}/pin", (string id, IEventStore store, CancellationToken cancellation) => PinAsync(id, false, store, cancellation))
            .RequireAuthorization(Policies.Carer).WithSummary("Unpins an event");
    }

    private static async Task<Results<NoContent, NotFound<Fault>>> PinAsync(
        string id, bool isPinned, IEventStore store, CancellationToken cancellation) =>
        await store.PinAsync(id, isPinned, cancellation)
            ? TypedResults.NoContent()
            : TypedResults.NotFound(new Fault("there is no such event"));

    internal sealed record Fault(string Detail);
}
