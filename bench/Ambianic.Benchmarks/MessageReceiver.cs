using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ambianic.Benchmarks;

/// <summary>A web service on the loopback interface that takes JSON messages and notes when the first of each event came.</summary>
internal sealed class MessageReceiver : IAsyncDisposable
{
    private readonly Dictionary<string, long> _arrived = [];
    private readonly WebApplication _service;

    public MessageReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _service = builder.Build();
        _service.MapPost("/hook", async (HttpRequest request) =>
        {
            var now = TimeProvider.System.GetTimestamp();
            var id = (string?)(await JsonNode.ParseAsync(request.Body))?["event_id"];
            lock (_arrived)
            {
                _arrived.TryAdd(id ?? "", now);
            }
        });
        _service.StartAsync().GetAwaiter().GetResult();
    }

    /// <summary>For example <c>127.0.0.1:41234</c>.</summary>
    public string Authority => new Uri(_service.Urls.First()).Authority;

    /// <summary>The timestamps of messages of these events.</summary>
    /// <exception cref="TimeoutException">One did not come.</exception>
    public async Task<IReadOnlyDictionary<string, long>> WaitForAsync(IReadOnlyCollection<string> events, TimeSpan limit)
    {
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < limit;)
        {
            lock (_arrived)
            {
                if (events.All(_arrived.ContainsKey))
                {
                    return new Dictionary<string, long>(_arrived);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException("a message did not come");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
