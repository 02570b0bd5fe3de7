using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Streams;

/// <summary>A message of a stream as a listener has it.</summary>
internal sealed record Heard(string Type, string Id, JsonNode Data)
{
    public string? DataId => (string?)Data["id"];

    /// <summary>The outage of the house's disabled pipeline, which comes when it comes.</summary>
    public bool IsOfBrokenPipeline => Type == "event" && (string?)Data["pipeline_context"]?["unique_pipeline_name"] == "broken";
}

/// <summary>One who listens, by server-sent events or by WebSocket, and remembers the id that it had last.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private readonly IAsyncEnumerator<Heard> _messages;
    private readonly IDisposable _connection;
    private readonly CancellationTokenSource _end;

    private StreamClient(IAsyncEnumerator<Heard> messages, IDisposable connection, CancellationTokenSource end) =>
        (_messages, _connection, _end) = (messages, connection, end);

    public string LastId { get; private set; } = "";

    public static async Task<StreamClient> ListenAsync(HttpClient client, string query = "", string? lastId = null)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/stream{query}");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new StreamClient(EventsAsync(await answer.Content.ReadAsStreamAsync(end.Token), end.Token).GetAsyncEnumerator(end.Token), answer, end);
    }

    public static async Task<StreamClient> ConnectAsync(HttpClient client, string query = "")
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var socket = new ClientWebSocket();
        if (client.DefaultRequestHeaders.Authorization is { } token)
        {
            socket.Options.SetRequestHeader("Authorization", token.ToString());
        }

        await socket.ConnectAsync(new UriBuilder(new Uri(client.BaseAddress!, $"/api/stream/ws{query}")) { Scheme = "ws" }.Uri, end.Token);
        return new StreamClient(MessagesAsync(socket, end.Token).GetAsyncEnumerator(end.Token), socket, end);
    }

    /// <summary>The next message; null when the connection has ended.</summary>
    public async Task<Heard?> NextAsync()
    {
        do
        {
            if (!await _messages.MoveNextAsync())
            {
                return null;
            }

            LastId = _messages.Current.Id;
        }
        while (_messages.Current.IsOfBrokenPipeline);
        return _messages.Current;
    }

    /// <summary>The next message of a type; what comes before is passed over.</summary>
    public async Task<Heard> NextAsync(string type)
    {
        while (await NextAsync() is { } heard)
        {
            if (heard.Type == type)
            {
                return heard;
            }
        }

        throw new EndOfStreamException();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _messages.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // it is waiting
        }

        _connection.Dispose();
        _end.Dispose();
    }

    private static async IAsyncEnumerable<Heard> EventsAsync(Stream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var parser = SseParser.Create(stream);
        await foreach (var item in parser.EnumerateAsync(cancellation))
        {
            yield return new Heard(item.EventType, parser.LastEventId, JsonNode.Parse(item.Data)!);
        }
    }

    private static async IAsyncEnumerable<Heard> MessagesAsync(ClientWebSocket socket, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult got;
            do
            {
                got = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += got.Count;
            }
            while (!got.EndOfMessage);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                yield break;
            }

            var message = JsonNode.Parse(buffer.AsSpan(0, length))!;
            yield return new Heard((string)message["type"]!, (string)message["id"]!, message["data"]!);
        }
    }
}
