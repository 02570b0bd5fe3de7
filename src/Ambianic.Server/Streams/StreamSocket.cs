using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Ambianic.Server.Streams;

/// <summary>Answers with messages on a WebSocket (RFC 6455), each a JSON object in a text message, until the caller leaves or may not listen any more.</summary>
/// <param name="listen">Gives the messages, until cancelled.</param>
internal sealed class StreamSocket(Func<CancellationToken, IAsyncEnumerable<StreamFrame>> listen) : IResult
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var socket = await httpContext.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = StreamHub.BeatEvery, // browsers answer a ping by themselves
            KeepAliveTimeout = StreamHub.BeatEvery,
        });
        using var end = StreamEnd.Of(httpContext);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        var hearing = HearAsync(socket, left, httpContext.RequestAborted);
        try
        {
            var message = new ArrayBufferWriter<byte>();
            await foreach (var frame in listen(left.Token))
            {
                if (frame.Type.Length > 0)
                {
                    Write(message, frame);
                    await SendAsync(socket, message.WrittenMemory, end);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // the listener left, or the program stops
        }

        await CloseAsync(socket, hearing, httpContext.RequestServices.GetRequiredService<TimeProvider>(), httpContext.RequestAborted);
    }

    private static void Write(ArrayBufferWriter<byte> message, StreamFrame frame)
    {
        message.ResetWrittenCount();
        using var json = new Utf8JsonWriter(message);
        json.WriteStartObject();
        json.WriteString("type", frame.Type);
        json.WriteString("id", frame.Id);
        json.WritePropertyName("data");
        json.WriteRawValue(frame.Data.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static async ValueTask SendAsync(WebSocket socket, ReadOnlyMemory<byte> message, StreamEnd end)
    {
        var sending = socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, end.Token);
        if (sending.IsCompleted)
        {
            await sending;
        }
        else
        {
            await end.LimitAsync(sending.AsTask());
        }
    }

    /// <summary>Notices that the listener leaves; what it says is passed over. To give up a read would break the connection, so nobody does before the end.</summary>
    private static async Task HearAsync(WebSocket socket, CancellationTokenSource left, CancellationToken aborted)
    {
        try
        {
            var buffer = new byte[128];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), aborted)).MessageType != WebSocketMessageType.Close)
            {
                // nothing is expected
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // it is gone
        }

        await left.CancelAsync();
    }

    /// <summary>Says that it is over, and gives the listener a moment to say so too: a browser would else take it for an error.</summary>
    private static async Task CloseAsync(WebSocket socket, Task hearing, TimeProvider time, CancellationToken aborted)
    {
        using var patience = new CancellationTokenSource(LongestGoodbye, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, aborted);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, either.Token);
            }

            await hearing.WaitAsync(either.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // it is gone
        }

        socket.Abort();
        await hearing;
    }
}
