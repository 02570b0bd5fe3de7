using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>A web address that takes JSON. Apprise: "JSON HTTP POST Notifications".</summary>
internal sealed class JsonProvider(ProviderAddress address, ProviderHttp http) : IAlertProvider
{
    private readonly Webhook _webhook = new(address);

    /// <inheritdoc/>
    public string Name => $"JSON webhook at {_webhook.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(
        message, (message, patience) => http.SendAsync(Name, _webhook.Request(message, JsonBody.Of(Payload(message))), cancellation, patience: patience));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private JsonObject Payload(AlertMessage message)
    {
        var payload = new JsonObject();
        foreach (var (name, value) in _webhook.Changed(AlertJson.Fields(message), added => JsonValue.Create(added)))
        {
            payload[name] = value;
        }

        return payload;
    }
}
