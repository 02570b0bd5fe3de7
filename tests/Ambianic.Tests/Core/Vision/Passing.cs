using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Tests.Core.Vision;

/// <summary>Sends one sample through one element.</summary>
internal static class Passing
{
    /// <summary>What the element passed on.</summary>
    public static async Task<List<Sample>> ThroughAsync(IPipelineElement element, Box? region, params Detection[] detections)
    {
        using var frame = new FramePool().Rent(16, 16, PixelFormat.I420);
        List<Sample> passed = [];
        await element.InvokeAsync(
            new Sample(frame) { Region = region, Detections = detections, Display = DetectObjects.Display },
            (sample, _) =>
            {
                passed.Add(sample);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        return passed;
    }
}
