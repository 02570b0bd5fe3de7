using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Media.Sources.Http;

[Collection(Alone.Name)]
public sealed class HttpSourceAllocationTests
{
    private const int Window = 50;

    [Fact]
    [Slow]
    public async Task ReadAsync_SteadyStream_AllocatesAFewKilobytesPerFrame()
    {
        byte[] part = [.. "--b\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. Jpegs.Make(1, 640, 480), .. "\r\n"u8];
        await using var server = new LoopbackServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"u8.ToArray(), cancellation);
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            while (await tick.WaitForNextTickAsync(cancellation))
            {
                await stream.WriteAsync(part, cancellation);
            }
        });
        using var directory = new TemporaryDirectory();
        var options = new SourceOptions { Id = "steady", Uri = $"http://127.0.0.1:{server.Port}/video", Live = true, Fps = 60 };
        var source = new FrameSources(new FramePool(), CertificatePins.In(directory.Path), TimeProvider.System, NullLoggerFactory.Instance).Create(options);
        List<long> marks = [];
        var count = 0;

        await foreach (var frame in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            frame.Dispose();
            if (++count % Window == 0)
            {
                marks.Add(GC.GetTotalAllocatedBytes(precise: true));
            }

            if (count == 5 * Window)
            {
                break;
            }
        }

        // The least of several windows: what the rest of the process allocates meanwhile, the camera too, only ever adds to it.
        var perFrame = marks.Zip(marks.Skip(1), (before, after) => (after - before) / (double)Window).Min();
        TestContext.Current.TestOutputHelper?.WriteLine($"{perFrame:0} bytes a frame");
        Assert.InRange(perFrame, 0, 4096);
    }
}
