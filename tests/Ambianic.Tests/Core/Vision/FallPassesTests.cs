using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Zones;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Core.Vision;

/// <summary>Elements that replace what was found before them do not do so with a fall.</summary>
public sealed class FallPassesTests
{
    private static readonly Detection Fallen = new("FALL", 0.9f, Box.Whole)
    {
        Details = new FallReport { Track = 1, State = FallState.Fallen, LeaningAngle = 90, DownSeconds = 1, Evidence = new FallEvidence() },
    };

    private static readonly FakeDetector Detector = new([new Detection("person", 0.8f, Box.Whole)]);

    public static TheoryData<IPipelineElement, int> Elements => new()
    {
        { new DetectObjects(new DetectObjectsOptions(), Detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance), 2 },
        { new DetectPoses(new DetectPosesOptions(), Detector), 2 },
        { new DetectFaces(new DetectFacesOptions(), Detector), 1 },
    };

    [Theory]
    [MemberData(nameof(Elements), DisableDiscoveryEnumeration = true)]
    public async Task InvokeAsync_SampleTellsOfAFall_PassesItOnAsItIsAndThenWhatItFindsItself(IPipelineElement element, int samples)
    {
        var passed = await Passing.ThroughAsync(element, null, Fallen);

        Assert.Equal(samples, passed.Count);
        Assert.Equal([Fallen], passed[0].Detections);
        Assert.All(passed.Skip(1), sample => Assert.Equal("person", Assert.Single(sample.Detections).Label));
    }
}
