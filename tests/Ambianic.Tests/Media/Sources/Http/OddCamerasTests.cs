using System.Globalization;
using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;
using Ambianic.Media.Sources.Http;
using Ambianic.Media.Sources.Tls;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using SkiaSharp;

namespace Ambianic.Tests.Media.Sources.Http;

/// <summary>Answers that browsers show and that are not as the standards want them.</summary>
public sealed class OddCamerasTests : IDisposable
{
    private static readonly byte[] Picture = Jpegs.Make(1, 160, 120);
    private static readonly byte[] HuffmanTables = [0xFF, 0xC4];
    private readonly TemporaryDirectory _directory = new();
    private readonly FramePool _pool = new();
    private readonly LogRecorder<HttpSource> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Streams => [.. Parts.Keys];

    public static TheoryData<string> Pictures => [.. Answers.Keys];

    /// <summary>One part of a stream, in the ways of cameras.</summary>
    private static Dictionary<string, Func<byte[], byte[]>> Parts => new()
    {
        ["as it should be"] = picture => Part("--b\r\nContent-Type: image/jpeg\r\nContent-Length: " + Length(picture) + "\r\n\r\n", picture),
        ["boundary last"] = picture => [.. Part("Content-Type: image/jpeg\r\n\r\n", picture), .. "--b\r\n"u8],
        ["odd type"] = picture => Part("--b\r\nContent-Type: image/pjpg\r\n\r\n", picture),
        ["no type"] = picture => Part("--b\r\n\r\n", picture),
        ["length too large"] = picture => Part("--b\r\nContent-Length: " + Length(picture, 99) + "\r\n\r\n", picture),
        ["length too small"] = picture => Part("--b\r\nContent-Length: " + Length(picture, -99) + "\r\n\r\n", picture),
        ["no colon"] = picture => Part("--b\r\nX-Motion\r\nContent-Type: image/jpeg\r\n\r\n", picture),
        ["dashes and line feeds"] = picture => Part("----other\nContent-Type: image/jpeg\n\n", picture),
        ["no parts"] = picture => picture,
        ["no end marker"] = picture => Part("--b\r\nContent-Type: image/jpeg\r\n\r\n", picture[..^2]),
        ["PNG"] = picture => Part("--b\r\nContent-Type: image/png\r\n\r\n", Png(picture)),
        ["markup between"] = picture => [.. "<p>wait</p>\r\n"u8, .. Part("--b\r\nContent-Type: image/jpeg\r\n\r\n", picture)],
        ["bytes before and after"] = picture => [.. Part("--b\r\n\r\nabc", picture), 0, 0, 0xFF, 0xFF, 0],
    };

    /// <summary>Whole answers with one picture, in the ways of cameras.</summary>
    private static Dictionary<string, byte[]> Answers => new()
    {
        ["line without colon"] = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTue, 12 Jun 2012\r\nfoo\r\nContent-Type: image/jpeg\r\nContent-Length: {Picture.Length}\r\n\r\n"), .. Picture],
        ["length too large"] = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {Picture.Length + 48}\r\n\r\n"), .. Picture],
        ["length too small"] = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {Picture.Length - 48}\r\n\r\n"), .. Picture],
        ["no end marker"] = LoopbackServer.Http("200 OK", "image/jpeg", Picture.AsSpan(0, Picture.Length - 2)),
        ["type of a page"] = LoopbackServer.Http("200 OK", "text/html", Picture),
        ["no type, no length, no reason"] = [.. "HTTP/1.0 200\r\n\r\n"u8, .. Picture],
        ["line feeds"] = [.. "HTTP/1.0 200 OK\nContent-Type: image/jpeg\n\n"u8, .. Picture],
        ["no head"] = Picture,
        ["ICY"] = [.. "ICY 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. Picture],
        ["bytes before and after"] = LoopbackServer.Http("200 OK", "image/jpeg", [.. "\r\n\r\n"u8, .. Picture, .. "\r\n--b--"u8]),
        ["one part"] = LoopbackServer.Http("200 OK", "multipart/x-mixed-replace; boundary=b", Part("--b\r\n\r\n", Picture)),
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task ReadAsync_OddStream_IsWatched(string way)
    {
        await using var server = Streaming(Parts[way]);

        var seen = await ReadAsync(Source(server, SourceType.Video), 3);

        Assert.All(seen, frame => Assert.Equal((160, 120), (frame.Width, frame.Height)));
        Assert.Equal([0L, 1, 2], seen.Select(frame => frame.Sequence));
        Assert.Equal(1, server.Requests);
        Assert.Equal(0, _pool.Outstanding);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task ReadAsync_OddPicture_IsWatched(string way)
    {
        await using var server = Closing(Answers[way]);

        var seen = await ReadAsync(Source(server, SourceType.Image), 2);

        Assert.Equal(2, seen.Count);
        Assert.All(seen, frame => Assert.Equal((160, 120), (frame.Width, frame.Height)));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task ReadAsync_PictureCalledAVideo_IsWatchedAndSaysSo(string way)
    {
        await using var server = Closing(Answers[way]);

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Video), 2)).Count);

        Assert.Contains(_log.Lines, line => line.Contains("Write type: image", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_StreamCalledAPicture_IsWatchedAndSaysSo()
    {
        await using var server = Streaming(Parts["as it should be"]);

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Image), 2)).Count);

