using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Matrix;

/// <summary>
/// Bridges that give a Matrix room a web address: <c>mode=matrix</c> and <c>slack</c> ("matrix-appservice-webhooks"), <c>mode=t2bot</c>
/// ("t2bot.io webhooks"), <c>mode=hookshot</c> ("matrix-hookshot"). They take text only.
/// </summary>
internal sealed class MatrixWebhook : IAlertProvider
{
    private readonly Uri _url;
    private readonly string? _user;
    private readonly ProviderHttp _http;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public MatrixWebhook(string mode, ProviderAddress address, ProviderHttp http)
    {
        var token = address.Parameter("token") ?? address.Password ?? address.User;
        _user = address.Password is null && address.Parameter("token") is null ? null : address.User;
        _http = http;
        _url = mode.ToLowerInvariant() switch
        {
            "matrix" or "slack" when token is not null => address.Url(["api", "v1", "matrix", "hook", token]),
            "hookshot" when token is not null => address.Url([.. (address.Parameter("path") ?? "/webhook").Split('/', StringSplitOptions.RemoveEmptyEntries), token]),
            "t2bot" => new Uri($"https://webhooks.t2bot.io/api/v1/matrix/hook/{Uri.EscapeDataString(address.Host)}"),
            "matrix" or "slack" or "hookshot" => throw new FormatException("has no token of the webhook before the @"),
            _ => throw new FormatException("has a 'mode' that is none of matrix, slack, hookshot and t2bot"),
        };
    }

    /// <inheritdoc/>
    public string Name => $"Matrix webhook at {_url.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        var payload = new JsonObject
        {
            ["text"] = $"{MessageText.Line(message.Title)}\n{MessageText.WithLinks(message, 20_000)}",
            ["format"] = "plain",
            ["displayName"] = _user ?? "Ambianic",
            ["username"] = _user ?? "Ambianic", // hookshot's word for it
        };
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = JsonBody.Of(payload) };
        request.Identify(message);
        return _http.SendAsync(Name, request, cancellation, ProviderHttp.JudgeService);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
