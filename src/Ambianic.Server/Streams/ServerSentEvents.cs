using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ambianic.Server.Streams;

/// <summary>Answers with messages as server-sent events (HTML Standard, 9.2), until the caller leaves or may not listen any more.</summary>
/// <param name="listen">Gives the messages, until cancelled.</param>
/// <param name="write">Writes one.</param>
internal sealed class ServerSentEvents(Func<CancellationToken, IAsyncEnumerable<StreamFrame>> listen, Action<IBufferWriter<byte>, StreamFrame> write) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would keep messages back
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (httpContext.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // a phone that sleeps for a while is waited for as long as StreamEnd says
        }

        using var end = StreamEnd.Of(httpContext);
        try
        {
            await foreach (var frame in listen(end.Token))
            {
                write(response.BodyWriter, frame);
                await FlushAsync(response.BodyWriter, end);
            }
        }
        catch (OperationCanceledException) when (end.Token.IsCancellationRequested)
        {
            // the listener left, or the program stops
        }
    }

    /// <summary>Writes a message with its type and id, and signs of life as comments.</summary>
    public static void Write(IBufferWriter<byte> writer, StreamFrame frame)
    {
        if (frame.Type.Length == 0)
        {
            writer.Write(":\n\n"u8);
            return;
        }

        Encoding.UTF8.GetBytes($"event: {frame.Type}\nid: {frame.Id}\ndata: ", writer);
        writer.Write(frame.Data.Span);
        writer.Write("\n\n"u8);
    }

    private static async ValueTask FlushAsync(PipeWriter writer, StreamEnd end)
    {
        var flush = writer.FlushAsync(end.Token);
        if (flush.IsCompleted)
        {
            await flush;
        }
        else
        {
            await end.LimitAsync(flush.AsTask());
        }
    }
}