        Assert.Equal(1, server.Requests);
        Assert.Contains("Write type: video", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_StreamAskedForOnce_GivesOnePicture()
    {
        await using var server = Streaming(Parts["as it should be"]);

        Assert.Single(await ReadAsync(Source(server, SourceType.Image, live: false), int.MaxValue));
    }

    [Fact]
    public async Task ReadAsync_CameraKeepsTheConnectionAfterAPictureWithoutEnd_TakesWhatCame()
    {
        await using var server = new LoopbackServer(async (_, stream, cancellation) =>
            await stream.WriteAsync(Answers["no end marker"], cancellation)); // and goes on listening

        Assert.Single(await ReadAsync(Source(server, SourceType.Image), 1));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n")]
    public async Task ReadAsync_EmptyLineWithinTheHead_IsWatched(string begin)
    {
        await using var server = new LoopbackServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin + "Content-Type: image/jpeg\r\n\r\n"), cancellation);
            await stream.FlushAsync(cancellation);
            await stream.WriteAsync(Picture, cancellation);
            throw new IOException("the camera closes the connection");
        });

        Assert.Single(await ReadAsync(Source(server, SourceType.Image), 1));
    }

    [Fact]
    public async Task ReadAsync_TwoPicturesInOneFile_IsAskedForAgain()
    {
        await using var server = Closing([.. "HTTP/1.0 200 OK\r\nContent-Type: image/mpo\r\n\r\n"u8, .. Picture, .. Picture]);

        Assert.Equal(5, (await ReadAsync(Source(server, SourceType.Image), 5)).Count);
    }

    [Fact]
    public async Task ReadAsync_PictureOfUnknownTypeAndTheConnectionIsKept_IsAskedForAgain()
    {
        await using var server = new LoopbackServer(async (_, stream, cancellation) =>
            await stream.WriteAsync(LoopbackServer.Http("200 OK", "application/octet-stream", Picture), cancellation)); // and goes on listening

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Image), 2)).Count);
    }

    [Fact]
    public async Task ReadAsync_CameraWantsACookieAfterALogIn_SendsIt()
    {
        await using var server = new LoopbackServer(async (head, stream, cancellation) =>
            await stream.WriteAsync(
                head.Contains("Cookie: id=42\r\n", StringComparison.Ordinal)
                    ? LoopbackServer.Http("200 OK", "image/jpeg", Picture)
                    : LoopbackServer.Http("302 Found", "text/html", ""u8, "Location: /still.jpg\r\nSet-Cookie: id=42; HttpOnly\r\nSet-Cookie: =;=\r\n"),
                cancellation));

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Image), 2)).Count);
        Assert.Equal(3, server.Requests);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("application/octet-stream")]
    public async Task ReadAsync_PictureIsCutOff_SaysSoAndShowsNothing(string type)
    {
        await using var server = Closing(LoopbackServer.Http("200 OK", type, Picture.AsSpan(0, Picture.Length / 2)));

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server, SourceType.Image), 1));

        Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task ReadAsync_DamagedPictureInAStream_IsSkippedAndTold()
    {
        var count = 0;
        byte[] headless = [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9];
        await using var server = Streaming(picture => count++ % 2 == 0 ? headless : Part("--b\r\n\r\n", picture));

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Video), 2)).Count);

        Assert.Contains("damaged picture is skipped", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PicturesWithoutHuffmanTables_AreWatchedWithTheStandardOnes()
    {
        using var clips = new Clips();
        var whole = await File.ReadAllBytesAsync(clips.Make("still.jpg", "s=160x120:r=5:d=1", "-frames:v 1 -huffman default"), Cancellation);
        var tables = whole.AsSpan().IndexOf(HuffmanTables);
        var after = tables + 2 + (whole[tables + 2] << 8) + whole[tables + 3];
        byte[] bare = [.. whole[..tables], .. whole[after..]];
        await using var server = Streaming(_ => bare);

        Assert.Equal(2, (await ReadAsync(Source(server, SourceType.Video), 2)).Count);

        Assert.Equal(-1, bare.AsSpan().IndexOf(HuffmanTables));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task ReadAsync_PicturesThatOnlyFfmpegDecodes_AreLeftToIt()
    {
        using var clips = new Clips();
        var lossless = await File.ReadAllBytesAsync(clips.Run("still.jpg", "-f lavfi -i testsrc2=s=160x120 -frames:v 1 -c:v ljpeg -strict unofficial -f image2"), Cancellation);
        await using var server = Streaming(_ => Part("--b\r\n\r\n", lossless));
        var source = Source(server, SourceType.Video);

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(source, 1));
        Assert.Contains("the next connection is read by ffmpeg", error.Message, StringComparison.Ordinal);
        Assert.Single(await ReadAsync(source, 1));
    }

    [Fact]
    public async Task ReadAsync_StreamEnds_SaysSo()
    {
        byte[] head = [.. "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"u8];
        await using var server = Closing([.. head, .. Parts["as it should be"](Picture), .. Parts["as it should be"](Picture)]);

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server, SourceType.Video), 9));

        Assert.Contains("ended the stream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TransportStream_IsReadByFfmpegAndAtOnceNextTime()
    {
        Clips.RequireFfmpeg();
        using var clips = new Clips();
        var video = await File.ReadAllBytesAsync(clips.Make("live.ts", "s=160x120:r=10:d=3", "-c:v libx264 -preset ultrafast -g 5"), Cancellation);
        await using var server = Closing([.. "HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"u8, .. video]);
        var source = Source(server, SourceType.Video);

        Assert.Single(await ReadAsync(source, 1));
        Assert.Equal(2, server.Requests);
        Assert.Single(await ReadAsync(source, 1));
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task ReadAsync_NeitherPictureNorVideo_SaysWhatCame()
    {
        Clips.RequireFfmpeg();
        await using var server = Closing(LoopbackServer.Http("200 OK", "application/octet-stream", new byte[5000]));

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server, SourceType.Video), 1));

        Assert.Contains("type application/octet-stream, begins with the bytes 0000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/live/still.jpg")]
    [InlineData("still.jpg")]
    [InlineData("//127.0.0.1:{port}/live/still.jpg")]
    [InlineData("http://127.0.0.1:{port}/live/still.jpg")]
    public async Task ReadAsync_SentElsewhere_Follows(string location)
    {
        var port = 0;
        await using var server = new LoopbackServer(async (head, stream, cancellation) =>
        {
            var to = location.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            await stream.WriteAsync(
                head.StartsWith("GET /live/still.jpg ", StringComparison.Ordinal)
                    ? LoopbackServer.Http("200 OK", "image/jpeg", Picture)
                    : LoopbackServer.Http("302 Found", "text/html", ""u8, $"location: {to}\r\n"),
                cancellation);
        });
        port = server.Port;

        Assert.Single(await ReadAsync(Source(server, SourceType.Image, path: "live/"), 1));
    }

    [Fact]
    public async Task ReadAsync_SentRoundInCircles_SaysSo()
    {
        await using var server = Closing(LoopbackServer.Http("302 Found", "text/html", ""u8, "Location: /\r\n"));

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(server, SourceType.Image), 1));

        Assert.Contains("from address to address", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Png(byte[] picture)
    {
        using var bitmap = SKBitmap.Decode(picture);
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }

    private static byte[] Part(string head, byte[] picture) => [.. Encoding.ASCII.GetBytes(head), .. picture, .. "\r\n"u8];

    private static string Length(byte[] picture, int more = 0) => (picture.Length + more).ToString(CultureInfo.InvariantCulture);

    private static LoopbackServer Closing(byte[] answer) => new(async (_, stream, cancellation) =>
    {
        await stream.WriteAsync(answer, cancellation);
        throw new IOException("the camera closes the connection");
    });

    private static LoopbackServer Streaming(Func<byte[], byte[]> part) => new(async (_, stream, cancellation) =>
    {
        await stream.WriteAsync("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=\"b\"\r\n\r\n"u8.ToArray(), cancellation);
        while (true)
        {
            await stream.WriteAsync(part(Picture), cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    });

    private static async Task<List<Frame>> ReadAsync(HttpSource source, int count)
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

    private HttpSource Source(LoopbackServer server, SourceType type, bool live = true, string path = "still.jpg")
    {
        var options = new SourceOptions
        {
            Id = "door", Uri = $"http://127.0.0.1:{server.Port}/{path}", Type = type, Live = live, Fps = 30,
        };
        return new HttpSource(
            options,
            video => new FfmpegSource(video, Executables.OfThisProcess, _pool, TimeProvider.System, new LogRecorder<FfmpegSource>()),
            new CameraConnections(CertificatePins.In(_directory.Path), TimeProvider.System, NullLogger<CameraConnections>.Instance),
            _pool,
            TimeProvider.System,
            _log);
    }
}
