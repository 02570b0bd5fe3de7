using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Tests.Core.Vision.Elements;

public sealed class DetectPosesTests
{
    private static readonly Detection Near = new("person", 0.9f, new Box(0, 0, 0.4f, 1));
    private static readonly Detection Far = new("person", 0.8f, new Box(0.8f, 0.4f, 0.9f, 0.6f));

    [Fact]
    public async Task InvokeAsync_NoPersonsKnown_LooksAtTheWholePictureOnly()
    {
        var detector = new FakeDetector([Near]);

        var passed = await Passing.ThroughAsync(new DetectPoses(new DetectPosesOptions(), detector), null);

        Assert.Equal([Near], Assert.Single(passed).Detections);
        Assert.Equal("Pose Detection", passed[0].Display);
        Assert.Equal([null], detector.Regions);
    }

    [Fact]
    public async Task InvokeAsync_PersonWithoutPose_IsLookedAtCloser()
    {
        var close = new Detection("person", 0.7f, new Box(0.12f, 0.12f, 0.88f, 0.88f)) { Keypoints = [new Keypoint("nose", 0.5f, 0, 1)] };
        var detector = new FakeDetector(region => region is null ? [Near] : [close]);

        var passed = Assert.Single(await Passing.ThroughAsync(new DetectPoses(new DetectPosesOptions(), detector), null, Near, Far));

        Assert.Equal(2, passed.Detections.Count);
        Assert.Equal(2, detector.Regions.Count);
        Assert.InRange(passed.Detections[1].Box.IoU(Far.Box), 0.9f, 1);
        Assert.Equal(0.85f, passed.Detections[1].Keypoints[0].X, 0.001f);
        Assert.Equal(0.37f, passed.Detections[1].Keypoints[0].Y, 0.001f);
    }

    [Fact]
    public async Task InvokeAsync_CloserLookSeesSomeoneElse_AddsNobody()
    {
        var detector = new FakeDetector(region => region is null ? [Near] : [new Detection("person", 0.7f, new Box(0, 0, 0.1f, 0.1f))]);

        var passed = Assert.Single(await Passing.ThroughAsync(new DetectPoses(new DetectPosesOptions(), detector), null, Far));

        Assert.Equal([Near], passed.Detections);
    }
}
