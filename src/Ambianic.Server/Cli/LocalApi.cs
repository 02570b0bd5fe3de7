using System.Text.Json.Nodes;

namespace Ambianic.Server.Cli;

/// <summary>The API of the program that runs on this computer.</summary>
internal sealed class LocalApi(int port) : IDisposable
{
    /// <summary>A test waits for the slowest provider, which has 30 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Patience };

    /// <summary>The answer of a call; null when no program answers there.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Relative.</param>
    /// <param name="body">As JSON; null is none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">The call was refused; the message is the answer's.</exception>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        HttpResponseMessage answer;
        try
        {
            answer = await _client.SendAsync(request, cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }

        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.IsSuccessStatusCode ? JsonNode.Parse(text) : throw new IOException(Why(text) ?? $"the running program answered {(int)answer.StatusCode}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

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
