using System.Globalization;
using System.IO.Compression;
using System.Text;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Http;
using CsCheck;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class HttpReadingTests
{
    private static readonly byte[] Picture = Jpegs.Make(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", 200, "image/jpeg")]
    [InlineData("HTTP/1.1 200\r\ncontent-type:IMAGE/JPEG; q=1\r\n\r\n", 200, "image/jpeg")]
    [InlineData("HTTP/1.0 200 OK\nContent-Type: image/jpeg\n\n", 200, "image/jpeg")]
    [InlineData("ICY 200 OK\r\nContent-Type : video/nsv\r\n\r\n", 200, "video/nsv")]
    [InlineData("http/1.1  404   Not Found\r\n\r\n", 404, "")]
    [InlineData("\r\n\r\nHTTP/1.1 200 OK\r\nno field\r\n: nothing\r\nContent-Type: image/jpeg\r\n\r\n", 200, "image/jpeg")]
    [InlineData("\u00EF\u00BB\u00BFHTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", 200, "image/jpeg")] // a byte order mark
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", 200, "image/png")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n", 200, "multipart/x-mixed-replace")] // and the body at once
    [InlineData("", 200, "")]
    public async Task ReadAsync_OddHead_IsUnderstoodAndTheBodyFollows(string head, int status, string type)
    {
        var stream = new PeekStream(new MemoryStream([.. Encoding.Latin1.GetBytes(head), .. Picture]));

        var answer = await HttpHead.ReadAsync(stream, Cancellation);

        Assert.Equal((status, type), (answer.Status, answer.MediaType));
        Assert.Equal(Picture, await AllAsync(await HttpBody.OpenAsync(answer, stream, Cancellation)));
    }

    [Theory]
    [InlineData("RTSP/1.0 400 Bad Request\r\n\r\n", "rtsp://")]
    [InlineData("SSH-2.0-dropbear\r\n", "SSH")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "https://")]
    [InlineData("hello\r\n", "does not speak HTTP")]
    [InlineData("", "without an answer")]
    public async Task ReadAsync_SomethingElseSpeaks_SaysWhat(string answer, string reason)
    {
        var stream = new PeekStream(new MemoryStream(Encoding.Latin1.GetBytes(answer)));

        var error = await Assert.ThrowsAsync<SourceException>(() => HttpHead.ReadAsync(stream, Cancellation));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip", "")]
    [InlineData("zlib", "deflate")]
    [InlineData("deflate", "deflate")]
    [InlineData("br", "br")]
    [InlineData("plain", "gzip")]
    [InlineData("plain", "br")]
    public async Task OpenAsync_CompressedOrSaidToBe_GivesTheBodyItself(string compression, string said)
    {
        var head = Head(("Content-Encoding", said));

        Assert.Equal(Picture, await AllAsync(await HttpBody.OpenAsync(head, new PeekStream(new MemoryStream(Compress(compression))), Cancellation)));
    }

    [Theory]
    [InlineData("chunked")]
    [InlineData("")]
    public async Task OpenAsync_ChunkedWhetherOrNotItSaysSo_GivesTheBodyItself(string said)
    {
        byte[] body = [.. Chunk(Picture[..100], ";name=value\r\n"), .. Chunk(Picture[100..], "\n"), .. "0\r\n\r\n"u8];

        Assert.Equal(Picture, await AllAsync(await HttpBody.OpenAsync(Head(("Transfer-Encoding", said)), new PeekStream(new MemoryStream(body)), Cancellation)));
    }

    [Fact]
    public async Task OpenAsync_SaidToBeChunkedAndIsNot_GivesTheBodyItself()
    {
        var stream = new PeekStream(new MemoryStream(Picture));

        Assert.Equal(Picture, await AllAsync(await HttpBody.OpenAsync(Head(("Transfer-Encoding", "chunked")), stream, Cancellation)));
    }

    [Fact]
    public async Task OpenAsync_ChunksEndWithoutNotice_GivesAllThatFollows()
    {
        byte[] body = [.. Chunk(Picture[..100], "\r\n"), .. "no size\r\n"u8, .. Picture];

        var seen = await AllAsync(await HttpBody.OpenAsync(Head(("Transfer-Encoding", "chunked")), new PeekStream(new MemoryStream(body)), Cancellation));

        Assert.Equal([.. Picture[..100], .. "no size\r\n"u8, .. Picture], seen);
    }

    [Fact]
    public async Task OpenAsync_AnyBytesInPiecesOfAnySize_FailsWithNothingButASourceException()
    {
        byte[][] words =
        [
            "HTTP/1.1 200 OK\r\n"u8.ToArray(), "\r\n"u8.ToArray(), "Transfer-Encoding: chunked\r\n"u8.ToArray(), "Content-Encoding: br\r\n"u8.ToArray(),
            "Content-Encoding: deflate\r\n"u8.ToArray(), "Content-Length: 99999999999999999999\r\n"u8.ToArray(), "1f;x\r\n"u8.ToArray(), [0x1F, 0x8B], Picture,
        ];
        var text = Gen.OneOf(Gen.Int[0, words.Length - 1].Select(i => words[i]), Gen.Byte.Array[0, 200]).Array[0, 12].Select(parts => parts.SelectMany(part => part).ToArray());

        await Gen.Select(text, Gen.Int[1, 300]).SampleAsync(async (bytes, size) =>
        {
            try
            {
                var stream = new PeekStream(new SlowStream([.. words[0], .. bytes], size));
                var head = await HttpHead.ReadAsync(stream, CancellationToken.None);
                await AllAsync(await HttpBody.OpenAsync(head, stream, CancellationToken.None));
            }
            catch (SourceException)
            {
                // says what is wrong
            }
        });
    }

    [Fact]
    public async Task ReadAsync_HeadThatNeverEnds_Ends()
    {
        var stream = new PeekStream(new MemoryStream([.. "HTTP/1.1 200 OK\r\n"u8, .. Enumerable.Repeat((byte)'a', 10 << 20)]));

        var head = await HttpHead.ReadAsync(stream, Cancellation);

        Assert.Empty(head.Fields);
    }

    private static HttpHead Head(params (string Name, string Value)[] fields) =>
        new(200, "", [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);

    private static byte[] Chunk(byte[] data, string end) =>
        [.. Encoding.ASCII.GetBytes(data.Length.ToString("X4", CultureInfo.InvariantCulture) + end), .. data, .. "\r\n"u8];

    private static byte[] Compress(string compression)
    {
        using var result = new MemoryStream();
        using (Stream compressed = compression switch
        {
            "gzip" => new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true),
            "zlib" => new ZLibStream(result, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new DeflateStream(result, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(result, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(result),
        })
        {
            compressed.Write(Picture);
            compressed.Flush();
            return compression == "plain" ? result.ToArray() : Closed(compressed, result);
        }
    }

    private static byte[] Closed(Stream compressed, MemoryStream result)
    {
        compressed.Dispose();
        return result.ToArray();
    }

    private static async Task<byte[]> AllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class SlowStream(byte[] bytes, int most) : ReadOnlyStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(most, buffer.Length), bytes.Length - _at);
            bytes.AsMemory(_at, count).CopyTo(buffer);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }
}
