using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Writes down what the program announces, and compares it with what it remembers.</summary>
internal sealed class EventListener : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JsonNode> _announced = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _listening = Task.CompletedTask;
    private TaskCompletionSource _next = new();

    public int Announced => _announced.Count;

    /// <summary>Paths of the announced pictures, relative to the data directory.</summary>
    public IEnumerable<string> Pictures => _announced.Values.Select(entry => $"{entry["args"]!["rel_dir"]}/{entry["args"]!["image_file_name"]}");

    /// <summary>Listens until disposed, or until the program ends.</summary>
    public void ListenTo(HttpClient client)
    {
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _listening = ListenAsync(client);
    }

    /// <summary>Waits for the first event since <see cref="ListenTo"/>.</summary>
    public Task FirstAsync(CancellationToken cancellation) => _next.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, cancellation);

    /// <summary>Announced events that are not on the timeline.</summary>
    public async Task<int> LostAsync(HttpClient client, CancellationToken cancellation)
    {
        var missing = _announced.Keys.ToHashSet();
        for (var page = 1; missing.Count > 0; page++)
        {
            var answer = await client.GetFromJsonAsync<JsonObject>($"/api/timeline?page_size=100&page={page}", cancellation);
            var events = answer!["timeline"]!.AsArray();
            missing.ExceptWith(events.Select(seen => (string)seen!["id"]!));
            if (events.Count == 0)
            {
                break;
            }
        }

        return missing.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync(HttpClient client)
    {
        try
        {
            await using var stream = await client.GetStreamAsync("/api/timeline/live", _stop.Token);
            using var lines = new StreamReader(stream);
            while (await lines.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal) && line.EndsWith('}'))
                {
                    var entry = JsonNode.Parse(line["data: ".Length..])!;
                    _announced.TryAdd((string)entry["id"]!, entry);
                    _next.TrySetResult();
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException or System.Text.Json.JsonException)
        {
            // the program has ended, perhaps in the middle of a line
        }
    }
}
