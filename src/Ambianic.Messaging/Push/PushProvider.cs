using System.Net;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Push;

/// <summary>
/// A device that subscribed to Web Push: "Generic Event Delivery Using HTTP Push" (RFC 8030). The push service sees when something is
/// sent and how long it is, but not what. A subscription that the service no longer knows is removed, as the device made an end of it.
/// </summary>
internal sealed class PushProvider(PushSubscription device, PushEndpoint endpoint, IAlertStore store, ProviderHttp http, Func<string> contact) : IAlertProvider
{
    /// <inheritdoc/>
    public string Name => $"Web Push to {device.Name}";

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        if (endpoint.Problem(device) is { } wrong)
        {
            return DeliveryOutcome.Permanent($"{Name}: {wrong.Key} {wrong.Problem}; subscribe this device again");
        }

        VapidKeys keys;
        try
        {
            keys = VapidKeys.Of(store);
        }
        catch (IOException error)
        {
            return DeliveryOutcome.Passing($"{Name}: {error.Message}");
        }

        return await http.SendAsync(Name, await PushRequest.MakeAsync(device, message, keys, contact(), cancellation), cancellation, (_, answer) => Judge(answer));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private DeliveryOutcome Judge(HttpAnswer answer) => answer.Status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => Unsubscribed(answer),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => DeliveryOutcome.Permanent(
            $"{Name}: the push service does not accept the signature of this device ({ProviderHttp.Said(answer)}); set this device's clock right, or subscribe again"),
        _ => ProviderHttp.Judge(Name, answer),
    };

    private DeliveryOutcome Unsubscribed(HttpAnswer answer)
    {
        try
        {
            store.Unsubscribe(device.Id);
        }
        catch (IOException)
        {
            // It stays, and the next message finds it gone again.
        }

        return DeliveryOutcome.Permanent($"{Name}: the device has unsubscribed ({(int)answer.Status}); subscribe it again to have it told");
    }
}
