using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines;

public sealed class SceneTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FramePool _pool = new();
    private readonly Scene _scene;

    public SceneTests() => _scene = new Scenes(_pool, _time).Of("front");

    [Fact]
    public void Counts_ElementsAfterEachOther_AreTheMostThatOneFound()
    {
        See((2, ["person", "person", "dog"]), (3, ["person", "person"]), (4, ["face"]), (4, ["face"]));

        Assert.Equal(("dog 1", "face 2", "person 2"), (Count("dog"), Count("face"), Count("person")));
    }

    [Fact]
    public void Counts_NothingMoreIsSeen_HoldForSecondsAndThenAreZero()
    {
        See((2, ["person"]));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        See();
        Assert.Equal("person 1", Count("person"));

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("person 0", Count("person"));
    }

    [Fact]
    public void Counts_ReportOfAFall_IsNoThing()
    {
        var fall = new Detection("FALL", 0.9f, Box.Whole) { Details = new FallReport { Track = 1, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 1, Evidence = new FallEvidence() } };
        using var frame = _pool.Rent(2, 2, PixelFormat.I420);
        _scene.Begin();
        _scene.Pass(new Sample(frame) { Detections = [fall] }, 2);
        _scene.End(TimeSpan.Zero);

        Assert.Empty(_scene.Counts);
    }

    [Fact]
    public async Task Pipeline_WithElements_ShowsWhatTheyFindAndTheFrameThatTheLastPassesOn()
    {
        var source = new ScriptedSource(_pool, live: false, ScriptedSource.Gives(3));
        await using var pipeline = new Pipeline(
            "front",
            source,
            [
                new ElementSlot("finds", new Element((sample, next, cancellation) => next(sample with { Detections = [new Detection("person", 0.9f, Box.Whole)] }, cancellation))),
                new ElementSlot("covers", new Element(async (sample, next, cancellation) =>
                {
                    using var covered = _pool.Rent(2, 2, PixelFormat.I420);
                    covered.Buffer.Span.Fill(7);
                    await next(new Sample(covered), cancellation);
                })),
            ],
            _time, new LogRecorder<Pipeline>(), null, null, null, null, Random.Shared, _scene);

        await pipeline.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("person 1", 3L, 3L), (Count("person"), _scene.Work.Samples, _scene.Number));
        using (var picture = _scene.Newest())
        {
            Assert.Equal(("person", 7), (picture!.Detections.Single().Label, picture.Frame.Plane(0)[0]));
        }

        Assert.Null(_scene.Newest(after: 3)); // there is no newer one
        await pipeline.DisposeAsync();
        Assert.Null(_scene.Newest()); // what has stopped shows nothing
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Newest_DetectionsOfSeveralElements_AreRelativeToTheFrame()
    {
        var person = new Detection("person", 0.9f, new Box(0.5f, 0, 1, 1));
        using var frame = _pool.Rent(4, 4, PixelFormat.I420);
        IReadOnlyList<Detection> people = [person];
        _scene.Begin();
        _scene.Pass(new Sample(frame) { Detections = people }, 2);
        _scene.Pass(new Sample(frame) { Detections = people }, 3);
        _scene.Arrive(new Sample(frame) { Detections = [new Detection("face", 0.8f, new Box(0, 0, 0.5f, 0.5f))], Region = person.Box }, 4);
        _scene.End(TimeSpan.Zero);

        using var picture = _scene.Newest();
        Assert.Equal([person, new Detection("face", 0.8f, new Box(0.5f, 0, 0.75f, 0.5f)) { Keypoints = picture!.Detections[1].Keypoints }], picture.Detections);
    }

    [Fact]
    public async Task NextAsync_AFrameArrives_Completes()
    {
        var next = _scene.NextAsync(0, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);

        Arrive();
        await next;

        Assert.True(_scene.NextAsync(0, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        Assert.False(_scene.NextAsync(1, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Arrive_NobodyLooks_AllocatesNothing()
    {
        using var frame = _pool.Rent(640, 360, PixelFormat.I420);
        var sample = new Sample(frame) { Detections = [new Detection("person", 0.9f, Box.Whole)] };
        for (var i = 0; i < 100; i++)
        {
            Show(sample); // grown and compiled
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Show(sample);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Show(Sample shown)
        {
            _scene.Begin();
            _scene.Arrive(shown, 2);
            _scene.End(TimeSpan.Zero);
        }
    }

    private void Arrive()
    {
        using var frame = _pool.Rent(2, 2, PixelFormat.I420);
        _scene.Begin();
        _scene.Arrive(new Sample(frame), 2);
        _scene.End(TimeSpan.Zero);
    }

    private void See(params (int Place, string[] Labels)[] samples)
    {
        using var frame = _pool.Rent(2, 2, PixelFormat.I420);
        _scene.Begin();
        foreach (var (place, labels) in samples)
        {
            _scene.Pass(new Sample(frame) { Detections = [.. labels.Select(label => new Detection(label, 0.9f, Box.Whole))] }, place);
        }

        _scene.End(TimeSpan.FromMilliseconds(5));
    }

    private string Count(string label) => $"{label} {_scene.Counts[label]}";
}
