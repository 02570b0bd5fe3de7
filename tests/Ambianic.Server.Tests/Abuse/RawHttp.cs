using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">0 when there was none.</param>
/// <param name="Head">Status line and headers.</param>
/// <param name="Text">What was read of the body; Latin-1, so that every byte is there.</param>
internal sealed record RawAnswer(int Status, string Head, string Text);

/// <summary>Sends requests that no client library would: wrong encodings, paths and lengths stay as they are.</summary>
internal static class RawHttp
{
    private const int MostRead = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Sends a request, and reads its answer; of one that goes on for ever the beginning.</summary>
    public static async Task<RawAnswer> SendAsync(Uri address, string method, AbusiveCall call, string? token, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, cancellation);
        await using var stream = client.GetStream();
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{method} {call.Target} HTTP/1.1\r\nHost: 127.0.0.1:{address.Port}\r\nConnection: close\r\n")
            .Append(token is null ? "" : $"Authorization: Bearer {token}\r\n")
            .Append(call.ContentType is null ? "" : $"Content-Type: {call.ContentType}\r\n")
            .Append(call.Header is null ? "" : $"{call.Header}\r\n")
            .Append(call.Body is null ? "" : $"Content-Length: {call.Body.Length}\r\n")
            .Append("\r\n");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), patience.Token);
            await stream.WriteAsync(call.Body, patience.Token);
        }
        catch (IOException)
        {
            // refused before all of it was sent
        }

        try
        {
            return await ReadAsync(stream, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RawAnswer(0, "", "");
        }
    }

    private static async Task<RawAnswer> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var (text, buffer) = (new StringBuilder(), new byte[16384]);
        try
        {
            for (var read = 1; read > 0 && text.Length < MostRead && !GoesOn(text);)
            {
                read = await stream.ReadAsync(buffer, cancellation);
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // closed by the server after its answer
        }

        var all = text.ToString();
        var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var at ? at : all.Length;
        var status = all.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(all.AsSpan(9, 3), out var code) ? code : 0;
        if (status == 100)
        {
            all = all[Math.Min(all.Length, end + 4)..]; // Expect: 100-continue
            end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var next ? next : all.Length;
            status = all.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(all.AsSpan(9, 3), out code) ? code : 0;
        }

        return new RawAnswer(status, all[..end], all[end..]);
    }

    /// <summary>Streams of events and pictures have no end.</summary>
    private static bool GoesOn(StringBuilder text)
    {
        if (text.Length > 65536)
        {
            return false;
        }

        var all = text.ToString();
        return (all.Contains("Content-Type: text/event-stream", StringComparison.OrdinalIgnoreCase) || all.Contains("Content-Type: multipart/x-mixed-replace", StringComparison.OrdinalIgnoreCase))
            && all.Contains("\r\n\r\n", StringComparison.Ordinal);
    }
}
