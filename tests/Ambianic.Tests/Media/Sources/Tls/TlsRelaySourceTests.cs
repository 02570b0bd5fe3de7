using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Media.Sources.Tls;

public sealed class TlsRelaySourceTests(Clips clips) : IClassFixture<Clips>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly X509Certificate2 _certificate = TestCertificates.Make();
    private readonly FramePool _pool = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_RtspsWithCredentials_IsReadAndItsCertificatePinned()
    {
        using var camera = await CameraAsync("joe", "s3cret");
        var source = Source($"rtsps://joe:s3cret@127.0.0.1:{camera.Port}/camera", TlsRule.Pin);

        var seen = await ReadAsync(source, 3);

        Assert.Equal(3, seen.Count);
        Assert.All(seen, frame => Assert.Equal((320, 240, PixelFormat.I420), (frame.Width, frame.Height, frame.Format)));
        Assert.Contains(TestCertificates.Fingerprint(_certificate), await PinsAsync(), StringComparison.Ordinal);
        Assert.Single(await ReadAsync(source, 1)); // and once more, with the certificate that is known
    }

    [Fact]
    public async Task ReadAsync_RtspsWithAnotherCertificate_StartsNothingAndSaysSo()
    {
        using var camera = await CameraAsync();
        await File.WriteAllTextAsync(_directory["camera-certificates.txt"], $"127.0.0.1:{camera.Port} sha256:00\n", Cancellation);

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source($"rtsps://127.0.0.1:{camera.Port}/camera", TlsRule.Pin), 1));

        Assert.Contains("source door: 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("another certificate than before", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RtspsWithWrongPassword_SaysSo()
    {
        using var camera = await CameraAsync("joe", "s3cret");

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source($"rtsps://joe:wr0ng@127.0.0.1:{camera.Port}/camera", TlsRule.Pin), 1));

        Assert.Contains("user name or password is wrong", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_CameraGoesAway_Ends()
    {
        using var camera = await CameraAsync();
        await using var frames = Source($"rtsps://127.0.0.1:{camera.Port}/camera", TlsRule.Accept).ReadAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await frames.MoveNextAsync());
        frames.Current.Dispose();

        camera.Dispose();

        while (await NextAsync())
        {
            frames.Current.Dispose();
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await frames.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience, Cancellation);
            }
            catch (SourceException)
            {
                return false; // with an error, or without
            }
        }
    }

    [Fact]
    public async Task ReadAsync_HttpsPlaylist_IsReadOverSeveralConnectionsThatNameTheCamera()
    {
        clips.Run("live.m3u8", "-f lavfi -i testsrc2=s=160x120:r=10:d=6 -c:v libx264 -preset ultrafast -g 10 -f hls -hls_time 1 -hls_list_size 0");
        var hosts = new List<string>();
        await using var server = new LoopbackServer(
            async (head, stream, cancellation) =>
            {
                lock (hosts)
                {
                    hosts.Add(head.Split("\r\n").Single(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)));
                }

                var name = Path.GetFileName(head.Split(' ')[1]);
                var file = await File.ReadAllBytesAsync(Path.Combine(clips.Folder, name), cancellation);
                await stream.WriteAsync(LoopbackServer.Http("200 OK", name.EndsWith(".ts", StringComparison.Ordinal) ? "video/mp2t" : "application/vnd.apple.mpegurl", file), cancellation);
            },
            _certificate);

        Assert.NotEmpty(await ReadAsync(Source($"https://127.0.0.1:{server.Port}/hls/live.m3u8", TlsRule.Pin), int.MaxValue));

        Assert.True(hosts.Count > 3);
        Assert.All(hosts, host => Assert.Equal($"Host: 127.0.0.1:{server.Port}", host));
    }

    [Fact]
    public async Task ReadAsync_HttpsPicture_IsReadAndItsCertificatePinned()
    {
        var picture = Http.Jpegs.Make(1);
        await using var server = new LoopbackServer(
            async (_, stream, cancellation) => await stream.WriteAsync(LoopbackServer.Http("200 OK", "image/jpeg", picture), cancellation), _certificate);
        var address = $"https://127.0.0.1:{server.Port}/still.jpg";

        Assert.Equal(2, (await ReadAsync(Source(address, TlsRule.Pin, SourceType.Image), 2)).Count);

        Assert.Contains(TestCertificates.Fingerprint(_certificate), await PinsAsync(), StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(address, TlsRule.Verify, SourceType.Image), 1));
        Assert.Contains("tls is verify", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _certificate.Dispose();
    }

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

    private Task<string> PinsAsync() => File.ReadAllTextAsync(_directory["camera-certificates.txt"], Cancellation);

    private async Task<RtspCamera> CameraAsync(params string[] credentials)
    {
        var path = _directory["camera.pem"];
        await File.WriteAllTextAsync(
            path, _certificate.ExportCertificatePem() + "\n" + _certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancellation);
        return await RtspCamera.StartAsync(0, [.. credentials, path]);
    }

    private IFrameSource Source(string uri, TlsRule tls, SourceType type = SourceType.Video)
    {
        Clips.RequireFfmpeg();
        var options = new SourceOptions { Id = "door", Uri = uri, Type = type, Tls = tls, Live = true, Fps = 10, StallSeconds = 20 };
        return new FrameSources(_pool, CertificatePins.In(_directory.Path), TimeProvider.System, NullLoggerFactory.Instance).Create(options);
    }
}
