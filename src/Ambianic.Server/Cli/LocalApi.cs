using System.Net;
using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Cli;

/// <summary>
/// The API of the program that runs on this computer. Where everybody has to log in, a command makes a token of its own in
/// <c>access.db</c>, which only the user who runs Ambianic may write, and removes it at the end.
/// </summary>
internal sealed class LocalApi : IDisposable
{
    /// <summary>A test waits for the slowest provider, which has 30 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>One that an interrupted command left behind works no longer than this.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    private readonly AmbianicConfiguration _settings;
    private readonly HttpClient _client;
    private string? _tokenId;

    public LocalApi(AmbianicConfiguration settings, int port)
    {
        _settings = settings;
        var isEncrypted = settings.Ui.Tls.IsOn;
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (isEncrypted)
        {
            var own = new TlsCertificate(settings.Ui.Tls, settings.DataDir, TimeProvider.System).Fingerprint();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && TlsCertificate.FingerprintOf(certificate) == own;
        }

        _client = new HttpClient(handler) { BaseAddress = new Uri($"{(isEncrypted ? "https" : "http")}://127.0.0.1:{port}/"), Timeout = Patience };
    }

    /// <summary>The answer of a call; null when no program answers there.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Relative.</param>
    /// <param name="body">As JSON; null is none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">The call was refused; the message is the answer's.</exception>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        try
        {
            using var first = await SendAsync(method, path, body, cancellation);
            if (first.StatusCode != HttpStatusCode.Unauthorized)
            {
                return await ReadAsync(first, cancellation);
            }

            MakeToken();
            using var second = await SendAsync(method, path, body, cancellation);
            return await ReadAsync(second, cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        if (_tokenId is { } id)
        {
            using var database = Database();
            database.RemoveToken(id);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        return await _client.SendAsync(request, cancellation);
    }

    private void MakeToken()
    {
        var (token, stored) = Tokens.New($"command-{Environment.ProcessId}-{Guid.NewGuid():N}", AccessRole.Admin, TokenLife, TimeProvider.System);
        using var database = Database();
        if (database.Add(stored) is { } problem)
        {
            throw new IOException($"The running program asks for a log-in that this command cannot make: {problem}. Is it the program of {_settings.DataDir}? Name its configuration with --config.");
        }

        _tokenId = stored.Id;
        _client.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    private AccessDatabase Database() => new(_settings.DataDir, TimeProvider.System);

    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text) : throw new IOException(Why(text) ?? $"the running program answered {(int)answer.StatusCode}");
    }

    private static string? Why(string text)
    {
        try
        {
            var problem = JsonNode.Parse(text);
            return problem?["errors"] is JsonObject errors
                ? string.Join("; ", errors.Select(error => $"{error.Key} {error.Value?[0]}"))
                : (string?)problem?["detail"];
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
