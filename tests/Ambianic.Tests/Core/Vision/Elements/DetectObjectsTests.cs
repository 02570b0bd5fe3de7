using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Core.Vision.Elements;

public sealed class DetectObjectsTests
{
    private static readonly Detection[] Seen =
    [
        new("car", 0.95f, Box.Whole), new("person", 0.9f, Box.Whole), new("dog", 0.8f, Box.Whole),
        new("person", 0.7f, Box.Whole), new("person", 0.5f, Box.Whole),
    ];

    [Fact]
    public async Task InvokeAsync_Defaults_PassesTheThreeMostConfident()
    {
        var passed = await InvokeAsync(new DetectObjectsOptions(), new FakeDetector(Seen));

        Assert.Equal(["car", "person", "dog"], passed.Detections.Select(detection => detection.Label));
        Assert.Equal("Object Detection", passed.Display);
    }

    [Fact]
    public async Task InvokeAsync_LabelFilter_IsAppliedBeforeTopK()
    {
        var passed = await InvokeAsync(new DetectObjectsOptions { LabelFilter = ["person"], TopK = 2 }, new FakeDetector(Seen));

        Assert.Equal([0.9f, 0.7f], passed.Detections.Select(detection => detection.Confidence));
    }

    [Fact]
    public async Task InvokeAsync_Threshold_IsAskedOfTheDetector()
    {
        var passed = await InvokeAsync(new DetectObjectsOptions { ConfidenceThreshold = 0.92f }, new FakeDetector(Seen));

        Assert.Equal("car", Assert.Single(passed.Detections).Label);
    }

    [Fact]
    public async Task InvokeAsync_NothingSeen_PassesTheSampleOn() =>
        Assert.Empty((await InvokeAsync(new DetectObjectsOptions(), new FakeDetector([]))).Detections);

    [Fact]
    public async Task InvokeAsync_FilterOfAnUnknownLabel_WarnsOnce()
    {
        var logger = new RecordedLog<DetectObjects>();
        var element = new DetectObjects(new DetectObjectsOptions { LabelFilter = ["persn", "dog"] }, new FakeDetector(Seen), () => 1, logger);

        await InvokeAsync(element);
        await InvokeAsync(element);

        var line = Assert.Single(logger.Lines);
        Assert.Contains("'persn'", line, StringComparison.Ordinal);
        Assert.Contains("did you mean person?", line, StringComparison.Ordinal);
    }

    private static Task<Sample> InvokeAsync(DetectObjectsOptions options, IDetector detector) =>
        InvokeAsync(new DetectObjects(options, detector, () => 1, NullLogger<DetectObjects>.Instance));

    private static async Task<Sample> InvokeAsync(DetectObjects element) => Assert.Single(await Passing.ThroughAsync(element, null));
}
