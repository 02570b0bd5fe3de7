using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Tests.Core.Vision;

/// <summary>Sees what it is told.</summary>
internal sealed class FakeDetector(Func<Box?, IReadOnlyList<Detection>> see) : IDetector
{
    public FakeDetector(IReadOnlyList<Detection> seen)
        : this(_ => seen)
    {
    }

    public string Model => "fake";

    /// <summary>The regions that were looked at.</summary>
    public List<Box?> Regions { get; } = [];

    public ValueTask<IReadOnlyList<string>> ReadyAsync(CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<string>>(["person", "car", "dog", "face"]);

    public ValueTask<IReadOnlyList<Detection>> DetectAsync(Frame frame, Box? region, float threshold, CancellationToken cancellation)
    {
        Regions.Add(region);
        return ValueTask.FromResult<IReadOnlyList<Detection>>([.. see(region).Where(detection => detection.Confidence >= threshold)]);
    }
}
