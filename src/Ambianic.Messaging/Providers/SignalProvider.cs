using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>Signal, by a server of one's own: "signal-cli-rest-api", <c>POST /v2/send</c>.</summary>
internal sealed class SignalProvider : IAlertProvider
{
    /// <summary>What signal-cli says when trying again cannot help; it answers 400 also when the network is away.</summary>
    private static readonly string[] PermanentSigns = ["couldn't process request", "unregistered", "not registered", "invalid", "not found", "untrusted identity"];

    private readonly ProviderAddress _address;
    private readonly ProviderHttp _http;
    private readonly Uri _url;
    private readonly string _from;
    private readonly IReadOnlyList<string> _to;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public SignalProvider(ProviderAddress address, ProviderHttp http)
    {
        _address = address;
        _http = http;
        _url = address.Url(["v2", "send"]);
        _from = address.Path.Count == 0 ? throw new FormatException("names no number to send from")
            : PhoneNumber.Parse(address.Path[0]) ?? throw new FormatException("has a number to send from that is none such as +4917012345678");
        _to = [.. address.Targets(skip: 1).Select(Recipient).DefaultIfEmpty(_from)];
    }

    /// <inheritdoc/>
    public string Name => $"Signal by {_address.Authority}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(message, (message, patience) =>
    {
        var payload = new JsonObject
        {
            ["message"] = $"{MessageText.Line(message.Title)}\n{MessageText.WithLinks(message)}",
            ["number"] = _from,
            ["recipients"] = new JsonArray([.. _to.Select(to => JsonValue.Create(to))]),
        };
        if (message.Picture is { } picture)
        {
            payload["base64_attachments"] = new JsonArray($"data:image/jpeg;filename={picture.FileName};base64,{Convert.ToBase64String(picture.Jpeg.Span)}");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = JsonBody.Of(payload), Headers = { Authorization = _address.BasicCredentials } };
        request.Identify(message);
        return _http.SendAsync(Name, request, cancellation, Judge, patience);
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A number, or a group as the server's list of groups names it, <c>group.…</c>.</summary>
    private static string Recipient(string text)
    {
        var group = text.TrimStart('@');
        return PhoneNumber.Parse(text)
            ?? (group.StartsWith("group.", StringComparison.OrdinalIgnoreCase) ? "group." + group[6..]
                : text.StartsWith('@') ? "group." + group
                : throw new FormatException("has a recipient that is neither a number such as +4917012345678 nor a group such as @group.abc"));
    }

    private static DeliveryOutcome Judge(string service, HttpAnswer answer)
    {
        var error = JsonBody.Read(answer.Body)?.Text("error") ?? "";
        return (int)answer.Status == 400 && !Array.Exists(PermanentSigns, sign => error.Contains(sign, StringComparison.OrdinalIgnoreCase))
            ? DeliveryOutcome.Passing($"{service} could not send: {Credentials.Mask(MessageText.Cut(MessageText.Line(error), 200))}")
            : ProviderHttp.JudgeService(service, answer);
    }
}
