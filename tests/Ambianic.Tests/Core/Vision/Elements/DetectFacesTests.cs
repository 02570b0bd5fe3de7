using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Tests.Core.Vision.Elements;

public sealed class DetectFacesTests
{
    private static readonly Detection Left = new("person", 0.9f, new Box(0, 0.2f, 0.4f, 0.8f));
    private static readonly Detection Right = new("person", 0.8f, new Box(0.5f, 0.2f, 0.9f, 0.8f));
    private static readonly Detection Face = new("face", 0.9f, new Box(0.4f, 0.1f, 0.6f, 0.3f));

    [Fact]
    public async Task InvokeAsync_TwoPersons_PassesOneSampleEach()
    {
        var detector = new FakeDetector([Face]);

        var passed = await Passing.ThroughAsync(new DetectFaces(new DetectFacesOptions(), detector), null, Left, Right);

        Assert.Equal(2, passed.Count);
        Assert.All(passed, sample => Assert.Equal(("Face Detection", Face), (sample.Display, Assert.Single(sample.Detections))));
        Assert.Equal(new Box(0, 0.14f, 0.44f, 0.86f), Rounded(passed[0].Region!.Value));
        Assert.Equal(passed.Select(sample => sample.Region), detector.Regions);
    }

    [Fact]
    public async Task InvokeAsync_Nobody_PassesTheSampleOnceAndLooksAtNothing()
    {
        var detector = new FakeDetector([Face]);

        var passed = await Passing.ThroughAsync(
            new DetectFaces(new DetectFacesOptions(), detector), null, new Detection("cat", 0.99f, Box.Whole), Left with { Confidence = 0.5f });

        Assert.Empty(Assert.Single(passed).Detections);
        Assert.Empty(detector.Regions);
    }

    [Fact]
    public async Task InvokeAsync_PersonWithoutFace_StillPasses() =>
        Assert.Empty(Assert.Single(await Passing.ThroughAsync(new DetectFaces(new DetectFacesOptions(), new FakeDetector([])), null, Left)).Detections);

    [Fact]
    public async Task InvokeAsync_SampleOfARegion_LooksWithinIt()
    {
        var detector = new FakeDetector([]);

        await Passing.ThroughAsync(new DetectFaces(new DetectFacesOptions(), detector), new Box(0.5f, 0.5f, 1, 1), Right);

        Assert.Equal(new Box(0.73f, 0.57f, 0.97f, 0.93f), Rounded(detector.Regions[0]!.Value));
    }

    private static Box Rounded(Box box) => new(
        MathF.Round(box.XMin, 3), MathF.Round(box.YMin, 3), MathF.Round(box.XMax, 3), MathF.Round(box.YMax, 3));
}
