using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources;

[Collection(Alone.Name)]
public sealed class FfmpegSourceAllocationTests(Clips clips) : IClassFixture<Clips>
{
    private const int Window = 50;

    [Fact]
    [Slow]
    public async Task ReadAsync_SteadyState_AllocatesLessThanAKilobytePerFrame()
    {
        var path = clips.Make("steady.mp4", "s=1280x720:r=25:d=20", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p");
        var options = new SourceOptions { Id = "steady", Uri = path, Fps = 25 };
        var source = new FfmpegSource(
            options, Executables.OfThisProcess, new FramePool(), TimeProvider.System, new LogRecorder<FfmpegSource>());
        List<long> marks = [];
        var count = 0;

        await foreach (var frame in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            frame.Dispose();
            if (++count % Window == 0)
            {
                marks.Add(GC.GetTotalAllocatedBytes(precise: true));
            }
        }

        // The least of several windows: what the rest of the process allocates meanwhile only ever adds to it.
        var perFrame = marks.Zip(marks.Skip(1), (before, after) => (after - before) / (double)Window).Min();
        TestContext.Current.TestOutputHelper?.WriteLine($"{perFrame:0} bytes a frame");
        Assert.Equal(500, count);
        Assert.InRange(perFrame, 0, 1024);
    }
}
