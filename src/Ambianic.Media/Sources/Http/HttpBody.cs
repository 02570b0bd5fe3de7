using System.IO.Compression;
using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Http;

/// <summary>The body of an answer without chunks and compression, whatever the head says of them: the bytes themselves decide.</summary>
internal static class HttpBody
{
    /// <summary>Undoes chunks and compression.</summary>
    /// <param name="head">What the camera says of the body.</param>
    /// <param name="raw">Stands at the begin of the body.</param>
    /// <param name="cancellation">Ends the wait for the first bytes.</param>
    /// <exception cref="SourceException">Reading it: the compressed bytes are damaged.</exception>
    public static async Task<PeekStream> OpenAsync(HttpHead head, PeekStream raw, CancellationToken cancellation)
    {
        var body = raw;
        var saysChunked = (head["Transfer-Encoding"] ?? "").Contains("chunked", StringComparison.OrdinalIgnoreCase);
        if ((saysChunked || head.ContentLength is null) && await ChunkedStream.BeginsAsync(raw, cancellation))
        {
            body = new PeekStream(new ChunkedStream(raw));
        }

        // A camera may keep the connection open after its last byte: no more is waited for than it claims.
        var begin = await body.PeekAsync((int)Math.Min(2, saysChunked ? 2 : head.ContentLength ?? 2), cancellation);
        Stream? plain = (head["Content-Encoding"] ?? "").Trim().ToLowerInvariant() switch
        {
            _ when begin.Span is [0x1F, 0x8B, ..] => new GZipStream(body, CompressionMode.Decompress),
            _ when begin.Span is [0xFF, 0xD8, ..] or [(byte)'-', (byte)'-', ..] => null,
            "deflate" when begin.Span is [var first, var second, ..] && (first & 0xF) == 8 && ((first << 8) | second) % 31 == 0 =>
                new ZLibStream(body, CompressionMode.Decompress),
            "deflate" => new DeflateStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => null,
        };
        return plain is null ? body : new PeekStream(new Decompressed(plain));
    }

    /// <summary>Says in our words when compressed bytes are damaged.</summary>
    private sealed class Decompressed(Stream inner) : ReadOnlyStream
    {
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
            {
                throw new SourceException("the answer is compressed, which was not asked for, and damaged", error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
