using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// A bot of Slack. Slack: "chat.postMessage", "Working with files" (<c>files.getUploadURLExternal</c>,
/// <c>files.completeUploadExternal</c>). The message comes first; its picture follows in its thread.
/// </summary>
internal sealed partial class SlackBotProvider : IAlertProvider
{
    private static readonly TimeSpan MessagePatience = TimeSpan.FromSeconds(14);

    /// <summary>Of each of the three steps of an upload: with the message less than the 30 s that a provider has.</summary>
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(5);

    private readonly ProviderHttp _http;
    private readonly Uri _api;
    private readonly AuthenticationHeaderValue _credentials;
    private readonly TargetList _channels;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="api">Where the service is; null is slack.com.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public SlackBotProvider(ProviderAddress address, ProviderHttp http, Uri? api = null)
    {
        (_http, _api) = (http, api ?? new Uri("https://slack.com/"));
        var token = address.Parameter("token") ?? address.Host;
        if (!TokenRegex().IsMatch(token))
        {
            throw new FormatException("has a token that is none; that of a bot begins with xoxb-");
        }

        _credentials = new AuthenticationHeaderValue("Bearer", token);
        var channels = SlackText.Channels(address, 0);
        _channels = new TargetList(channels.Count == 0 ? ["#general"] : channels);
    }

    /// <inheritdoc/>
    public string Name => "Slack";

    /// <summary>True for an address that has the token of a bot.</summary>
    public static bool IsBot(ProviderAddress address) => (address.Parameter("token") ?? address.Host).StartsWith("xo", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        _channels.SendAsync(message, channel => SendAsync(channel, message, cancellation));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>When the message is there and its picture is not, it is delivered: trying again would tell it twice.</summary>
    private async Task<DeliveryOutcome> SendAsync(string channel, AlertMessage message, CancellationToken cancellation)
    {
        var payload = SlackText.Payload(message);
        payload["channel"] = channel;
        payload["metadata"] = new JsonObject
        {
            ["event_type"] = "ambianic_alert",
            ["event_payload"] = new JsonObject { ["idempotency_key"] = message.IdempotencyKey, ["alert_id"] = message.AlertId },
        };
        var (posted, failure) = await CallAsync("chat.postMessage", JsonBody.Of(payload), message, MessagePatience, cancellation);
        if (failure is not null || message.Picture is not { } picture)
        {
            return failure ?? DeliveryOutcome.Delivered;
        }

        failure = await UploadAsync(picture, posted!, message, cancellation);
        return failure is null ? DeliveryOutcome.Delivered : DeliveryOutcome.Delivered with { Reason = $"sent without the picture: {failure.Reason}" };
    }

    private async Task<DeliveryOutcome?> UploadAsync(AlertPicture picture, JsonObject posted, AlertMessage message, CancellationToken cancellation)
    {
        var file = new FormUrlEncodedContent(
            [new("filename", picture.FileName), new("length", picture.Jpeg.Length.ToString(CultureInfo.InvariantCulture))]);
        var (place, failure) = await CallAsync("files.getUploadURLExternal", file, message, StepPatience, cancellation);
        if (place is null)
        {
            return failure;
        }

        if (!Uri.TryCreate(place.Text("upload_url"), UriKind.Absolute, out var url) || url.Scheme != _api.Scheme)
        {
            return DeliveryOutcome.Passing($"{Name} named no place for the picture");
        }

        var upload = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(picture.Jpeg) };
        upload.Content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        var outcome = await _http.SendAsync(Name, upload, cancellation, patience: StepPatience);
        if (outcome.Kind != DeliveryOutcomeKind.Delivered)
        {
            return outcome;
        }

        var complete = JsonBody.Of(new JsonObject
        {
            ["files"] = new JsonArray(new JsonObject { ["id"] = place.Text("file_id"), ["title"] = MessageText.Line(message.Title) }),
            ["channel_id"] = posted.Text("channel"),
            ["thread_ts"] = posted.Text("ts"),
        });
        (_, failure) = await CallAsync("files.completeUploadExternal", complete, message, StepPatience, cancellation);
        return failure;
    }

    private async Task<(JsonObject? Result, DeliveryOutcome? Failure)> CallAsync(
        string method, HttpContent content, AlertMessage message, TimeSpan patience, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, $"api/{method}")) { Content = content, Headers = { Authorization = _credentials } };
        request.Identify(message);
        var (answer, failure) = await _http.AskAsync(Name, request, cancellation, patience);
        if (answer is null)
        {
            return (null, failure);
        }

        var result = answer.IsSuccess ? JsonBody.Read(answer.Body) : null;
        return result?["ok"]?.ToString() == "true" ? (result, null)
            : result?.Text("error") is { } error ? (null, Refused(error, result, answer))
            : answer.IsSuccess ? (null, DeliveryOutcome.Passing($"{Name} answered something that is not its own: {ProviderHttp.Said(answer)}"))
            : (null, ProviderHttp.Judge(Name, answer));
    }

    private DeliveryOutcome Refused(string error, JsonObject result, HttpAnswer answer) => error switch
    {
        "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" or "team_added_to_org" =>
            DeliveryOutcome.Passing($"{Name} answered {error}", answer.RetryAfter),
        "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired" =>
            DeliveryOutcome.Permanent($"{Name} refused the token ({error}); make a new one and write it into the address"),
        "channel_not_found" or "not_in_channel" or "is_archived" =>
            DeliveryOutcome.Permanent($"{Name} has no such channel for the bot ({error}); invite the bot to the channel"),
        "missing_scope" => DeliveryOutcome.Permanent($"{Name}: the bot lacks the scope {result.Text("needed") ?? "that is needed"}; add it and install the app again"),
        _ => DeliveryOutcome.Permanent($"{Name} refused the message: {ProviderHttp.Said(answer)}"),
    };

    [GeneratedRegex(@"^(?:xoxe\.)?xox[abp]-[A-Za-z0-9-]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex TokenRegex();
}
