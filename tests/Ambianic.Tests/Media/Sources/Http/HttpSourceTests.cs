using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SkiaSharp;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class HttpSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private static readonly byte[] Picture = Encode(200, 100);
    private static readonly byte[] PictureAnswer = LoopbackServer.Http("200 OK", "image/png", Picture);
    private readonly FramePool _pool = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_NotLive_GivesOnePictureReducedToTheAskedWidth()
    {
        await using var server = Answering(PictureAnswer);

        var frame = Assert.Single(await ReadAsync(Source(server, width: 100), int.MaxValue));

        Assert.Equal((100, 50, PixelFormat.Rgba32), (frame.Width, frame.Height, frame.Format));
        Assert.Equal(1, server.Requests);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_Live_AsksAgainAfterEachInterval()
    {
        var time = new FakeTimeProvider();
        await using var server = Answering(PictureAnswer);
        await using var frames = Source(server, live: true, time: time).ReadAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await frames.MoveNextAsync());
        frames.Current.Dispose();

        var next = frames.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(1, server.Requests);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await next.WaitAsync(Eventually.Patience, Cancellation));
        Assert.Equal((1L, TimeSpan.FromSeconds(1)), (frames.Current.Sequence, frames.Current.Position));
        frames.Current.Dispose();
    }

    [Theory]
    [InlineData("Basic realm=\"camera\"", "Authorization: Basic am9lOnA6YXNz")]
    [InlineData("Digest realm=\"camera\", nonce=\"abc\", qop=\"auth\"", "Authorization: Digest username=\"joe\"")]
    public async Task ReadAsync_ServerAsksForCredentials_GivesThoseOfTheUri(string challenge, string expected)
    {
        var refusal = LoopbackServer.Http("401 Unauthorized", "text/plain", "no"u8, $"WWW-Authenticate: {challenge}\r\n");
        await using var server = new LoopbackServer(async (head, stream, cancellation) =>
            await stream.WriteAsync(head.Contains(expected, StringComparison.Ordinal) ? PictureAnswer : refusal, cancellation));

        Assert.Single(await ReadAsync(Source(server, user: "joe:p%3Aass@"), 1));
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server), 1));
        Assert.Contains("password is wrong or missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_SomethingElseAnswered_SaysWhat()
    {
        await FailsAsync(LoopbackServer.Http("200 OK", "text/html", "<html>Log in</html>"u8), "a login page came, not a picture");
        await FailsAsync(LoopbackServer.Http("200 OK", "image/png", Picture.AsSpan(0, 300)), "cut off");
        await FailsAsync(LoopbackServer.Http("200 OK", "image/jpeg", new byte[33 << 20]), "larger than 32 MiB");
        await FailsAsync(LoopbackServer.Http("404 Not Found", "text/plain", ""u8), "no such picture");
        await FailsAsync(LoopbackServer.Http("302 Found", "text/plain", ""u8), "give the picture's own address");
        await FailsAsync(LoopbackServer.Http("200 OK", "image/jpeg", ""u8), "an empty answer");
        await FailsAsync(LoopbackServer.Http("200 OK", "image/jpeg", "camera busy"u8), "begins with \"camera busy\"");
        await FailsAsync(LoopbackServer.Http("503 Busy", "text/plain", ""u8), "503 Busy");
        await FailsAsync([.. "this is not HTTP\r\n\r\n"u8], "does not speak HTTP");
    }

    [Fact]
    public async Task ReadAsync_CameraHangsUp_SaysSo()
    {
        await using var server = new LoopbackServer((_, _, _) => throw new IOException("it hangs up"));

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server), 1));

        Assert.Contains("broke the connection off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ServerNeverAnswers_IsReportedAsAStall()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        await using var server = new LoopbackServer((_, _, cancellation) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        });
        var reading = ReadAsync(Source(server, time: time), 1);
        await asked.Task.WaitAsync(Eventually.Patience, Cancellation);

        time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<SourceStalledException>(() => reading.WaitAsync(Eventually.Patience, Cancellation));
    }

    [Fact]
    public async Task ReadAsync_NobodyThere_SaysSoWithoutThePassword()
    {
        int port;
        await using (var server = Answering(PictureAnswer))
        {
            port = server.Port;
        }

        var options = new SourceOptions { Id = "door", Uri = $"http://joe:s3cret@127.0.0.1:{port}/still.jpg", Type = SourceType.Image };
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Create(options, TimeProvider.System), 1));

        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Encode(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        var random = new Random(1);
        for (var i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor((uint)random.Next()).WithAlpha(255));
        }

        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }

    private static LoopbackServer Answering(byte[] answer) => new(async (_, stream, cancellation) => await stream.WriteAsync(answer, cancellation));

    private static async Task<List<Frame>> ReadAsync(IFrameSource source, int count)
    {
        var seen = new List<Frame>();
        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            frame.Dispose();
            seen.Add(frame);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }

    private async Task FailsAsync(byte[] answer, string reason)
    {
        await using var server = Answering(answer);
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server), 1));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private IFrameSource Source(
        LoopbackServer server, bool live = false, int width = 1280, string user = "", TimeProvider? time = null)
    {
        var options = new SourceOptions
        {
            Id = "door", Uri = $"http://{user}127.0.0.1:{server.Port}/still.jpg", Type = SourceType.Image, Live = live, Width = width,
        };
        return Create(options, time ?? TimeProvider.System);
    }

    private IFrameSource Create(SourceOptions options, TimeProvider time) =>
        new FrameSources(_pool, CertificatePins.In(_directory.Path), time, NullLoggerFactory.Instance).Create(options);
}
