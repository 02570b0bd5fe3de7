using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Home Assistant: a notification on its page, or its services, of which <c>notify.mobile_app_…</c> reach phones. Home Assistant:
/// "REST API"; Companion App: "Critical notifications", "Actionable notifications".
/// </summary>
internal sealed partial class HomeAssistantProvider : IAlertProvider
{
    private const int UsualPort = 8123;

    /// <summary>Apple takes 4 KB together with links and buttons.</summary>
    private const int MostOfText = 1700;
    private const int MostOfTitle = 200;

    private readonly ProviderHttp _http;
    private readonly ProviderAddress _address;
    private readonly string _token;
    private readonly IReadOnlyList<string> _prefix;
    private readonly string? _notificationId;
    private readonly TargetList _services;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public HomeAssistantProvider(ProviderAddress address, ProviderHttp http)
    {
        (_http, _address, _notificationId) = (http, address, address.Parameter("nid"));
        var parts = address.Path.ToList();
        var named = address.Parameter("accesstoken") ?? address.Parameter("token");
        var at = parts.FindIndex(part => TokenRegex().IsMatch(part));
        at = named is not null ? -1 : at < 0 ? parts.Count - 1 : at;
        _token = named ?? (at >= 0 ? parts[at] : throw new FormatException("has no long-lived access token behind the host"));
        if (_token.Any(character => character is <= ' ' or > '~'))
        {
            throw new FormatException("has an access token that is none");
        }

        _prefix = address.Parameter("prefix")?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [.. parts.Take(Math.Max(0, at))];
        IReadOnlyList<string> services = [.. parts.Skip(at + 1), .. (address.Parameter("to") ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries)];
        if (!services.All(service => ServiceRegex().IsMatch(service)))
        {
            throw new FormatException("has a service that is none; write it behind the token, for example notify.mobile_app_phone");
        }

        _services = new TargetList(services.Count == 0 ? ["persistent_notification.create"] : services);
        _ = Url("notify", "notify");
    }

    /// <inheritdoc/>
    public string Name => $"Home Assistant at {_address.Authority}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        _services.SendAsync(message, service => _http.SendAsync(Name, Request(service, message), cancellation, Judge));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(string target, AlertMessage message)
    {
        var match = ServiceRegex().Match(target);
        var domain = match.Groups["domain"].Success ? match.Groups["domain"].Value : "notify";
        var service = match.Groups["service"].Value;
        var payload = new JsonObject { ["title"] = MessageText.CutBytes(MessageText.Line(message.Title), MostOfTitle) };
        if (domain == "notify" && service != "send_message" && service != "persistent_notification")
        {
            payload["message"] = MessageText.CutBytes(message.Text, MostOfText);
            payload["data"] = PhoneData(message);
        }
        else
        {
            payload["message"] = MessageText.WithLinks(message);
        }

        if (domain == "persistent_notification")
        {
            payload["notification_id"] = _notificationId ?? $"ambianic_{message.IdempotencyKey}";
        }

        if (match.Groups["targets"].Success)
        {
            var targets = match.Groups["targets"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            payload[service == "send_message" ? "entity_id" : "target"] = new JsonArray([.. targets.Select(one => JsonValue.Create(one))]);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, Url(domain, service)) { Content = JsonBody.Of(payload) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Identify(message);
        return request;
    }

    private Uri Url(string domain, string service) => _address.Url([.. _prefix, "api", "services", domain, service], _address.IsSecure ? null : UsualPort);

    /// <summary>What the apps for Android and iOS read; each ignores the other's.</summary>
    private static JsonObject PhoneData(AlertMessage message)
    {
        var data = new JsonObject { ["tag"] = message.IdempotencyKey };
        if (MessageText.Link(message) is { } link)
        {
            data["url"] = link.AbsoluteUri;
            data["clickAction"] = link.AbsoluteUri;
            data["actions"] = new JsonArray(new JsonObject { ["action"] = "URI", ["title"] = MessageText.LinkTitle(message), ["uri"] = link.AbsoluteUri });
        }

        if (message is { Severity: AlertSeverity.Critical, Kind: not (DeliveryKind.Taken or DeliveryKind.Summary) })
        {
            data["ttl"] = 0;
            data["priority"] = "high";
            data["channel"] = "alarm_stream";
            data["push"] = new JsonObject
            {
                ["interruption-level"] = "critical",
                ["sound"] = new JsonObject { ["name"] = "default", ["critical"] = 1, ["volume"] = 1.0 },
            };
        }

        return data;
    }

    private static DeliveryOutcome Judge(string service, HttpAnswer answer) => answer.Status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.NotFound =>
            DeliveryOutcome.Permanent($"{service} refused the message: {ProviderHttp.Said(answer)}; does the service exist there?"),
        _ => ProviderHttp.JudgeService(service, answer),
    };

    /// <summary>A JSON Web Token, or the form before it.</summary>
    [GeneratedRegex(@"^([0-9a-f]{8}\.[0-9a-f]{64}|[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})\z")]
    private static partial Regex TokenRegex();

    [GeneratedRegex(@"^(?:(?<domain>[A-Za-z0-9_]+)\.)?(?<service>[A-Za-z0-9_]+)(?::(?<targets>.+))?\z")]
    private static partial Regex ServiceRegex();
}
