using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Tests.Core.Visits;
using Ambianic.Tests.Storage;

namespace Ambianic.Tests.Core.Timeline;

public sealed class SaveDetectionsTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();
    private long _sequence;
    private readonly FakeStore _store = new();
    private readonly LogRecorder<SaveDetections> _logger = new();
    private readonly LogRecorder<UnsavedFalls> _fallLogger = new();
    private readonly UnsavedFalls _unsaved;
    private int _passedOn;

    public SaveDetectionsTests() => _unsaved = new UnsavedFalls(_store, _fixture.Time, _fallLogger);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task InvokeAsync_FirstOfEachKind_IsSaved()
    {
        var element = Element(new SaveDetectionsOptions());

        await SendAsync(element, TimelineFixture.Person);
        await SendAsync(element);

        Assert.Equal([1, 0], _store.Events.Select(seen => seen.Detections.Count));
    }

    [Fact]
    public async Task InvokeAsync_EverySecond_SavesOncePerIntervalAndPassesAllOn()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 2 });

        for (var second = 0; second < 10; second++)
        {
            await SendAsync(element, TimelineFixture.Person);
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 2, 4, 6, 8], _store.Events.Select(seen => (seen.At - TimelineFixture.Start).TotalSeconds));
        Assert.Equal(10, _passedOn);
    }

    [Fact]
    public async Task InvokeAsync_QuietScene_IsSavedEveryTenMinutesApartFromDetections()
    {
        var element = Element(new SaveDetectionsOptions());

        for (var minute = 0; minute <= 20; minute++)
        {
            await SendAsync(element);
            await SendAsync(element, TimelineFixture.Person);
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, _store.Events.Count(seen => seen.Detections.Count == 0));
        Assert.Equal(21, _store.Events.Count(seen => seen.Detections.Count == 1));
    }

    [Fact]
    public async Task InvokeAsync_IntervalOfZero_SavesAllUnderDifferentNames()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 0 });

        for (var i = 0; i < 3; i++)
        {
            await SendAsync(element, TimelineFixture.Person);
        }

        Assert.Equal(
            ["20210501-101112.123456-image.jpg", "20210501-101112.123457-image.jpg", "20210501-101112.123458-image.jpg"],
            _store.Events.Select(seen => seen.ImageFileName));
    }

    [Fact]
    public async Task InvokeAsync_WallClockSetBack_KeepsItsInterval()
    {
        var element = Element(new SaveDetectionsOptions());
        await SendAsync(element, TimelineFixture.Person, capturedAt: TimelineFixture.Start);
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        await SendAsync(element, TimelineFixture.Person, capturedAt: TimelineFixture.Start.AddHours(-5));

        Assert.Equal(TimelineFixture.Start.AddHours(-5), _store.Events[1].At);
    }

    [Fact]
    public async Task InvokeAsync_Sample_IsDescribedInFull()
    {
        var element = Element(new SaveDetectionsOptions { DrawBoxes = true });
        using var frame = _fixture.Frame();

        await element.InvokeAsync(
            new Sample(frame) { Region = new Box(0, 0, 0.5f, 1), Detections = [TimelineFixture.Person], Display = "Face Detection" },
            PassOn,
            CancellationToken.None);

        var seen = Assert.Single(_store.Events);
        Assert.Matches("^[0-9a-f]{32}$", seen.Id);
        Assert.Equal(("front", "camera", "Face Detection"), (seen.Pipeline, seen.Source, seen.Display));
        Assert.Equal(TimeSpan.FromHours(2), seen.At.Offset);
        Assert.Equal("detections/20210501-101112.123456", seen.RelDir);
        Assert.Equal("20210501-101112.123456-thumbnail.jpg", seen.ThumbnailFileName);
        Assert.Equal("20210501-101112.123456-inference.json", seen.JsonFileName);
        Assert.Equal(new EventPicture(frame, new Box(0, 0, 0.5f, 1), DrawBoxes: true, []), _store.Pictures[0]);
    }

    [Fact]
    public async Task InvokeAsync_StoreFails_SampleGoesOnAndSavingIsTriedAgainSoon()
    {
        var element = Element(new SaveDetectionsOptions());
        _store.Failure = new IOException("/data: No space left on device; free some space");

        await SendAsync(element);
        _fixture.Time.Advance(TimeSpan.FromSeconds(4));
        await SendAsync(element);
        Assert.Equal(1, _store.Attempts);

        _store.Failure = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(element);

        Assert.Equal(3, _passedOn);
        Assert.Single(_store.Events);
        Assert.Collection(
            _logger.Lines,
            line => Assert.Equal(
                "Error: Pipeline front watches on but could not save what it saw (1 in a row): /data: No space left on device; free some space", line),
            line => Assert.Equal("Information: Pipeline front saves again after 1 failure(s)", line));
    }

    [Fact]
    public async Task InvokeAsync_DiskIsSlow_PipelineLooksOnUntilTheNextIsDue()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 2 });
        var disk = _store.Disk = new TaskCompletionSource();

        await SendAsync(element, TimelineFixture.Person);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(element, TimelineFixture.Person);
        Assert.Equal(2, _passedOn);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var due = SendAsync(element, TimelineFixture.Person);
        Assert.False(due.IsCompleted);

        _store.Disk = null;
        disk.SetResult();
        await due;
        Assert.Equal(3, _passedOn);
        Assert.Equal([0, 2], _store.Events.Select(seen => (seen.At - TimelineFixture.Start).TotalSeconds));
    }

    [Fact]
    public async Task DisposeAsync_DiskIsSlow_WaitsForWhatItWasGiven()
    {
        var element = Element(new SaveDetectionsOptions());
        var disk = _store.Disk = new TaskCompletionSource();
        await SendAsync(element, Fallen("FALL"));

        var disposing = element.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        disk.SetException(new IOException("/data: the disk has not answered for 3 s"));
        await disposing;

        Assert.Contains(_fallLogger.Lines, line => line.Contains("it waits in memory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InvokeAsync_StoreHasADefect_IsThrownOnce()
    {
        var element = Element(new SaveDetectionsOptions());
        _store.Disk = new TaskCompletionSource();
        _store.Disk.SetException(new InvalidOperationException("a defect"));
        await SendAsync(element);

        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(element));

        await SendAsync(element);
        Assert.Equal(2, _passedOn);
    }

    private SaveDetections Element(SaveDetectionsOptions options) => new(options, "front", "camera", _store, _unsaved, new FakeVisits(), _fixture.Pool, _fixture.Time, _logger);

    private ValueTask PassOn(Sample sample, CancellationToken cancellation)
    {
        _passedOn++;
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task InvokeAsync_FallWithinTheInterval_IsSavedWithThePicturesBefore()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 60 });
        await SendAsync(element, TimelineFixture.Person);
        using var frame = _fixture.Frame();
        using var before = _fixture.Frame();
        var report = new FallReport { Track = 1, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 1, Evidence = new FallEvidence() };

        await element.InvokeAsync(
            new Sample(frame) { Detections = [TimelineFixture.Person with { Details = report }], Before = [before] }, PassOn, CancellationToken.None);

        Assert.Equal(2, _store.Events.Count);
        Assert.EndsWith("-before-1.jpg", Assert.Single(_store.Events[1].BeforeFileNames));
        Assert.Equal([before], _store.Pictures[1].Before!);
    }

    [Fact]
    public async Task InvokeAsync_FallWhileTheStoreFails_IsSaidAtOnceAndSavedWithItsTimeWhenTheStoreWorksAgain()
    {
        var element = Element(new SaveDetectionsOptions());
        _store.Failure = new IOException("/data: No space left on device; free some space");
        await SendAsync(element, Fallen("FALL"));
        Assert.Contains(_fallLogger.Lines, line => line.StartsWith("Error: Pipeline front: the report FALL of 05/01/2021 10:11:12", StringComparison.Ordinal));
        _fixture.Time.Advance(TimeSpan.FromSeconds(30));
        await SendAsync(element, Fallen("LONG_LIE"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        await SendAsync(element);

        _store.Failure = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await SendAsync(element);

        Assert.Equal([["FALL"], ["LONG_LIE"], []], _store.Events.Select(seen => seen.Labels));
        Assert.Equal([0, 30, 100], _store.Events.Select(seen => Math.Round((seen.At - TimelineFixture.Start).TotalSeconds)));
        Assert.All(_store.Events, seen => Assert.NotEmpty(seen.RelDir));
    }

    [Fact]
    public async Task InvokeAsync_NothingComesFromTheCameraWhileAFallWaits_IsSavedAllTheSame()
    {
        _store.Failure = new IOException("/data: the disk has not answered for 3 s");
        await SendAsync(Element(new SaveDetectionsOptions()), Fallen("FALL"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        _store.Failure = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["FALL"], Assert.Single(_store.Events).Labels);
    }

    [Fact]
    public async Task DisposeAsync_FallWaits_IsSavedAtTheEnd()
    {
        _store.Failure = new IOException("/data: No space left on device; free some space");
        await SendAsync(Element(new SaveDetectionsOptions()), Fallen("FALL"));
        _store.Failure = null;

        await _unsaved.DisposeAsync();

        Assert.Equal(["FALL"], Assert.Single(_store.Events).Labels);
    }

    [Fact]
    public async Task InvokeAsync_MoreFallsThanMayWait_KeepsTheFirstAndNamesTheLost()
    {
        var element = Element(new SaveDetectionsOptions());
        _store.Failure = new IOException("/data: No space left on device; free some space");
        for (var fall = 0; fall < 20; fall++)
        {
            await SendAsync(element, Fallen("FALL"));
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _store.Failure = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await SendAsync(element);

        Assert.Equal(Enumerable.Range(0, 16), _store.Events.Where(seen => seen.Detections.Count > 0).Select(seen => (int)(seen.At - TimelineFixture.Start).TotalSeconds));
        Assert.Equal(4, _fallLogger.Lines.Count(line => line.Contains("is lost", StringComparison.Ordinal)));
    }

    private static Detection Fallen(string label) => TimelineFixture.Person with
    {
        Label = label,
        Details = new FallReport { Track = 1, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 1, Evidence = new FallEvidence() },
    };

    [Fact]
    public async Task InvokeAsync_PartOfThePicture_IsSavedWithItsPlace()
    {
        using var frame = _fixture.Frame();
        var region = new Box(0.25f, 0.5f, 0.75f, 1);

        await Element(new SaveDetectionsOptions()).InvokeAsync(
            new Sample(frame) { Region = region, Detections = [TimelineFixture.Person] }, PassOn, CancellationToken.None);

        Assert.Equal((region, region), (Assert.Single(_store.Events).Region, _store.Pictures[0].Region));
    }

    [Fact]
    public async Task InvokeAsync_DamagedPicture_IsNotSavedAndTheNextWholeOneIs()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 2 });

        await SendAsync(element, [TimelineFixture.Person with { Label = "tv" }], _fixture.Time.GetUtcNow(), PictureDamage.Damaged);
        await SendAsync(element, [], _fixture.Time.GetUtcNow(), PictureDamage.Damaged);
        Assert.Empty(_store.Events);
        await SendAsync(element, TimelineFixture.Person);

        var saved = Assert.Single(_store.Events);
        Assert.Equal((TimelineFixture.Person.Label, PictureDamage.None), (Assert.Single(saved.Detections).Label, saved.Damage));
    }

    [Fact]
    public async Task InvokeAsync_NoWholePictureComes_SavesWhatLastsForThreePicturesAndMarksIt()
    {
        var element = Element(new SaveDetectionsOptions { PositiveInterval = 0, IdleInterval = 1000 });
        var dog = TimelineFixture.Person with { Label = "dog" };
        var tv = TimelineFixture.Person with { Label = "tv" };
        IReadOnlyList<Detection>[] pictures = [[dog, tv], [dog], [], [dog, tv], [dog, tv], [dog]];

        foreach (var seen in pictures)
        {
            await SendAsync(element, seen, _fixture.Time.GetUtcNow(), PictureDamage.Lasting);
        }

        Assert.All(_store.Events, seen => Assert.Equal(PictureDamage.Lasting, seen.Damage));
        Assert.Equal(["", "dog"], _store.Events.Select(seen => string.Join(' ', seen.Detections.Select(detection => detection.Label)))); // the first is of the quiet scene
    }

    [Fact]
    public async Task InvokeAsync_FallThatAWholePictureConfirmed_IsSavedFromADamagedOne()
    {
        var element = Element(new SaveDetectionsOptions());

        await SendAsync(element, [Fallen("FALL")], _fixture.Time.GetUtcNow(), PictureDamage.Damaged);

        Assert.Single(_store.Events);
    }

    private Task SendAsync(SaveDetections element, params IReadOnlyList<Detection> detections) =>
        SendAsync(element, detections, _fixture.Time.GetUtcNow());

    private Task SendAsync(SaveDetections element, Detection detection, DateTimeOffset capturedAt) =>
        SendAsync(element, [detection], capturedAt);

    private async Task SendAsync(SaveDetections element, IReadOnlyList<Detection> detections, DateTimeOffset capturedAt, PictureDamage damage = PictureDamage.None)
    {
        using var frame = _fixture.Pool.Rent(2, 2, PixelFormat.Rgba32, _sequence++, capturedAt, damage: damage);
        await element.InvokeAsync(new Sample(frame) { Detections = detections }, PassOn, CancellationToken.None);
    }

    private sealed class FakeStore : IEventStore
    {
        public List<DetectionEvent> Events { get; } = [];

        public List<EventPicture> Pictures { get; } = [];

        public int Attempts { get; private set; }

        public IOException? Failure { get; set; }

        /// <summary>Completes when what is given away from now on is on the disk; null is at once.</summary>
        public TaskCompletionSource? Disk { get; set; }

        public string? Fault => Failure?.Message;

        public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) =>
            ValueTask.FromResult("detections/" + EventNames.For(startedAt));

        public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
        {
            Attempts++;
            if (Failure is not null)
            {
                throw Failure;
            }

            Events.Add(detectionEvent);
            if (picture is { } seen)
            {
                Pictures.Add(seen);
            }

            return new ValueTask(Disk?.Task ?? Task.CompletedTask);
        }

        public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => ValueTask.FromResult(false);

        public IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation) =>
            Events.ToAsyncEnumerable();

        public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => ValueTask.FromResult((long)Events.Count);
    }
}
