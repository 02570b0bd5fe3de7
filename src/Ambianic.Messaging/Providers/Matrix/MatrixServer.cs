using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Matrix;

/// <summary>Requests of the Matrix "Client-Server API", version 3. Logs in by itself when it was given a password.</summary>
/// <param name="address">Server, and a token or a user and a password.</param>
/// <param name="http">For requests.</param>
internal sealed class MatrixServer(ProviderAddress address, ProviderHttp http)
{
    /// <summary>How tokens of the common servers begin; anything else beside a user is a password.</summary>
    private static readonly string[] TokenPrefixes = ["syt_", "mct_", "mat_"];

    private readonly string? _givenToken = GivenToken(address);
    private string? _token;

    /// <summary>What it is called, for people.</summary>
    public string Name => $"Matrix at {address.Host}";

    /// <summary>True when it needs no log-in.</summary>
    public static bool HasCredentials(ProviderAddress address) => GivenToken(address) is not null || (address.User is not null && address.Password is not null);

    /// <summary>Asks.</summary>
    /// <returns>The answer when it was taken, or what it means.</returns>
    public async Task<(JsonObject? Answer, DeliveryOutcome Outcome)> AskAsync(HttpMethod method, string[] path, HttpContent content, CancellationToken cancellation, string query = "")
    {
        _token ??= _givenToken;
        if (_token is null)
        {
            var failure = await LogInAsync(cancellation);
            if (_token is null)
            {
                return (null, failure);
            }
        }

        var (answer, outcome) = await SendAsync(method, path, query, content, cancellation);
        if (outcome.Kind != DeliveryOutcomeKind.Delivered && answer?.Text("errcode") == "M_UNKNOWN_TOKEN")
        {
            _token = null;
            outcome = _givenToken is null
                ? DeliveryOutcome.Passing($"{Name} has ended the session; the next attempt logs in again")
                : DeliveryOutcome.Permanent($"{Name} does not know the access token any more; write a new one");
        }

        return outcome.Kind == DeliveryOutcomeKind.Delivered ? (answer, outcome) : (null, outcome);
    }

    private async Task<DeliveryOutcome> LogInAsync(CancellationToken cancellation)
    {
        var login = new JsonObject
        {
            ["type"] = "m.login.password",
            ["identifier"] = new JsonObject { ["type"] = "m.id.user", ["user"] = address.User },
            ["password"] = address.Password,
            ["device_id"] = "AMBIANIC", // one device, however often it logs in
            ["initial_device_display_name"] = "Ambianic",
        };
        var (answer, outcome) = await SendAsync(HttpMethod.Post, ["_matrix", "client", "v3", "login"], "", JsonBody.Of(login), cancellation);
        _token = answer?.Text("access_token");
        return outcome.Kind == DeliveryOutcomeKind.Permanent ? DeliveryOutcome.Permanent($"{Name} refused user or password: {outcome.Reason}")
            : outcome.Kind == DeliveryOutcomeKind.Delivered ? DeliveryOutcome.Passing($"{Name} gave no access token")
            : outcome;
    }

    private async Task<(JsonObject? Answer, DeliveryOutcome Outcome)> SendAsync(
        HttpMethod method, string[] path, string query, HttpContent content, CancellationToken cancellation)
    {
        var url = address.Url(path);
        var request = new HttpRequestMessage(method, query.Length == 0 ? url : new Uri($"{url.AbsoluteUri}?{query}")) { Content = content };
        if (_token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }

        var (answer, failure) = await http.AskAsync(Name, request, cancellation);
        var json = answer is null ? null : JsonBody.Read(answer.Body);
        return (json, answer is null ? failure! : Judge(answer, json));
    }

    private DeliveryOutcome Judge(HttpAnswer answer, JsonObject? json)
    {
        var said = Credentials.Mask(MessageText.Cut(MessageText.Line($"{json?.Text("errcode")} {json?.Text("error")}"), 200));
        return ((int)answer.Status, json?.Text("errcode")) switch
        {
            (429, _) or (_, "M_LIMIT_EXCEEDED") => DeliveryOutcome.Passing(
                $"{Name} is asked too often", json?.Number("retry_after_ms") is { } pause ? TimeSpan.FromMilliseconds(pause) : answer.RetryAfter),
            (404, "M_NOT_FOUND") => DeliveryOutcome.Permanent($"{Name} does not find the room; write its whole name, #room:server ({said})"),
            (404, _) => DeliveryOutcome.Permanent($"{Name}: there is no Matrix server; write the host of the homeserver itself"),
            (403, _) => DeliveryOutcome.Permanent($"{Name} does not allow it; invite the user to the room ({said})"),
            ( >= 400 and < 500, not null) => DeliveryOutcome.Permanent($"{Name} refused: {said}"),
            _ => ProviderHttp.JudgeService(Name, answer),
        };
    }

    /// <summary>In the place of the user, as parameter, or in the place of the password when it looks like one.</summary>
    private static string? GivenToken(ProviderAddress address) =>
        address.Parameter("token") ?? (address.Password is null ? address.User
            : Array.Exists(TokenPrefixes, prefix => address.Password.StartsWith(prefix, StringComparison.Ordinal)) ? address.Password
            : null);
}
