using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Zones;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Media;
using Ambianic.Storage.Files;
using Ambianic.Tests.Inference.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>People of real clips keep their numbers.</summary>
[Slow]
public sealed class TrackedClipTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task DetectObjects_OneWalksBeforeAnother_EachKeepsTheirNumber(double fps)
    {
        var people = await PeopleAsync("people/intel_store-aisle-detection.gif", fps);

        Assert.Equal(3, people.Select(person => person.TrackId).Distinct().Count());
        Assert.Single(people.Where(person => person.Box.XMin < 0.5f).Select(person => person.TrackId).Distinct()); // the man on the left
    }

    [Fact]
    public async Task DetectObjects_SixComeOneAfterTheOther_HaveANumberEach()
    {
        var people = await PeopleAsync("people/intel_one-by-one-person-detection.mp4", fps: 5);

        // Nobody is lost, and at most one is taken for two.
        Assert.InRange(people.GroupBy(person => person.TrackId).Count(track => track.Count() > 10), 6, 7);
    }

    private static async Task<List<Detection>> PeopleAsync(string clip, double fps)
    {
        var path = TestData.Require(clip);
        var model = ModelCatalog.Default(ModelRole.Objects);
        var file = await PulledModels.RequireAsync(model.Name);
        using var directory = new TemporaryDirectory();
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel(model.Name, file, model.Input, model.Decoder, model.Labels) { Calibration = model.Calibration }),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance);
        var last = 0;
        var element = new DetectObjects(
            new DetectObjectsOptions { LabelFilter = [Detection.PersonLabel], TopK = 10 },
            pool.Create(model.Role, null, null),
            () => ++last,
            ZoneMap.None,
            null,
            NullLogger<DetectObjects>.Instance);
        var source = new FrameSources(new FramePool(), CertificatePins.In(directory.Path), TimeProvider.System, NullLoggerFactory.Instance)
            .Create(new SourceOptions { Id = "clip", Uri = path, Fps = fps });
        List<Detection> people = [];
        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            using (frame)
            {
                await element.InvokeAsync(
                    new Sample(frame),
                    (sample, _) =>
                    {
                        people.AddRange(sample.Detections);
                        return ValueTask.CompletedTask;
                    },
                    Cancellation);
            }
        }

        return people;
    }
}
