using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>An incoming webhook of Slack. Slack: "Sending messages using incoming webhooks". It takes no pictures.</summary>
internal sealed partial class SlackWebhookProvider : IAlertProvider
{
    /// <summary>Stands for the channel that the webhook was made for.</summary>
    private const string OwnChannel = "";

    private readonly ProviderHttp _http;
    private readonly Uri _url;
    private readonly string? _botName;
    private readonly TargetList _channels;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="api">Where the service is; null is hooks.slack.com.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public SlackWebhookProvider(ProviderAddress address, ProviderHttp http, Uri? api = null)
    {
        (_http, _botName) = (http, address.User);
        var isInQuery = address.Parameter("token") is not null;
        string[] tokens = address.Parameter("token") is { } query ? query.Split('/', ',') : [address.Host, .. address.Path.Take(2)];
        if (tokens.Length != 3 || !tokens.All(token => TokenRegex().IsMatch(token)))
        {
            throw new FormatException("has no three tokens of an incoming webhook, and no token of a bot, which begins with xoxb-; Slack shows the three as the last parts of the webhook's URL");
        }

        var channels = SlackText.Channels(address, isInQuery ? 0 : 2);
        _channels = new TargetList(channels.Count == 0 ? [OwnChannel] : channels);
        _url = new Uri(api ?? new Uri("https://hooks.slack.com/"), $"services/{string.Join('/', tokens)}");
    }

    /// <inheritdoc/>
    public string Name => "Slack";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        _channels.SendAsync(message, channel => _http.SendAsync(Name, Request(channel, message), cancellation, ProviderHttp.JudgeService));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(string channel, AlertMessage message)
    {
        var payload = SlackText.Payload(message);
        if (channel != OwnChannel)
        {
            payload["channel"] = channel;
        }

        if (_botName is not null)
        {
            payload["username"] = _botName;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = JsonBody.Of(payload) };
        request.Identify(message);
        return request;
    }

    [GeneratedRegex(@"^[A-Za-z0-9]+\z")]
    private static partial Regex TokenRegex();
}
