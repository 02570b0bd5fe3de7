using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>An Apprise API server, which reaches every service that Apprise knows. Apprise API: "Persistent (stateful) storage", <c>POST /notify/KEY</c>.</summary>
internal sealed partial class AppriseProvider : IAlertProvider
{
    private readonly ProviderHttp _http;
    private readonly ProviderAddress _address;
    private readonly Uri _url;
    private readonly string? _tags;
    private readonly ExtraHeaders _headers;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public AppriseProvider(ProviderAddress address, ProviderHttp http)
    {
        (_http, _address, _headers) = (http, address, new ExtraHeaders(address));
        _tags = address.Parameter("tags") ?? address.Parameter("tag");
        var key = address.Parameter("to") ?? (address.Path is [.., var last] ? last : null);
        if (key is null || !KeyRegex().IsMatch(key))
        {
            throw new FormatException("has no key of a stored configuration; it is the last part and has 1 to 128 letters, digits, hyphens or underscores");
        }

        _url = address.Url([.. address.Parameter("to") is null ? address.Path.SkipLast(1) : address.Path, "notify", key]);
    }

    /// <inheritdoc/>
    public string Name => $"Apprise at {_address.Authority}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(
        message, (message, patience) => _http.SendAsync(Name, Request(message), cancellation, Judge, patience));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(AlertMessage message)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("title", MessageText.Line(message.Title)),
            new("body", MessageText.WithLinks(message)),
            new("type", AlertFields.Type(message)),
            new("format", "text"),
            .. _tags is null ? Array.Empty<KeyValuePair<string, string>>() : [new("tag", _tags)],
        ];
        var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = message.Picture is { } picture
                ? MultipartBody.Of(fields, "file01", picture.FileName, picture.Jpeg)
                : JsonBody.Of(new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Value)))),
        };
        request.Headers.Authorization = _address.BasicCredentials;
        request.Headers.Accept.ParseAdd("application/json");
        request.Identify(message);
        _headers.AddTo(request);
        return request;
    }

    private static DeliveryOutcome Judge(string service, HttpAnswer answer) => answer.Status switch
    {
        HttpStatusCode.NoContent => DeliveryOutcome.Permanent($"{service} has no configuration under this key; store one there"),
        HttpStatusCode.FailedDependency => DeliveryOutcome.Passing($"{service} could not bring the message to all of its services, or none has the tag: {ProviderHttp.Said(answer)}"),
        _ => ProviderHttp.JudgeService(service, answer),
    };

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,128}\z")]
    private static partial Regex KeyRegex();
}
