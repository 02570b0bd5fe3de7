using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Events of IFTTT's Webhooks service. IFTTT: "Webhooks". The ingredients are title (<c>value1</c>), text (<c>value2</c>) and link
/// (<c>value3</c>); <c>+name=value</c> adds one and <c>-name=</c> removes one.
/// </summary>
internal sealed class IftttProvider : IAlertProvider
{
    private readonly ProviderHttp _http;
    private readonly Uri _api;
    private readonly string _key;
    private readonly IReadOnlyDictionary<string, string> _added;
    private readonly IReadOnlyDictionary<string, string> _removed;
    private readonly TargetList _events;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="api">Where the service is; null is maker.ifttt.com.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public IftttProvider(ProviderAddress address, ProviderHttp http, Uri? api = null)
    {
        (_http, _api, _added, _removed) = (http, api ?? new Uri("https://maker.ifttt.com/"), address.Marked('+'), address.Marked('-'));
        _key = address.User ?? address.Host;
        IReadOnlyList<string> events = [.. address.User is null || address.Host.Length == 0 ? Array.Empty<string>() : [address.Host], .. address.Targets()];
        if (_key.Length == 0 || events.Count == 0)
        {
            throw new FormatException(_key.Length == 0 ? "has no key of the Webhooks service" : "names no event; write it behind the @");
        }

        _events = new TargetList(events);
    }

    /// <inheritdoc/>
    public string Name => "IFTTT";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        _events.SendAsync(message, name => _http.SendAsync(Name, Request(name, message), cancellation, ProviderHttp.JudgeService));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(string name, AlertMessage message)
    {
        var ingredients = new JsonObject
        {
            ["value1"] = MessageText.Line(message.Title),
            ["value2"] = message.Text,
            ["value3"] = MessageText.Link(message)?.AbsoluteUri ?? "",
        };
        foreach (var (added, value) in _added)
        {
            ingredients[added.ToLowerInvariant()] = value;
        }

        foreach (var removed in _removed.Keys)
        {
            ingredients.Remove(removed.ToLowerInvariant());
        }

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, $"trigger/{Uri.EscapeDataString(name)}/with/key/{Uri.EscapeDataString(_key)}"))
        {
            Content = JsonBody.Of(ingredients),
        };
        request.Identify(message);
        return request;
    }
}
