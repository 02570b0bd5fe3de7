using Ambianic.Configuration;
using Ambianic.Frames;

namespace Ambianic.Sources;

[Collection(Alone.Name)]
public sealed class FfmpegSourceAllocationTests(Clips clips) : IClassFixture<Clips>
{
    private const int WarmUp = 100;

    [Fact]
    public async Task ReadAsync_SteadyState_AllocatesLessThanAKilobytePerFrame()
    {
        var path = clips.Make("steady.mp4", "s=1280x720:r=25:d=20", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p");
        var options = new SourceOptions { Id = "steady", Uri = path, Fps = 25 };
        var source = new FfmpegSource(
            options, Executables.OfThisProcess, new FramePool(), TimeProvider.System, new LogRecorder<FfmpegSource>());
        var before = 0L;
        var count = 0;

        await foreach (var frame in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            frame.Dispose();
            if (++count == WarmUp)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }
        }

        var perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / (count - (double)WarmUp);
        TestContext.Current.TestOutputHelper?.WriteLine($"{perFrame:0} bytes a frame");
        Assert.Equal(500, count);
        Assert.InRange(perFrame, 0, 1024);
    }
}
