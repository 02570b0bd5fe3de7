using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>An application of a Gotify server. Gotify: "Push messages", "Message extras". It has no attachments.</summary>
internal sealed class GotifyProvider : IAlertProvider
{
    private readonly ProviderHttp _http;
    private readonly Uri _url;
    private readonly string _token;
    private readonly string _host;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public GotifyProvider(ProviderAddress address, ProviderHttp http)
    {
        (_http, _host) = (http, address.Authority);
        _token = address.Path is [.., var token] ? token : throw new FormatException("has no token; it is the last part, and that of an application of Gotify");
        _url = address.Url([.. address.Path.SkipLast(1), "message"]);
    }

    /// <inheritdoc/>
    public string Name => $"Gotify at {_host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        var extras = new JsonObject { ["client::display"] = new JsonObject { ["contentType"] = "text/plain" } };
        if (MessageText.Link(message) is { } link)
        {
            extras["client::notification"] = new JsonObject { ["click"] = new JsonObject { ["url"] = link.AbsoluteUri } };
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = JsonBody.Of(new JsonObject
            {
                ["title"] = MessageText.Line(message.Title),
                ["message"] = MessageText.WithLinks(message),
                ["priority"] = Priority(message),
                ["extras"] = extras,
            }),
        };
        request.Headers.TryAddWithoutValidation("X-Gotify-Key", _token);
        request.Identify(message);
        return _http.SendAsync(Name, request, cancellation, ProviderHttp.JudgeService);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>8 to 10 make Gotify's app sound and vibrate, 4 to 7 sound.</summary>
    private static int Priority(AlertMessage message) => message.Severity switch
    {
        _ when message.Kind == DeliveryKind.Taken => 4,
        AlertSeverity.Critical => 10,
        AlertSeverity.Warning => 7,
        _ => 4,
    };
}
