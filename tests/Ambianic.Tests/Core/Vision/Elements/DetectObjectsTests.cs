using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Motion;
using Ambianic.Core.Vision.Zones;
using Ambianic.Tests.Core.Vision.Motion;
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
    public async Task InvokeAsync_Zones_AreNamedAndIgnoredBeforeTopK()
    {
        var left = new ZoneOptions { Points = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] };
        var zones = new ZoneMap(new Dictionary<string, ZoneOptions>
        {
            ["street"] = left with { Kind = ZoneKind.Ignore, Labels = ["car"] },
            ["door"] = left,
        });
        Detection[] seen = [new("car", 0.9f, new Box(0.1f, 0, 0.2f, 1)), new("person", 0.8f, new Box(0.1f, 0, 0.2f, 1)), new("person", 0.7f, new Box(0.8f, 0, 0.9f, 1))];

        var passed = await InvokeAsync(new DetectObjects(new DetectObjectsOptions { TopK = 2 }, new FakeDetector(seen), () => 1, zones, null, NullLogger<DetectObjects>.Instance));

        Assert.Equal([("person", "door"), ("person", "")], passed.Detections.Select(detection => (detection.Label, string.Join(", ", detection.Zones))));
    }

    [Fact]
    public async Task InvokeAsync_FilterOfAnUnknownLabel_WarnsOnce()
    {
        var logger = new RecordedLog<DetectObjects>();
        var element = new DetectObjects(new DetectObjectsOptions { LabelFilter = ["persn", "dog"] }, new FakeDetector(Seen), () => 1, ZoneMap.None, null, logger);

        await InvokeAsync(element);
        await InvokeAsync(element);

        var line = Assert.Single(logger.Lines);
        Assert.Contains("'persn'", line, StringComparison.Ordinal);
        Assert.Contains("did you mean person?", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_NothingMovesAndNobodyIsThere_AsksTheModelNowAndThen()
    {
        var detector = new FakeDetector([]);

        var passed = await FilmAsync(new DetectObjects(new DetectObjectsOptions(), detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance));

        Assert.Equal(100, passed.Count);
        Assert.InRange(detector.Regions.Count, 10 + 8, 10 + 10); // two seconds to begin with, then every two seconds
        Assert.Equal(detector.Regions.Count, passed.Count(sample => !sample.IsQuiet));
        Assert.All(passed, sample => Assert.Equal("Object Detection", sample.Display));
    }

    [Fact]
    public async Task InvokeAsync_SomebodySitsStill_AsksTheModelForEveryFrame()
    {
        var detector = new FakeDetector([new("person", 0.9f, new Box(0.4f, 0.3f, 0.5f, 0.8f))]);

        var passed = await FilmAsync(new DetectObjects(new DetectObjectsOptions(), detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance));

        Assert.Equal(100, detector.Regions.Count);
        Assert.All(passed, sample => Assert.Single(sample.Detections));
    }

    [Fact]
    public async Task InvokeAsync_ParkedCar_IsLookedAtNowAndThenOnceItStands()
    {
        var detector = new FakeDetector([new("car", 0.9f, new Box(0.4f, 0.3f, 0.6f, 0.8f))]);

        var passed = await FilmAsync(new DetectObjects(new DetectObjectsOptions(), detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance));

        Assert.InRange(detector.Regions.Count, 50, 60); // ten seconds until it counts as standing
        Assert.All(passed, sample => Assert.Single(sample.Tracks!)); // and is still known in between
    }

    [Fact]
    public async Task InvokeAsync_DetectFallsFollowsSomebody_AsksTheModelForEveryFrame()
    {
        var detector = new FakeDetector([]);
        var scene = new Scenes(new FramePool(), TimeProvider.System).Of("hall");
        scene.FollowPerson(true);

        await FilmAsync(new DetectObjects(new DetectObjectsOptions(), detector, () => 1, ZoneMap.None, scene, NullLogger<DetectObjects>.Instance));

        Assert.Equal(100, detector.Regions.Count);
        Assert.Equal(LookReason.Followed, scene.Reason);
    }

    [Fact]
    public async Task InvokeAsync_MotionOff_AsksTheModelForEveryFrame()
    {
        var detector = new FakeDetector([]);

        await FilmAsync(new DetectObjects(new DetectObjectsOptions { Motion = MotionMode.Off }, detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance));

        Assert.Equal(100, detector.Regions.Count);
    }

    /// <summary>What is passed on of twenty seconds in which nothing moves, at five frames a second.</summary>
    private static async Task<List<Sample>> FilmAsync(DetectObjects element)
    {
        var yard = new FilmedYard(160, 90);
        List<Sample> passed = [];
        for (var number = 0; number < 100; number++)
        {
            using var frame = yard.At(TimeSpan.FromSeconds(number / 5.0));
            await element.InvokeAsync(
                new Sample(frame),
                (sample, _) =>
                {
                    passed.Add(sample);
                    return ValueTask.CompletedTask;
                },
                TestContext.Current.CancellationToken);
        }

        return passed;
    }

    private static Task<Sample> InvokeAsync(DetectObjectsOptions options, IDetector detector) =>
        InvokeAsync(new DetectObjects(options, detector, () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance));

    private static async Task<Sample> InvokeAsync(DetectObjects element) => Assert.Single(await Passing.ThroughAsync(element, null));
}
