using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>A webhook of a Discord channel. Discord: "Webhook resource, Execute Webhook", "Rate limits".</summary>
internal sealed partial class DiscordProvider : IAlertProvider
{
    // Limits of "Message resource".
    private const int MostOfContent = 2000;
    private const int MostOfDescription = 4096;

    private readonly ProviderHttp _http;
    private readonly Uri _url;
    private readonly string? _botName;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="api">Where the service is; null is discord.com.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public DiscordProvider(ProviderAddress address, ProviderHttp http, Uri? api = null)
    {
        (_http, _botName) = (http, address.Parameter("botname") ?? address.User);
        if (!IdRegex().IsMatch(address.Host) || address.Path is not [var token, ..] || !TokenRegex().IsMatch(token))
        {
            throw new FormatException("has no id and token of a webhook; Discord shows both as the last two parts of the webhook's URL");
        }

        var thread = address.Parameter("thread") is { } id ? $"&thread_id={Uri.EscapeDataString(id)}" : "";
        _url = new Uri(api ?? new Uri("https://discord.com/"), $"api/webhooks/{address.Host}/{token}?wait=true{thread}");
    }

    /// <inheritdoc/>
    public string Name => "Discord";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(
        message, (message, patience) => _http.SendAsync(Name, Request(message), cancellation, Judge, patience));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(AlertMessage message)
    {
        var payload = Payload(message);
        var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = message.Picture is { } picture
                ? MultipartBody.Of([new("payload_json", payload.ToJsonString())], "files[0]", picture.FileName, picture.Jpeg)
                : JsonBody.Of(payload),
        };
        request.Identify(message);
        return request;
    }

    private JsonObject Payload(AlertMessage message)
    {
        var embed = new JsonObject
        {
            ["description"] = MessageText.Cut(Escaped(message.Text), MostOfDescription),
            ["color"] = Color(message),
            ["timestamp"] = message.At.ToString("O", CultureInfo.InvariantCulture),
        };
        if (MessageText.Link(message) is { } link)
        {
            embed["title"] = MessageText.LinkTitle(message);
            embed["url"] = link.AbsoluteUri;
        }

        var payload = new JsonObject
        {
            ["content"] = MessageText.Cut(Escaped(MessageText.Line(message.Title)), MostOfContent), // what the phone shows
            ["embeds"] = new JsonArray(embed),
            ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() },
        };
        if (_botName is not null)
        {
            payload["username"] = _botName;
        }

        if (message.Picture is { } picture)
        {
            embed["image"] = new JsonObject { ["url"] = $"attachment://{picture.FileName}" };
            payload["attachments"] = new JsonArray(new JsonObject { ["id"] = 0, ["filename"] = picture.FileName });
        }

        return payload;
    }

    private static int Color(AlertMessage message) => message.Severity switch
    {
        _ when message.Kind == DeliveryKind.Taken => 0x388E3C,
        AlertSeverity.Critical => 0xD32F2F,
        AlertSeverity.Warning => 0xF9A825,
        _ => 0x1976D2,
    };

    /// <summary>How long to wait is in the body, to the millisecond.</summary>
    private static DeliveryOutcome Judge(string service, HttpAnswer answer)
    {
        var seconds = (int)answer.Status == 429 ? JsonBody.Read(answer.Body)?.Number("retry_after") : null;
        return ProviderHttp.JudgeService(
            service, seconds is >= 0 and < 86_400 and { } wait ? answer with { RetryAfter = TimeSpan.FromSeconds(wait) } : answer);
    }

    /// <summary>Discord reads text as Markdown, in which the underscores of names would disappear.</summary>
    private static string Escaped(string text) => MarkdownRegex().Replace(text, @"\$0");

    [GeneratedRegex(@"[\\*_~`|<>#\[\]]")]
    private static partial Regex MarkdownRegex();

    [GeneratedRegex(@"^[0-9]+\z")]
    private static partial Regex IdRegex();

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex TokenRegex();
}
